"use client";

import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { SettingsDraft } from "@/lib/dashboard/settings/view";

type BrandFieldsProps = {
  draft: Pick<SettingsDraft, "colour">;
  fault: string | undefined;
  change: (part: Partial<SettingsDraft>) => void;
};

const whole = /^#[0-9a-f]{6}$/i;
const ours = "#2d48c0";

/** The merchant's colour on the pages for payers. Whether it can be read on is judged when it is saved. */
export function BrandFields({ draft, fault, change }: BrandFieldsProps) {
  const { colour } = draft;
  return (
    <Card title="Pages for payers">
      <div className="grid gap-4">
        <Field
          id="colour"
          label="Colour"
          isOptional
          error={fault}
          help="Of buttons and marks on the checkout, the page of a price and receipts. White or dark text on it must have a contrast of 4.5 : 1."
        >
          {(wire) => (
            <div className="flex gap-2">
              <input
                type="color"
                aria-label="Choose a colour"
                className="h-control-lg w-12 flex-none cursor-pointer rounded-control border border-line-strong bg-surface p-1"
                value={whole.test(colour) ? colour.toLowerCase() : ours}
                onChange={({ target }) => change({ colour: target.value })}
              />
              <Input
                {...wire}
                kind="mono"
                autoComplete="off"
                spellCheck={false}
                placeholder={ours}
                value={colour}
                onChange={({ target }) => change({ colour: target.value })}
              />
              {colour !== "" && (
                <Button size="medium" onClick={() => change({ colour: "" })}>
                  Use ours
                </Button>
              )}
            </div>
          )}
        </Field>
      </div>
    </Card>
  );
}
