import { SecretInput } from "@/components/forms/secret-input";
import { Card } from "@/components/ui/card";
import { Switch } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { faultAt } from "@/lib/dashboard/forms/view";
import type { ConnectorPartProps } from "./parts";

/** How the shop is told, by its kind. */
export function SettingsCard(props: ConnectorPartProps) {
  return props.draft.kind === "vtex" ? <VtexCard {...props} /> : <NoticeCard {...props} />;
}

function NoticeCard({ draft, faults, change }: ConnectorPartProps) {
  const isMedusa = draft.kind === "medusa";
  return (
    <Card title="Notices to the shop">
      <div className="grid gap-4">
        <Field
          id="notify-url"
          label="Address"
          isOptional
          error={faultAt(faults, "notify-url")}
          help={
            isMedusa
              ? "The shop's own: https://shop.example/hooks/payment/farebox_{id of the provider}."
              : "Each new state of a payment is sent there, signed. Without it the shop asks by itself."
          }
        >
          {(wire) => (
            <Input
              {...wire}
              type="url"
              kind="mono"
              autoComplete="off"
              value={draft.notifyUrl}
              onChange={({ target }) => change({ notifyUrl: target.value })}
            />
          )}
        </Field>
        <Field
          id="notify-secret"
          label="Secret"
          isOptional
          error={faultAt(faults, "notify-secret")}
          help="Signs each notice; the shop checks it. At least 16 characters, the same on both sides."
        >
          {(wire) => (
            <SecretInput
              {...wire}
              what="the secret of notices"
              secret={draft.notifySecret}
              onChange={(secret) => change({ notifySecret: secret })}
            />
          )}
        </Field>
      </div>
    </Card>
  );
}

function VtexCard({ draft, faults, change }: ConnectorPartProps) {
  return (
    <Card title="VTEX">
      <div className="grid gap-4">
        <Switch
          id="homologation"
          label="Homologation"
          help={
            draft.mode === "test"
              ? "Lets VTEX's own test suite in: its cards, and callbacks to the hosts below."
              : "Only a connector in test mode can be homologated."
          }
          disabled={draft.mode !== "test"}
          checked={draft.homologation}
          onChange={({ target }) => change({ homologation: target.checked })}
        />
        <Field id="acquirer" label="Acquirer" isOptional error={faultAt(faults, "acquirer")}>
          {(wire) => (
            <Input
              {...wire}
              value={draft.acquirer}
              onChange={({ target }) => change({ acquirer: target.value })}
            />
          )}
        </Field>
        <Field
          id="partner-key"
          label="Partner's AppKey"
          isOptional
          error={faultAt(faults, "partner-key")}
          help="Of your own VTEX account: callbacks carry it."
        >
          {(wire) => (
            <Input
              {...wire}
              kind="mono"
              autoComplete="off"
              value={draft.partnerKey}
              onChange={({ target }) => change({ partnerKey: target.value })}
            />
          )}
        </Field>
        <Field
          id="partner-token"
          label="Partner's AppToken"
          isOptional
          error={faultAt(faults, "partner-token")}
        >
          {(wire) => (
            <SecretInput
              {...wire}
              what="the partner's AppToken"
              secret={draft.partnerToken}
              onChange={(secret) => change({ partnerToken: secret })}
            />
          )}
        </Field>
        <VtexLimits draft={draft} faults={faults} change={change} />
      </div>
    </Card>
  );
}

function VtexLimits({ draft, faults, change }: Omit<ConnectorPartProps, "view">) {
  return (
    <>
      <Field
        id="surplus"
        label="Refund the surplus after"
        isOptional
        error={faultAt(faults, "surplus")}
        help="Hours after the last settlement. 0 refunds at once. Left empty: 24."
      >
        {(wire) => (
          <Input
            {...wire}
            inputMode="numeric"
            value={draft.surplusAfterHours}
            onChange={({ target }) => change({ surplusAfterHours: target.value })}
          />
        )}
      </Field>
      <Field
        id="callback-hosts"
        label="Further callback hosts"
        isOptional
        error={faultAt(faults, "callback-hosts")}
        help="VTEX's own are always allowed. One on each line."
      >
        {(wire) => (
          <Textarea
            {...wire}
            rows={2}
            value={draft.callbackHosts}
            onChange={({ target }) => change({ callbackHosts: target.value })}
          />
        )}
      </Field>
    </>
  );
}
