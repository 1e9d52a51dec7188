"use client";

import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input, Select, Textarea } from "@/components/ui/input";
import { samplePath } from "@/lib/dashboard/endpoints/view";
import { type TryItDraft, type TryItEndpoint, type TryItView, takesBody } from "@/lib/dashboard/try-it/view";

export type TryItPartProps = {
  view: TryItView;
  endpoint: TryItEndpoint;
  draft: TryItDraft;
  change: (part: Partial<TryItDraft>) => void;
};

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
const plain = { autoComplete: "off", autoCapitalize: "none", spellCheck: false } as const;

type RequestCardProps = TryItPartProps & { fault: string | null; choose: (endpoint: string) => void };

/** What is asked for, filled in from the endpoint and free to be changed. */
export function RequestCard({ view, endpoint, draft, fault, change, choose }: RequestCardProps) {
  const query = draft.query.trim().replace(/^\?/, "");
  const address = `${view.addressBase}${endpoint.service}${samplePath(endpoint.path, draft.samples)}${query && `?${query}`}`;
  return (
    <Card title="Request">
      <div className="grid gap-4">
        <div className="grid gap-x-2 gap-y-4 sm:grid-cols-[7rem_minmax(0,1fr)]">
          <Field id="method" label="Method">
            {(wire) => (
              <Select
                {...wire}
                value={draft.method}
                onChange={({ target }) => change({ method: target.value })}
              >
                {methods.map((method) => (
                  <option key={method}>{method}</option>
                ))}
              </Select>
            )}
          </Field>
          <EndpointField view={view} draft={draft} choose={choose} />
        </div>
        {endpoint.parameters.length > 0 && (
          <div className="grid gap-4 sm:grid-cols-2">
            {endpoint.parameters.map((name) => (
              <Field key={name} id={`parameter-${name}`} label={<span className="mono">{`{${name}}`}</span>}>
                {(wire) => (
                  <Input
                    {...wire}
                    {...plain}
                    kind="mono"
                    placeholder={name}
                    value={draft.samples[name] ?? ""}
                    onChange={({ target }) => change({ samples: { ...draft.samples, [name]: target.value } })}
                  />
                )}
              </Field>
            ))}
          </div>
        )}
        <Field id="query" label="Query" isOptional>
          {(wire) => (
            <Input
              {...wire}
              {...plain}
              kind="mono"
              placeholder="days=7&units=metric"
              value={draft.query}
              onChange={({ target }) => change({ query: target.value })}
            />
          )}
        </Field>
        <Field
          id="headers"
          label="Headers"
          isOptional
          help="One a line, as Name: value."
          error={fault ?? undefined}
        >
          {(wire) => (
            <Textarea
              {...wire}
              {...plain}
              kind="mono"
              rows={2}
              value={draft.headers}
              onChange={({ target }) => change({ headers: target.value })}
            />
          )}
        </Field>
        {takesBody(draft.method) && (
          <Field id="body" label="Body" isOptional>
            {(wire) => (
              <Textarea
                {...wire}
                {...plain}
                kind="mono"
                rows={6}
                value={draft.body}
                onChange={({ target }) => change({ body: target.value })}
              />
            )}
          </Field>
        )}
        <p className="text-muted text-xs">
          Asks for{" "}
          <bdi dir="ltr" className="mono text-body wrap-anywhere">
            {address}
          </bdi>
        </p>
      </div>
    </Card>
  );
}

type EndpointFieldProps = Pick<RequestCardProps, "view" | "draft" | "choose">;

function EndpointField({ view, draft, choose }: EndpointFieldProps) {
  return (
    <Field id="endpoint" label="Endpoint">
      {(wire) => (
        <Select {...wire} value={draft.endpoint} onChange={({ target }) => choose(target.value)}>
          {view.services.map((service) => (
            <optgroup key={service.slug} label={service.title}>
              {service.endpoints.map(({ id, label }) => (
                <option key={id} value={id}>
                  {label}
                </option>
              ))}
            </optgroup>
          ))}
        </Select>
      )}
    </Field>
  );
}
