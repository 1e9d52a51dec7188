"use client";

import { Card } from "@/components/ui/card";
import { Checkbox } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { byteUnits, type Measure, timeUnits } from "@/lib/dashboard/endpoints/view";
import { type FormFault, faultAt } from "@/lib/dashboard/forms/view";
import type { EndpointPartProps } from "./endpoint-parts";

/** What happens to money that was paid when the upstream fails, and how much may go through. */
export function DeliveryCard({ draft, faults, change }: EndpointPartProps) {
  const isPriced = draft.terms !== "free";
  return (
    <Card title={isPriced ? "Delivery and limits" : "Limits"}>
      <div className="grid gap-4">
        {isPriced && (
          <>
            <MeasureField
              id="redeemable"
              label="When the upstream fails, the payment stays redeemable for"
              help="The same request with the same credential is served without a second charge. After that it is refunded where the rail can."
              units={timeUnits}
              measure={draft.redeemable}
              faults={faults}
              onChange={(redeemable) => change({ redeemable })}
            />
            <BilledStatuses draft={draft} faults={faults} change={change} />
            <Checkbox
              id="payment-authorization"
              label="Take the credential in Payment-Authorization"
              help="For services whose callers sign in with Authorization themselves."
              checked={draft.paymentAuthorization}
              onChange={({ target }) => change({ paymentAuthorization: target.checked })}
            />
          </>
        )}
        <Checkbox
          id="repeatable"
          label="The upstream may be asked again"
          help="For calls that may be sent twice without harm. A lost answer, 502, 503 or 504 is then repeated; a GET is repeated after a lost answer in any case."
          checked={draft.repeatable}
          onChange={({ target }) => change({ repeatable: target.checked })}
        />
        <div className="grid gap-4 sm:grid-cols-2">
          <MeasureField
            id="body-max"
            label="Largest request body"
            units={byteUnits}
            measure={draft.bodyMax}
            faults={faults}
            onChange={(bodyMax) => change({ bodyMax })}
          />
          <MeasureField
            id="response-max"
            label="Largest answer"
            help="Streams are not counted."
            units={byteUnits}
            measure={draft.responseMax}
            faults={faults}
            onChange={(responseMax) => change({ responseMax })}
          />
        </div>
      </div>
    </Card>
  );
}

/** Which answers of the upstream count as served. */
function BilledStatuses({ draft, faults, change }: Omit<EndpointPartProps, "view">) {
  return (
    <>
      <Checkbox
        id="billable-4xx"
        label="An answer in the 400s counts as served"
        help="Such as 400, 404 or 422. Never billed: 401, 403, 407, 408, 409, 425, 429."
        checked={draft.billable4xx}
        onChange={({ target }) => change({ billable4xx: target.checked })}
      />
      {draft.billable4xx && (
        <Field
          id="never-billed"
          label="Except these statuses"
          isOptional
          error={faultAt(faults, "never-billed")}
        >
          {(wire) => (
            <Input
              {...wire}
              autoComplete="off"
              className="num max-w-64"
              placeholder="404, 422"
              value={draft.neverBilled}
              onChange={({ target }) => change({ neverBilled: target.value })}
            />
          )}
        </Field>
      )}
    </>
  );
}

type MeasureFieldProps = {
  id: string;
  label: string;
  help?: string;
  units: readonly { value: string; label: string }[];
  measure: Measure;
  faults: readonly FormFault[];
  onChange: (measure: Measure) => void;
};

function MeasureField({ id, label, help, units, measure, faults, onChange }: MeasureFieldProps) {
  return (
    <Field id={id} label={label} help={help} isRequired error={faultAt(faults, id)}>
      {(wire) => (
        <span className="grid max-w-64 grid-cols-[minmax(0,1fr)_7rem] gap-2">
          <Input
            {...wire}
            kind="figure"
            inputMode="numeric"
            autoComplete="off"
            value={measure.value}
            onChange={({ target }) => onChange({ ...measure, value: target.value })}
          />
          <Select
            aria-label={`Unit of: ${label}`}
            value={measure.unit}
            onChange={({ target }) => onChange({ ...measure, unit: target.value })}
          >
            {units.map((unit) => (
              <option key={unit.value} value={unit.value}>
                {unit.label}
              </option>
            ))}
          </Select>
        </span>
      )}
    </Field>
  );
}
