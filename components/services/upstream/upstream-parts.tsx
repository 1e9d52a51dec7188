"use client";

import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { type FormFault, faultAt } from "@/lib/dashboard/forms/view";
import type { UpstreamDraft } from "@/lib/dashboard/services/upstream/view";

export type PartProps = {
  draft: UpstreamDraft;
  faults: readonly FormFault[];
  change: (part: Partial<UpstreamDraft>) => void;
};

type TextPart = {
  [K in keyof UpstreamDraft]: UpstreamDraft[K] extends string ? K : never;
}[keyof UpstreamDraft];

type LineProps = PartProps & {
  part: TextPart;
  label: string;
  help?: string;
  placeholder?: string;
  look?: "text" | "mono" | "figure";
  isRequired?: boolean;
};

export function LineField({
  draft,
  faults,
  change,
  part,
  label,
  help,
  placeholder,
  look,
  isRequired,
}: LineProps) {
  return (
    <Field id={part} label={label} help={help} isRequired={isRequired} error={faultAt(faults, part)}>
      {(wire) => (
        <Input
          {...wire}
          kind={look ?? "text"}
          inputMode={look === "figure" ? "numeric" : undefined}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          placeholder={placeholder}
          value={draft[part]}
          onChange={({ target }) => change({ [part]: target.value })}
        />
      )}
    </Field>
  );
}

type TextProps = PartProps & { part: TextPart; label: string; placeholder?: string; isWide?: boolean };

/** Several names, one on each line. */
export function TextField({ draft, faults, change, part, label, placeholder, isWide }: TextProps) {
  return (
    <Field
      id={part}
      label={label}
      isOptional
      error={faultAt(faults, part)}
      className={isWide ? "sm:col-span-2" : undefined}
    >
      {(wire) => (
        <Textarea
          {...wire}
          kind="mono"
          rows={2}
          spellCheck={false}
          className="px-3"
          placeholder={placeholder}
          value={draft[part]}
          onChange={({ target }) => change({ [part]: target.value })}
        />
      )}
    </Field>
  );
}
