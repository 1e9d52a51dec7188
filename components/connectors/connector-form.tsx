"use client";

import type { ReactNode } from "react";
import { DraftForm, Fields } from "@/components/forms/draft-form";
import { NameField } from "@/components/forms/name-field";
import { useDraft } from "@/components/forms/use-draft";
import { Card } from "@/components/ui/card";
import { Switch } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { saveConnector } from "@/lib/dashboard/connectors/actions";
import {
  type ConnectorDraft,
  type ConnectorFormView,
  type Kind,
  kindNames,
  locateInConnector,
} from "@/lib/dashboard/connectors/view";
import { faultAt, placeFaults } from "@/lib/dashboard/forms/view";
import { MethodFields } from "./method-fields";
import type { ConnectorPartProps } from "./parts";
import { SettingsCard } from "./settings-card";

type ConnectorFormProps = {
  view: ConnectorFormView;
  title: ReactNode;
  below?: ReactNode;
  foot?: ReactNode;
  /** What is known of the connector besides its form. */
  children?: ReactNode;
};

/** Sets up a shop: who it is, which rails it may take payments on, and how it is told what became of them. */
export function ConnectorForm({ view, title, below, foot, children }: ConnectorFormProps) {
  const form = useDraft<ConnectorDraft>({
    stored: view.draft,
    save: saveConnector,
    about: { merchant: view.merchant, connector: view.slug },
    done: ({ title: name, id }) => `Connector ${name || id} ${view.slug === null ? "added" : "saved"}.`,
  });
  const faults = placeFaults(form.refusal?.errors ?? [], locateInConnector);
  const parts = { view, draft: form.draft, faults, change: form.change };
  return (
    <DraftForm
      {...form}
      title={title}
      below={below}
      foot={foot}
      submitLabel={view.slug === null ? "Add connector" : "Save connector"}
      isNew={view.slug === null}
      mayWrite={view.mayWrite}
      faults={faults}
    >
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <div className="grid gap-6">
          <Fields mayWrite={view.mayWrite}>
            <NameCard {...parts} />
          </Fields>
          {children}
        </div>
        <Fields mayWrite={view.mayWrite}>
          <MethodFields {...parts} />
          <SettingsCard {...parts} />
        </Fields>
      </div>
    </DraftForm>
  );
}

function NameCard({ view, draft, faults, change }: ConnectorPartProps) {
  const isNew = view.slug === null;
  return (
    <Card title="Shop" note={draft.mode === "test" ? "test mode" : "live mode"}>
      <div className="grid gap-4">
        <KindField isNew={isNew} draft={draft} faults={faults} change={change} />
        <Field
          id="title"
          label="Title"
          isOptional
          error={faultAt(faults, "title")}
          help="What this dashboard calls it."
        >
          {(wire) => (
            <Input
              {...wire}
              autoComplete="off"
              placeholder={kindNames[draft.kind]}
              value={draft.title}
              onChange={({ target }) => change({ title: target.value })}
            />
          )}
        </Field>
        <NameField
          id="connector-id"
          known="payments and the configuration know the shop by it"
          isNew={isNew}
          error={faultAt(faults, "connector-id")}
          value={draft.id}
          onChange={(id) => change({ id })}
        />
        <Switch
          id="enabled"
          label="Let the shop in"
          help="Switched off, its calls are refused; what it has opened is still looked after."
          checked={draft.enabled}
          onChange={({ target }) => change({ enabled: target.checked })}
        />
      </div>
    </Card>
  );
}

type KindFieldProps = Omit<ConnectorPartProps, "view"> & { isNew: boolean };

function KindField({ isNew, draft, faults, change }: KindFieldProps) {
  return (
    <Field
      id="kind"
      label="Shop"
      error={faultAt(faults, "kind")}
      help={isNew ? "It decides what the shop calls, and how it is told." : undefined}
    >
      {(wire) =>
        isNew ? (
          <Select
            {...wire}
            value={draft.kind}
            onChange={({ target }) => change({ kind: target.value as Kind, homologation: false })}
          >
            {Object.entries(kindNames).map(([kind, name]) => (
              <option key={kind} value={kind}>
                {name}
              </option>
            ))}
          </Select>
        ) : (
          <Input {...wire} readOnly value={kindNames[draft.kind]} />
        )
      }
    </Field>
  );
}
