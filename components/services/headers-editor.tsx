"use client";

import { Plus, X } from "lucide-react";
import { flushSync } from "react-dom";
import { SecretInput } from "@/components/forms/secret-input";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { IconButton } from "@/components/ui/icon-button";
import { Input } from "@/components/ui/input";
import { type FormFault, faultAt } from "@/lib/dashboard/forms/view";
import { type HeaderDraft, headerIds } from "@/lib/dashboard/services/view";

type HeadersEditorProps = {
  headers: readonly HeaderDraft[];
  faults: readonly FormFault[];
  onChange: (headers: readonly HeaderDraft[]) => void;
};

/** Headers that every request to the upstream carries; secret ones are written and never read back. */
export function HeadersEditor({ headers, faults, onChange }: HeadersEditorProps) {
  const add = () => {
    const key = Math.max(-1, ...headers.map((header) => header.key)) + 1;
    flushSync(() => onChange([...headers, { key, name: "", value: "", state: "secret", isStored: false }]));
    document.getElementById(headerIds(headers.length).name)?.focus();
  };
  return (
    <div className="grid justify-items-start gap-3">
      {headers.length > 0 && (
        <ul className="grid w-full gap-3">
          {headers.map((header, place) => (
            <HeaderLine
              key={header.key}
              header={header}
              place={place}
              faults={faults}
              onChange={(changed) => onChange(headers.with(place, changed))}
              onRemove={() => onChange(headers.toSpliced(place, 1))}
            />
          ))}
        </ul>
      )}
      <Button onClick={add}>
        <Plus />
        Add header
      </Button>
    </div>
  );
}

type HeaderLineProps = {
  header: HeaderDraft;
  place: number;
  faults: readonly FormFault[];
  onChange: (header: HeaderDraft) => void;
  onRemove: () => void;
};

function HeaderLine({ header, place, faults, onChange, onRemove }: HeaderLineProps) {
  const ids = headerIds(place);
  const what = header.name.trim() || `header ${place + 1}`;
  const labelStyle = place === 0 ? "" : "md:sr-only";
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-2 max-md:border-b max-md:pb-3 max-md:last:border-0 max-md:last:pb-0 md:grid-cols-[minmax(0,2fr)_minmax(0,3fr)_auto]">
      <Field
        id={ids.name}
        label={<span className={labelStyle}>Header</span>}
        error={faultAt(faults, ids.name)}
      >
        {(wire) => (
          <Input
            {...wire}
            kind="mono"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            placeholder="x-api-key"
            value={header.name}
            readOnly={header.isStored}
            onChange={(event) => onChange({ ...header, name: event.target.value })}
          />
        )}
      </Field>
      <div className="max-md:order-3 max-md:col-span-2">
        <Field
          id={ids.value}
          label={<span className={labelStyle}>Value</span>}
          error={faultAt(faults, ids.value)}
        >
          {(wire) =>
            header.state === "plain" ? (
              <Input
                {...wire}
                kind="mono"
                autoComplete="off"
                spellCheck={false}
                value={header.value}
                onChange={(event) => onChange({ ...header, value: event.target.value })}
              />
            ) : (
              <SecretInput
                {...wire}
                what={what}
                secret={{ state: header.state, text: header.value, isStored: header.isStored }}
                onChange={({ state, text }) => onChange({ ...header, state, value: text })}
              />
            )
          }
        </Field>
        {!header.isStored && (
          <Checkbox
            className="mt-1"
            label="Secret, never shown again"
            checked={header.state === "secret"}
            onChange={(event) => onChange({ ...header, state: event.target.checked ? "secret" : "plain" })}
          />
        )}
      </div>
      <IconButton
        label={`Remove ${what}`}
        className={place === 0 ? "mt-6.5" : "mt-6.5 md:mt-0.5"}
        onClick={onRemove}
      >
        <X />
      </IconButton>
    </li>
  );
}
