"use client";

import type { ReactNode } from "react";
import { Field } from "@/components/ui/field";
import { Input, Select, Textarea } from "@/components/ui/input";
import type { RequestDraft } from "@/lib/dashboard/endpoints/simulator/view";

type RequestFieldsProps = {
  request: RequestDraft;
  samplePath: string;
  callers: readonly string[];
  zone: string;
  hasBody: boolean;
  change: (part: Partial<RequestDraft>) => void;
};

/** The request that is tried; what stays empty is not sent. */
export function RequestFields({ request, samplePath, callers, zone, hasBody, change }: RequestFieldsProps) {
  const parts = { request, change };
  return (
    <div className="grid gap-3">
      <div className="grid grid-cols-2 gap-3 sm:grid-cols-3">
        <Line {...parts} part="payer" label="Payer" placeholder="demo:ann" />
        <Line {...parts} part="code" label="Code" placeholder="none" />
        <Line {...parts} part="at" label={<>Time, {zone}</>} type="datetime-local" />
        <Line {...parts} part="path" label="Path" placeholder={samplePath} isMono />
        <Line {...parts} part="query" label="Query" placeholder="none" isMono />
        <Line {...parts} part="address" label="Address" placeholder="203.0.113.7" isMono />
      </div>
      {hasBody && <Block {...parts} part="body" label="Body" placeholder={'{ "model": "small" }'} rows={4} />}
      <details className="group">
        <summary className="cursor-pointer text-muted text-sm hover:text-ink">Headers and caller</summary>
        <div className="mt-3 grid gap-3 sm:grid-cols-2">
          <Block {...parts} part="headers" label="Headers" placeholder="x-plan: gold" rows={2} />
          {callers.length > 0 ? (
            <Field id="try-caller" label="Caller key">
              {(wire) => (
                <Select
                  {...wire}
                  value={request.caller}
                  onChange={({ target }) => change({ caller: target.value })}
                >
                  <option value="">none</option>
                  {callers.map((name) => (
                    <option key={name}>{name}</option>
                  ))}
                </Select>
              )}
            </Field>
          ) : (
            <Line {...parts} part="caller" label="Caller key" placeholder="acme-app" />
          )}
          {!hasBody && <Block {...parts} part="body" label="Body" placeholder="" rows={2} />}
        </div>
      </details>
    </div>
  );
}

type LineProps = Pick<RequestFieldsProps, "request" | "change"> & {
  part: Exclude<keyof RequestDraft, "headers" | "body">;
  label: ReactNode;
  placeholder?: string;
  type?: string;
  isMono?: boolean;
};

function Line({ request, change, part, label, placeholder, type = "text", isMono }: LineProps) {
  return (
    <Field id={`try-${part}`} label={label}>
      {(wire) => (
        <Input
          {...wire}
          type={type}
          kind={isMono ? "mono" : "text"}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          placeholder={placeholder}
          value={request[part]}
          onChange={({ target }) => change({ [part]: target.value })}
        />
      )}
    </Field>
  );
}

type BlockProps = Pick<RequestFieldsProps, "request" | "change"> & {
  part: "headers" | "body";
  label: string;
  placeholder: string;
  rows: number;
};

function Block({ request, change, part, label, placeholder, rows }: BlockProps) {
  return (
    <Field id={`try-${part}`} label={label}>
      {(wire) => (
        <Textarea
          {...wire}
          kind="mono"
          rows={rows}
          spellCheck={false}
          className="px-3"
          placeholder={placeholder}
          value={request[part]}
          onChange={({ target }) => change({ [part]: target.value })}
        />
      )}
    </Field>
  );
}
