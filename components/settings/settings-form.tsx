"use client";

import { DraftForm, Fields } from "@/components/forms/draft-form";
import { useDraft } from "@/components/forms/use-draft";
import { AboutFields } from "@/components/services/about-fields";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { faultAt, placeFaults } from "@/lib/dashboard/forms/view";
import { saveSettings } from "@/lib/dashboard/settings/actions";
import { locateInSettings, type SettingsDraft, type SettingsView } from "@/lib/dashboard/settings/view";
import { BrandFields } from "./brand-fields";
import { RatesCard } from "./rates-card";

/** What a merchant is called, what the public is told of it, and how its prices are converted. */
export function SettingsForm({ view }: { view: SettingsView }) {
  const form = useDraft<SettingsDraft>({
    stored: view.draft,
    save: saveSettings,
    about: { merchant: view.merchant },
    done: () => "Settings saved.",
  });
  const { draft, change } = form;
  const faults = placeFaults(form.refusal?.errors ?? [], locateInSettings(draft));
  const zones = view.zones.includes(draft.timeZone) ? view.zones : [draft.timeZone, ...view.zones];
  return (
    <DraftForm
      {...form}
      title="Settings"
      submitLabel="Save settings"
      isNew={false}
      mayWrite={view.mayWrite}
      faults={faults}
    >
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <Fields mayWrite={view.mayWrite}>
          <Card title="Merchant">
            <div className="grid gap-4">
              <Field id="name" label="Name" isRequired error={faultAt(faults, "name")}>
                {(wire) => (
                  <Input
                    {...wire}
                    autoComplete="off"
                    value={draft.name}
                    onChange={({ target }) => change({ name: target.value })}
                  />
                )}
              </Field>
              <Field
                id="time-zone"
                label="Time zone"
                error={faultAt(faults, "time-zone")}
                help="Days of lists and reports, and the hours of price rules, are those of this zone."
              >
                {(wire) => (
                  <Select
                    {...wire}
                    value={draft.timeZone}
                    onChange={({ target }) => change({ timeZone: target.value })}
                  >
                    {zones.map((zone) => (
                      <option key={zone}>{zone}</option>
                    ))}
                  </Select>
                )}
              </Field>
            </div>
          </Card>
          <BrandFields draft={draft} fault={faultAt(faults, "colour")} change={change} />
          <RatesCard
            rates={draft.rates}
            currency={view.currency}
            faults={faults}
            change={(rates) => change({ rates })}
          />
        </Fields>
        <Fields mayWrite={view.mayWrite}>
          <Card title="What the public is told">
            <AboutFields
              draft={draft.about}
              faults={faults}
              sold="all services, each under its name"
              listedHelp="Discovery and the public catalogue tell of this merchant and its listed services."
              change={(part) => change({ about: { ...draft.about, ...part } })}
            />
          </Card>
        </Fields>
      </div>
    </DraftForm>
  );
}
