"use client";

import { Card } from "@/components/ui/card";
import { Checkbox } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { faultAt } from "@/lib/dashboard/forms/view";
import type { EndpointPartProps } from "./endpoint-parts";

const texts = [
  { part: "title", label: "Title", help: "Its name in lists and documents." },
  { part: "summary", label: "Summary", help: "One line of what it gives, for discovery." },
  { part: "description", label: "Description", help: "One line that payers read in the challenge." },
] as const;

/** What the endpoint is called, who is told of it, and whether it is on sale. */
export function AboutCard({ draft, faults, change }: EndpointPartProps) {
  return (
    <Card title="Words and availability">
      <div className="grid gap-4">
        {texts.map(({ part, label, help }) => (
          <Field key={part} id={part} label={label} help={help} isOptional error={faultAt(faults, part)}>
            {(wire) => (
              <Input
                {...wire}
                autoComplete="off"
                value={draft[part]}
                onChange={({ target }) => change({ [part]: target.value })}
              />
            )}
          </Field>
        ))}
        <Checkbox
          label="Listed"
          help="Discovery names it. What is not listed is sold all the same."
          checked={draft.listed}
          onChange={({ target }) => change({ listed: target.checked })}
        />
        <Checkbox
          label="Paused"
          help="It answers 503 and asks nobody for money; what was paid stays redeemable."
          checked={draft.paused}
          onChange={({ target }) => change({ paused: target.checked })}
        />
      </div>
    </Card>
  );
}
