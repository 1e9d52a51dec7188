"use client";

import type { ReactNode } from "react";
import { useState } from "react";
import { DraftForm, Fields } from "@/components/forms/draft-form";
import { NameField } from "@/components/forms/name-field";
import { useDraft } from "@/components/forms/use-draft";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { SegmentedChoice } from "@/components/ui/segmented";
import { type FormFault, faultAt, placeFaults } from "@/lib/dashboard/forms/view";
import { saveService } from "@/lib/dashboard/services/actions";
import {
  locateInService,
  type Mode,
  type ServiceDraft,
  type ServiceFormView,
  slugOf,
} from "@/lib/dashboard/services/view";
import { HeadersEditor } from "./headers-editor";
import { RailPicker } from "./rail-picker";

type ServiceFormProps = {
  view: ServiceFormView;
  title: ReactNode;
  below?: ReactNode;
  tabs?: ReactNode;
  foot?: ReactNode;
  /** Is a new service filled from a description, as the next step? */
  isImported?: boolean;
};

/** Creates a service, or edits one: where it is sold, where it comes from, how it is paid. */
export function ServiceForm({ view, title, below, tabs, foot, isImported = false }: ServiceFormProps) {
  const form = useDraft<ServiceDraft>({
    stored: view.draft,
    save: saveService,
    about: { merchant: view.merchant, service: view.slug, isImported },
    done: (draft) => (view.slug === null ? `${draft.title} created.` : `${draft.title} saved.`),
  });
  const locate = locateInService(form.draft, view.endpointLabels);
  const faults = placeFaults(form.refusal?.errors ?? [], locate);
  const parts = { view, draft: form.draft, faults, change: form.change };
  const isNew = view.slug === null;
  return (
    <DraftForm
      {...form}
      title={title}
      below={below}
      tabs={tabs}
      foot={foot}
      submitLabel={isNew ? (isImported ? "Create and import" : "Create service") : "Save service"}
      isNew={view.slug === null}
      mayWrite={view.mayWrite}
      faults={faults}
    >
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <Fields mayWrite={view.mayWrite}>
          <NameCard {...parts} />
          {isNew && <RailsCard {...parts} />}
        </Fields>
        <Fields mayWrite={view.mayWrite}>
          {isNew ? <UpstreamCard {...parts} /> : <RailsCard {...parts} />}
        </Fields>
      </div>
    </DraftForm>
  );
}

type PartProps = {
  view: ServiceFormView;
  draft: ServiceDraft;
  faults: readonly FormFault[];
  change: (part: Partial<ServiceDraft>) => void;
};

function NameCard({ view, draft, faults, change }: PartProps) {
  const isNew = view.slug === null;
  const [isOwnSlug, setOwnSlug] = useState(draft.slug !== slugOf(draft.title));
  const setMode = (mode: Mode) => {
    const rails = view.rails.filter((rail) => rail.mode === mode && rail.isEnabled);
    change({ mode, rails: rails.map(({ slug }) => slug) });
  };
  return (
    <Card title="Service">
      <div className="grid gap-4">
        <Field id="title" label="Title" isRequired error={faultAt(faults, "title")}>
          {(wire) => (
            <Input
              {...wire}
              autoComplete="off"
              value={draft.title}
              onChange={({ target }) =>
                change({
                  title: target.value,
                  ...(isNew && !isOwnSlug ? { slug: slugOf(target.value) } : {}),
                })
              }
            />
          )}
        </Field>
        <NameField
          id="slug"
          label="Name in the address"
          known="payers and receipts know the service by it"
          isNew={isNew}
          error={faultAt(faults, "slug")}
          value={draft.slug}
          onChange={(slug) => {
            setOwnSlug(slug !== "");
            change({ slug });
          }}
        />
        {isNew && (
          <div className="grid gap-1">
            <span className="text-ink text-sm">Address for payers</span>
            <bdi dir="ltr" className="mono text-body text-sm wrap-anywhere">
              {view.addressBase}
              {draft.slug || "…"}
            </bdi>
          </div>
        )}
        <ModeChoice mode={draft.mode} isNew={isNew} error={faultAt(faults, "mode")} onChange={setMode} />
      </div>
    </Card>
  );
}

type ModeChoiceProps = {
  mode: Mode;
  isNew: boolean;
  error: string | undefined;
  onChange: (mode: Mode) => void;
};

function ModeChoice({ mode, isNew, error, onChange }: ModeChoiceProps) {
  return (
    <div id="mode" tabIndex={-1} className="grid justify-items-start gap-1 outline-none">
      <span className="text-ink text-sm" aria-hidden="true">
        Mode
      </span>
      <SegmentedChoice
        label="Mode"
        name="mode"
        options={[
          { label: "Test", value: "test" },
          { label: "Live", value: "live" },
        ]}
        value={mode}
        onChange={({ target }) => onChange(target.value === "live" ? "live" : "test")}
      />
      {error && <p className="text-failed text-xs">{error}</p>}
      <p className="text-muted text-xs">
        {isNew
          ? "Test takes pretend money only, live takes real money only."
          : "Changing it changes which rails can be offered. Receipts keep the mode they were paid in."}
      </p>
    </div>
  );
}

function UpstreamCard({ draft, faults, change }: PartProps) {
  return (
    <Card title="Upstream" note="where paid requests go">
      <div className="grid gap-4">
        <Field
          id="upstream-url"
          label="Address"
          isRequired
          error={faultAt(faults, "upstream-url")}
          help="The path of each request is added to it. Payers never see it."
        >
          {(wire) => (
            <Input
              {...wire}
              kind="mono"
              type="url"
              inputMode="url"
              autoComplete="off"
              spellCheck={false}
              placeholder="https://api.example.com/base"
              value={draft.url}
              onChange={({ target }) => change({ url: target.value })}
            />
          )}
        </Field>
        <Field
          id="upstream-timeout"
          label="Time limit, milliseconds"
          isRequired
          error={faultAt(faults, "upstream-timeout")}
          help="How long the upstream may take to begin its answer. A paid request that runs out of time stays redeemable."
        >
          {(wire) => (
            <Input
              {...wire}
              kind="figure"
              inputMode="numeric"
              autoComplete="off"
              className="max-w-40"
              value={draft.timeoutMs}
              onChange={({ target }) => change({ timeoutMs: target.value })}
            />
          )}
        </Field>
        <div className="grid gap-1">
          <h3 className="text-sm">Headers sent along</h3>
          <p className="mb-2 text-muted text-xs">
            Such as the key that the upstream asks of you. They reach the upstream only.
          </p>
          <HeadersEditor
            headers={draft.headers}
            faults={faults}
            onChange={(headers) => change({ headers })}
          />
        </div>
      </div>
    </Card>
  );
}

function RailsCard({ view, draft, faults, change }: PartProps) {
  return (
    <Card title="Rails" note="payers meet them in this order" body="flush">
      <RailPicker
        mode={draft.mode}
        rails={view.rails}
        chosen={draft.rails}
        newRailHref={view.newRailHref}
        error={faultAt(faults, "rails")}
        onChange={(rails) => change({ rails })}
      />
    </Card>
  );
}
