"use client";

import { SecretInput } from "@/components/forms/secret-input";
import { Checkbox } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { Input, Select, Textarea } from "@/components/ui/input";
import { type FormFault, faultAt } from "@/lib/dashboard/forms/view";
import { type SettingDraft, type SettingField, settingId } from "@/lib/dashboard/rails/view";

type SettingFieldsProps = {
  /** The fields that are shown, in order. */
  fields: readonly SettingField[];
  drafts: Readonly<Record<string, SettingDraft>>;
  faults: readonly FormFault[];
  onChange: (path: string, draft: SettingDraft) => void;
};

/** The settings of a rail, drawn from what its own schema says about them. */
export function SettingFields({ fields, drafts, faults, onChange }: SettingFieldsProps) {
  const groups = [...new Set(fields.map(({ group }) => group))];
  return (
    <div className="grid gap-4">
      {groups.map((group) => (
        <fieldset key={group ?? ""} className="grid min-w-0 gap-4">
          {group && (
            <legend className="mb-2 w-full border-t pt-4 font-medium text-ink text-sm">{group}</legend>
          )}
          {fields
            .filter((field) => field.group === group)
            .map((field) => (
              <OneSetting
                key={field.path}
                field={field}
                draft={drafts[field.path] ?? { state: "plain", text: "", isStored: false }}
                error={faultAt(faults, settingId(field.path))}
                onChange={(draft) => onChange(field.path, draft)}
              />
            ))}
        </fieldset>
      ))}
    </div>
  );
}

type OneSettingProps = {
  field: SettingField;
  draft: SettingDraft;
  error: string | undefined;
  onChange: (draft: SettingDraft) => void;
};

function helpOf({ help, usual, kind }: SettingField): string | undefined {
  const lines = [
    help ?? "",
    kind === "list" ? "One on each line." : "",
    usual === null || kind === "switch" || kind === "choice" ? "" : `Left empty: ${usual}.`,
  ];
  return lines.filter(Boolean).join(" ") || undefined;
}

function OneSetting({ field, draft, error, onChange }: OneSettingProps) {
  const id = settingId(field.path);
  const setText = (text: string) => onChange({ ...draft, state: "plain", text });
  if (field.kind === "switch") {
    return (
      <div className="grid gap-1">
        <Checkbox
          id={id}
          label={field.label}
          help={helpOf(field)}
          checked={draft.text === "true"}
          onChange={({ target }) => setText(String(target.checked))}
        />
        {error && <p className="text-failed text-xs">{error}</p>}
      </div>
    );
  }
  return (
    <Field
      id={id}
      label={field.label}
      help={helpOf(field)}
      error={error}
      isRequired={field.isRequired}
      isOptional={!field.isRequired}
    >
      {(wire) => {
        if (field.kind === "secret") {
          const secret = { ...draft, state: draft.state === "kept" ? "kept" : "secret" } as const;
          return <SecretInput {...wire} what={field.label} secret={secret} onChange={onChange} />;
        }
        if (field.kind === "choice") {
          return (
            <Select {...wire} value={draft.text} onChange={({ target }) => setText(target.value)}>
              <option value="">{field.usual ? `Usual: ${field.usual}` : "Choose"}</option>
              {field.options.map((option) => (
                <option key={option}>{option}</option>
              ))}
            </Select>
          );
        }
        const shared = { ...wire, value: draft.text, autoComplete: "off", spellCheck: false } as const;
        if (field.kind === "list" || field.kind === "json") {
          return <Textarea {...shared} kind="mono" onChange={({ target }) => setText(target.value)} />;
        }
        return (
          <Input
            {...shared}
            kind={field.kind === "number" ? "figure" : "mono"}
            type={field.kind === "url" ? "url" : "text"}
            inputMode={field.kind === "number" ? "decimal" : field.kind === "url" ? "url" : "text"}
            onChange={({ target }) => setText(target.value)}
          />
        );
      }}
    </Field>
  );
}
