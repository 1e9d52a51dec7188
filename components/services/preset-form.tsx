"use client";

import { type ReactNode, useState } from "react";
import { DraftForm, Fields } from "@/components/forms/draft-form";
import { useDraft } from "@/components/forms/use-draft";
import { Banner } from "@/components/ui/banner";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { type FormFault, faultAt, placeFaults } from "@/lib/dashboard/forms/view";
import { createFromPreset } from "@/lib/dashboard/services/preset/actions";
import { locateInPreset, type PresetDraft, type PresetView } from "@/lib/dashboard/services/preset/view";
import { slugOf } from "@/lib/dashboard/services/view";
import { RailPicker } from "./rail-picker";

/** Makes a service of a well-known kind of API: its key, its prices, and everything else is there. */
export function PresetForm({ view, title, tabs }: { view: PresetView; title: string; tabs: ReactNode }) {
  const { preset } = view;
  const form = useDraft<PresetDraft>({
    stored: view.draft,
    save: createFromPreset,
    about: { merchant: view.merchant, preset: preset.id },
    done: (draft) => `${draft.title} created with ${preset.endpoints.length} endpoints.`,
  });
  const faults = placeFaults(form.refusal?.errors ?? [], locateInPreset);
  const parts = { view, draft: form.draft, faults, change: form.change };
  return (
    <DraftForm
      {...form}
      title={title}
      tabs={tabs}
      submitLabel="Create service"
      isNew
      mayWrite
      faults={faults}
    >
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <Fields mayWrite>
          <NameCard {...parts} />
          <Card title="Rails" note="payers meet them in this order" body="flush">
            <RailPicker
              mode={form.draft.mode}
              rails={view.rails}
              chosen={form.draft.rails}
              newRailHref={view.newRailHref}
              error={faultAt(faults, "rails")}
              onChange={(rails) => form.change({ rails })}
            />
          </Card>
        </Fields>
        <div className="grid min-w-0 gap-6">
          <Banner title={preset.title}>{preset.note}</Banner>
          <PriceCard {...parts} />
        </div>
      </div>
    </DraftForm>
  );
}

type PartProps = {
  view: PresetView;
  draft: PresetDraft;
  faults: readonly FormFault[];
  change: (part: Partial<PresetDraft>) => void;
};

type TextProps = Omit<PartProps, "view"> & {
  part: "title" | "slug" | "url" | "key" | "callAmount" | "unitAmount";
  label: string;
  help?: string | undefined;
  look?: "text" | "mono" | "figure";
  isSecret?: boolean;
};

function Text({ draft, faults, change, part, label, help, look = "text", isSecret }: TextProps) {
  return (
    <Field id={part} label={label} help={help} isRequired error={faultAt(faults, part)}>
      {(wire) => (
        <Input
          {...wire}
          kind={look}
          type={isSecret ? "password" : "text"}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          data-1p-ignore=""
          value={draft[part]}
          onChange={({ target }) => change({ [part]: target.value })}
        />
      )}
    </Field>
  );
}

function NameCard({ view, ...parts }: PartProps) {
  const { draft, change } = parts;
  const [isOwnSlug, setOwnSlug] = useState(false);
  return (
    <Card title="Service">
      <div className="grid gap-4">
        <Text
          {...parts}
          part="title"
          label="Title"
          change={({ title = "" }) => change({ title, ...(isOwnSlug ? {} : { slug: slugOf(title) }) })}
        />
        <Text
          {...parts}
          part="slug"
          label="Name in the address"
          look="mono"
          help={`${view.addressBase}${draft.slug || "…"}`}
          change={({ slug = "" }) => {
            setOwnSlug(slug !== "");
            change({ slug });
          }}
        />
        <Text
          {...parts}
          part="url"
          label="Address of the API"
          look="mono"
          help="Or another server that speaks the same."
        />
        <Text
          {...parts}
          part="key"
          label="Your key"
          look="mono"
          isSecret
          help="Stored encrypted and never shown again. It reaches the upstream only."
        />
      </div>
    </Card>
  );
}

const termNames = { call: "by the call", unit: "by the unit", free: "free" } as const;

function PriceCard({ view, ...parts }: PartProps) {
  const { draft, change } = parts;
  const { endpoints } = view.preset;
  const hasSessions = draft.rails.some((rail) => view.sessionRails.includes(rail));
  const hasUnits = endpoints.some(({ terms }) => terms === "unit");
  return (
    <Card title="Prices" note={`${endpoints.length} endpoints`} body="flush">
      <div className="grid gap-4 px-4 pb-4 sm:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_6rem]">
        <Text {...parts} part="callAmount" label="Of a call" look="figure" />
        {hasUnits && hasSessions ? (
          <Text {...parts} part="unitAmount" label="Of a unit, in a session" look="figure" />
        ) : (
          <span className="max-sm:hidden" />
        )}
        <Field id="currency" label="Currency">
          {(wire) => (
            <Select
              {...wire}
              value={draft.currency}
              onChange={({ target }) => change({ currency: target.value })}
            >
              {view.currencies.map((code) => (
                <option key={code}>{code}</option>
              ))}
            </Select>
          )}
        </Field>
        {hasUnits && !hasSessions && (
          <p className="text-muted text-xs sm:col-span-3">
            None of the chosen rails has sessions, so what is metered is sold by the call.
          </p>
        )}
      </div>
      <ul className="border-t">
        {endpoints.map(({ label, title, terms }) => (
          <li
            key={label}
            className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 border-b px-4 py-2 last:border-0"
          >
            <span className="mono text-ink wrap-anywhere">{label}</span>
            <span className="text-sm">{termNames[terms === "unit" && !hasSessions ? "call" : terms]}</span>
            <span className="text-muted text-xs">{title}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
