"use client";

import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { SegmentedChoice } from "@/components/ui/segmented";
import { caseWords, type TryItDraft } from "@/lib/dashboard/try-it/view";
import type { TryItPartProps } from "./request-card";

type PaymentCardProps = TryItPartProps & { isRunning: boolean };

/** Who pays, and what is to happen on the way. */
export function PaymentCard({ view, endpoint, draft, change, isRunning }: PaymentCardProps) {
  const isDemo = draft.payment === "demo" && endpoint.canPay;
  return (
    <Card
      title="Payment"
      aside={
        endpoint.canPay && (
          <SegmentedChoice
            label="Who pays"
            name="payment"
            value={draft.payment}
            options={[
              { label: "Demo payer", value: "demo" },
              { label: "Pasted credential", value: "pasted" },
            ]}
            onChange={({ target }) => change({ payment: target.value as TryItDraft["payment"] })}
          />
        )
      }
      foot={
        <>
          <Button type="submit" variant="primary" size="medium" isPending={isRunning}>
            {isDemo && !endpoint.isFree ? "Send and pay" : "Send"}
          </Button>
          <span className="min-w-0 flex-1 basis-48 text-muted text-xs">
            {isDemo
              ? `Test money. Receipts name the payer demo:${view.payerMark}${draft.payer.trim() || "ada"}, and count among the test figures.`
              : "In test mode only. The credential goes to the gateway and is not kept."}
          </span>
        </>
      }
    >
      {isDemo ? <DemoPayer draft={draft} change={change} /> : <Pasted draft={draft} change={change} />}
    </Card>
  );
}

type Part = Pick<PaymentCardProps, "draft" | "change">;

function DemoPayer({ draft, change }: Part) {
  return (
    <div className="grid gap-4">
      <Field id="payer" label="Payer's name">
        {(wire) => (
          <Input
            {...wire}
            autoComplete="off"
            maxLength={100}
            value={draft.payer}
            onChange={({ target }) => change({ payer: target.value })}
          />
        )}
      </Field>
      <fieldset className="grid">
        <legend className="mb-1 text-ink text-sm">What happens</legend>
        {caseWords.map(({ id, title, expect }) => (
          <label
            key={id}
            className="group -mx-2 grid cursor-pointer grid-cols-[1rem_minmax(0,1fr)] gap-x-2 rounded-control px-2 py-1.5 text-sm hover:bg-hover has-checked:bg-accent-soft"
          >
            <input
              type="radio"
              name="case"
              value={id}
              className="tick mt-0.5"
              checked={draft.case === id}
              onChange={() => change({ case: id })}
            />
            <span className="text-ink">{title}</span>
            {draft.case === id && <span className="col-start-2 text-body text-xs">{expect}</span>}
          </label>
        ))}
      </fieldset>
    </div>
  );
}

function Pasted({ draft, change }: Part) {
  return (
    <Field
      id="credential"
      label="Credential"
      isRequired
      help="As it stands behind Authorization, with or without the word Payment. It pays for exactly the request it was made for."
    >
      {(wire) => (
        <Textarea
          {...wire}
          kind="mono"
          rows={6}
          spellCheck={false}
          autoComplete="off"
          placeholder="Payment eyJjaGFsbGVuZ2UiOns…"
          value={draft.credential}
          onChange={({ target }) => change({ credential: target.value })}
        />
      )}
    </Field>
  );
}
