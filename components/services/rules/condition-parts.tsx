"use client";

import { Field } from "@/components/ui/field";
import { Input, Select, Textarea } from "@/components/ui/input";
import {
  type ConditionDraft,
  identities,
  identityNames,
  windows,
} from "@/lib/dashboard/endpoints/rules/view";

export type PartProps = { draft: ConditionDraft; change: (part: Partial<ConditionDraft>) => void };

export const idOf = ({ key }: ConditionDraft, part: string): string => `condition-${key}-${part}`;

export const mono = { kind: "mono", autoComplete: "off", autoCapitalize: "none", spellCheck: false } as const;

type PlainProps = PartProps & { label: string; placeholder: string; help?: string | undefined };

export function Plain({ draft, change, label, placeholder, help }: PlainProps) {
  return (
    <Field id={idOf(draft, "value")} label={label} help={help}>
      {(wire) => (
        <Input
          {...wire}
          {...mono}
          placeholder={placeholder}
          value={draft.value}
          onChange={({ target }) => change({ value: target.value })}
        />
      )}
    </Field>
  );
}

export function Names({ draft, change, label, help }: PartProps & { label: string; help: string }) {
  return (
    <Field id={idOf(draft, "list")} label={label} help={help}>
      {(wire) => (
        <Textarea
          {...wire}
          kind="mono"
          rows={3}
          spellCheck={false}
          className="px-3"
          value={draft.list}
          onChange={({ target }) => change({ list: target.value })}
        />
      )}
    </Field>
  );
}

type SmallProps = PartProps & {
  part: "min" | "max" | "from" | "to" | "hoursFrom" | "hoursTo";
  label: string;
};

export function Small({
  draft,
  change,
  part,
  label,
  ...rest
}: SmallProps & { placeholder?: string; type?: string }) {
  return (
    <Field id={idOf(draft, part)} label={label}>
      {(wire) => (
        <Input
          {...wire}
          autoComplete="off"
          className="num"
          {...rest}
          value={draft[part]}
          onChange={({ target }) => change({ [part]: target.value })}
        />
      )}
    </Field>
  );
}

export function Range({ unit, ...part }: PartProps & { unit: string }) {
  return (
    <div className="grid grid-cols-2 gap-3">
      <Small {...part} part="min" label={`At least${unit}`} />
      <Small {...part} part="max" label={`At most${unit}`} />
    </div>
  );
}

type PerWindowProps = {
  draft: { key?: number };
  per: (typeof identities)[number];
  window: (typeof windows)[number];
  onPer: (per: (typeof identities)[number]) => void;
  onWindow: (window: (typeof windows)[number]) => void;
};

/** Whose count it is, and how long it lasts. */
export function PerWindow({ draft, per, window, onPer, onWindow }: PerWindowProps) {
  const id = `window-${draft.key ?? "effect"}`;
  return (
    <>
      <Field id={`${id}-per`} label="For each">
        {(wire) => (
          <Select
            {...wire}
            value={per}
            onChange={({ target }) => onPer(identities.find((name) => name === target.value) ?? "caller")}
          >
            {identities.map((name) => (
              <option key={name} value={name}>
                {identityNames[name]}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field id={id} label="In each">
        {(wire) => (
          <Select
            {...wire}
            value={window}
            onChange={({ target }) => onWindow(windows.find((name) => name === target.value) ?? "day")}
          >
            {windows.map((name) => (
              <option key={name} value={name}>
                {name === "ever" ? "for ever" : name}
              </option>
            ))}
          </Select>
        )}
      </Field>
    </>
  );
}
