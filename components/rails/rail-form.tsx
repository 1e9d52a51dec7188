"use client";

import type { ReactNode } from "react";
import { DraftForm, Fields } from "@/components/forms/draft-form";
import { NameField } from "@/components/forms/name-field";
import { useDraft } from "@/components/forms/use-draft";
import { Card } from "@/components/ui/card";
import { Switch } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { SegmentedChoice } from "@/components/ui/segmented";
import { type FormFault, faultAt, placeFaults } from "@/lib/dashboard/forms/view";
import { saveRail } from "@/lib/dashboard/rails/actions";
import {
  emptyRail,
  type KindView,
  locateInRail,
  type Mode,
  type RailDraft,
  type RailFormView,
  shownFields,
} from "@/lib/dashboard/rails/view";
import { SettingFields } from "./setting-fields";

type RailFormProps = {
  view: RailFormView;
  title: ReactNode;
  below?: ReactNode;
  foot?: ReactNode;
  /** What is known of the rail besides its form. */
  children?: ReactNode;
};

/** Sets up a way to be paid; the settings are whatever the kind of rail says it needs. */
export function RailForm({ view, title, below, foot, children }: RailFormProps) {
  const form = useDraft<RailDraft>({
    stored: view.draft,
    save: saveRail,
    about: { merchant: view.merchant, rail: view.slug },
    done: ({ title: name, id }) => `Rail ${name || id} ${view.slug === null ? "added" : "saved"}.`,
  });
  const kind = view.kinds.find((each) => each.kind === form.draft.kind);
  const fields = kind?.fields ?? [];
  const faults = placeFaults(form.refusal?.errors ?? [], locateInRail(fields));
  const parts = { view, kind, draft: form.draft, faults, change: form.change };
  const shown = shownFields(fields, form.draft.settings);
  return (
    <DraftForm
      {...form}
      title={title}
      below={below}
      foot={foot}
      submitLabel={view.slug === null ? "Add rail" : "Save rail"}
      isNew={view.slug === null}
      mayWrite={view.mayWrite}
      faults={faults}
    >
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <div className="grid gap-6">
          <Fields mayWrite={view.mayWrite}>
            <NameCard {...parts} />
          </Fields>
          {shown.length > 0 && children}
        </div>
        <div className="grid gap-6">
          <Fields mayWrite={view.mayWrite}>
            <Card title="Settings" note={kind?.title}>
              {shown.length === 0 ? (
                <p className="text-muted text-sm">This kind of rail has nothing to set.</p>
              ) : (
                <SettingFields
                  fields={shown}
                  drafts={form.draft.settings}
                  faults={faults}
                  onChange={(path, draft) =>
                    form.change({ settings: { ...form.draft.settings, [path]: draft } })
                  }
                />
              )}
            </Card>
          </Fields>
          {shown.length === 0 && children}
        </div>
      </div>
    </DraftForm>
  );
}

type PartProps = {
  view: RailFormView;
  kind: KindView | undefined;
  draft: RailDraft;
  faults: readonly FormFault[];
  change: (part: Partial<RailDraft>) => void;
};

function NameCard(props: PartProps) {
  const { view, kind, draft, faults, change } = props;
  const isNew = view.slug === null;
  return (
    <Card title="Rail">
      <div className="grid gap-4">
        <KindFields {...props} />
        <Field
          id="title"
          label="Title"
          isOptional
          error={faultAt(faults, "title")}
          help="What this dashboard calls it. Payers see the kind of rail only."
        >
          {(wire) => (
            <Input
              {...wire}
              autoComplete="off"
              placeholder={kind?.title ?? ""}
              value={draft.title}
              onChange={({ target }) => change({ title: target.value })}
            />
          )}
        </Field>
        <NameField
          id="rail-id"
          known="receipts and the configuration know the rail by it"
          isNew={isNew}
          error={faultAt(faults, "rail-id")}
          value={draft.id}
          onChange={(id) => change({ id })}
        />
        <Switch
          id="enabled"
          label="Offer it to payers"
          help="Switched off, it is in no new offer; what was paid on it is still looked after."
          checked={draft.enabled}
          onChange={({ target }) => change({ enabled: target.checked })}
        />
      </div>
    </Card>
  );
}

function KindFields({ view, kind, draft, faults, change }: PartProps) {
  const isNew = view.slug === null;
  const modes: readonly Mode[] = kind?.modes ?? [draft.mode];
  const setKind = (name: string) => {
    const next = view.kinds.find((each) => each.kind === name);
    if (next) change({ ...emptyRail(next, draft.mode, view.takenNames), title: draft.title });
  };
  return (
    <>
      <Field
        id="kind"
        label="Kind"
        error={faultAt(faults, "kind")}
        help={kind && `Settles ${kind.currencies}.`}
      >
        {(wire) =>
          isNew ? (
            <Select {...wire} value={draft.kind} onChange={({ target }) => setKind(target.value)}>
              {view.kinds.map(({ kind: name, title }) => (
                <option key={name} value={name}>
                  {title}
                </option>
              ))}
            </Select>
          ) : (
            <Input {...wire} readOnly value={kind?.title ?? draft.kind} />
          )
        }
      </Field>
      <div id="mode" tabIndex={-1} className="grid justify-items-start gap-1 outline-none">
        <span className="text-ink text-sm" aria-hidden="true">
          Mode
        </span>
        {isNew && modes.length > 1 ? (
          <SegmentedChoice
            label="Mode"
            name="mode"
            options={modes.map((mode) => ({ label: mode === "test" ? "Test" : "Live", value: mode }))}
            value={draft.mode}
            onChange={({ target }) => change({ mode: target.value === "live" ? "live" : "test" })}
          />
        ) : (
          <span className="text-ink">{draft.mode === "test" ? "Test" : "Live"}</span>
        )}
        {faultAt(faults, "mode") && <p className="text-failed text-xs">{faultAt(faults, "mode")}</p>}
        <p className="text-muted text-xs">
          {modes.length > 1 ? "A rail belongs to one mode for good." : "This kind takes test money only."}
        </p>
      </div>
    </>
  );
}
