import { Plus, Trash2 } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { IconButton } from "@/components/ui/icon-button";
import { Input, Select } from "@/components/ui/input";
import type { MethodDraft } from "@/lib/dashboard/connectors/view";
import { faultAt } from "@/lib/dashboard/forms/view";
import type { ConnectorPartProps } from "./parts";

const splits = [
  { value: "disabled", label: "No split" },
  { value: "onAuthorize", label: "Split on authorization" },
  { value: "onCapture", label: "Split on capture" },
] as const;

/** What the shop calls a way to pay, and the rail that is behind it. */
export function MethodFields({ view, draft, faults, change }: ConnectorPartProps) {
  const { methods } = draft;
  const put = (place: number, part: Partial<MethodDraft>) =>
    change({ methods: methods.map((method, at) => (at === place ? { ...method, ...part } : method)) });
  const titleOf = (rail: string) => view.rails.find(({ slug }) => slug === rail)?.title;
  /** A name that nobody has typed follows the rail. */
  const turn = (place: number, rail: string) => {
    const before = methods[place];
    const isOwn = before && before.name !== "" && before.name !== titleOf(before.rail);
    put(place, isOwn ? { rail } : { rail, name: titleOf(rail) ?? rail });
  };
  const add = () => {
    const rail =
      view.rails.find(({ slug }) => !methods.some((method) => method.rail === slug)) ?? view.rails[0];
    if (rail) change({ methods: [...methods, { name: rail.title, rail: rail.slug, split: "disabled" }] });
  };
  return (
    <Card title="Methods" note="what the shop calls each rail">
      <div className="grid gap-4">
        {methods.length === 0 && (
          <p className="text-muted text-sm">Without a method the shop can take no payment. Add one.</p>
        )}
        {methods.map((method, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a method has no other identity while it is typed
          <fieldset key={place} className="grid min-w-0 gap-2 border-t pt-4 first:border-0 first:pt-0">
            <legend className="sr-only">Method {place + 1}</legend>
            <div className="flex items-start gap-2">
              <div className="grid min-w-0 flex-1 gap-2 sm:grid-cols-2">
                <Field
                  id={`method-${place}-name`}
                  label="Name"
                  error={faultAt(faults, `method-${place}-name`)}
                >
                  {(wire) => (
                    <Input
                      {...wire}
                      autoComplete="off"
                      value={method.name}
                      onChange={({ target }) => put(place, { name: target.value })}
                    />
                  )}
                </Field>
                <Field
                  id={`method-${place}-rail`}
                  label="Rail"
                  error={faultAt(faults, `method-${place}-rail`)}
                >
                  {(wire) => (
                    <Select
                      {...wire}
                      value={method.rail}
                      onChange={({ target }) => turn(place, target.value)}
                    >
                      {!view.rails.some(({ slug }) => slug === method.rail) && (
                        <option value={method.rail}>{method.rail} (not there)</option>
                      )}
                      {view.rails.map(({ slug, title }) => (
                        <option key={slug} value={slug}>
                          {title} ({slug})
                        </option>
                      ))}
                    </Select>
                  )}
                </Field>
              </div>
              <IconButton
                className="mt-7"
                label={`Remove ${method.name || `method ${place + 1}`}`}
                onClick={() => change({ methods: methods.filter((_, at) => at !== place) })}
              >
                <Trash2 />
              </IconButton>
            </div>
            {draft.kind === "vtex" && (
              <Field
                id={`method-${place}-split`}
                label="Recipients"
                error={faultAt(faults, `method-${place}-split`)}
              >
                {(wire) => (
                  <Select
                    {...wire}
                    value={method.split}
                    onChange={({ target }) => put(place, { split: target.value as MethodDraft["split"] })}
                  >
                    {splits.map(({ value, label }) => (
                      <option key={value} value={value}>
                        {label}
                      </option>
                    ))}
                  </Select>
                )}
              </Field>
            )}
          </fieldset>
        ))}
        <div>
          <Button onClick={add} disabled={view.rails.length === 0}>
            <Plus />
            Add method
          </Button>
        </div>
      </div>
    </Card>
  );
}
