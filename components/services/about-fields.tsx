"use client";

import { Checkbox } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { type FormFault, faultAt } from "@/lib/dashboard/forms/view";
import type { AboutDraft } from "@/lib/dashboard/services/discovery/view";

type AboutFieldsProps = {
  draft: AboutDraft;
  faults: readonly FormFault[];
  /** What stands on the domain: "this service, from its root". */
  sold: string;
  listedHelp: string;
  change: (part: Partial<AboutDraft>) => void;
};

const fields = [
  { part: "summary", label: "Summary", help: "One or two sentences of what is sold.", placeholder: "" },
  { part: "homepage", label: "Home page", help: undefined, placeholder: "https://example.com" },
  {
    part: "categories",
    label: "Categories",
    help: "Up to five words, separated by commas.",
    placeholder: "weather, maps",
  },
] as const;

/** What the public is told, and on which host it is sold. */
export function AboutFields({ draft, faults, sold, listedHelp, change }: AboutFieldsProps) {
  return (
    <div className="grid gap-4">
      {fields.map(({ part, label, help, placeholder }) => (
        <Field key={part} id={part} label={label} help={help} isOptional error={faultAt(faults, part)}>
          {(wire) => (
            <Input
              {...wire}
              autoComplete="off"
              placeholder={placeholder}
              value={draft[part]}
              onChange={({ target }) => change({ [part]: target.value })}
            />
          )}
        </Field>
      ))}
      <Field
        id="domain"
        label="Domain"
        isOptional
        error={faultAt(faults, "domain")}
        help={`A host name of your own that leads here: it sells ${sold}. Challenges carry it as their realm.`}
      >
        {(wire) => (
          <Input
            {...wire}
            kind="mono"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            placeholder="api.example.com"
            value={draft.domain}
            onChange={({ target }) => change({ domain: target.value })}
          />
        )}
      </Field>
      <Checkbox
        id="listed"
        label="Listed"
        help={listedHelp}
        checked={draft.listed}
        onChange={({ target }) => change({ listed: target.checked })}
      />
    </div>
  );
}
