"use client";

import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import type { Terms } from "@/lib/dashboard/endpoints/view";
import { faultAt } from "@/lib/dashboard/forms/view";
import { LimitFields, SessionFields } from "./endpoint-limits";
import type { EndpointPartProps } from "./endpoint-parts";

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** What is asked for, and what it costs. */
export function TermsCard(props: EndpointPartProps) {
  const { draft, faults, change } = props;
  return (
    <Card title="Request and price">
      <div className="grid gap-4">
        <div className="grid grid-cols-[7rem_minmax(0,1fr)] gap-x-2 gap-y-4">
          <Field id="method" label="Method" error={faultAt(faults, "method")}>
            {(wire) => (
              <Select
                {...wire}
                value={draft.method}
                onChange={({ target }) => change({ method: target.value })}
              >
                {methods.map((method) => (
                  <option key={method}>{method}</option>
                ))}
              </Select>
            )}
          </Field>
          <Field id="path" label="Path" isRequired error={faultAt(faults, "path")}>
            {(wire) => (
              <Input
                {...wire}
                kind="mono"
                autoComplete="off"
                autoCapitalize="none"
                spellCheck={false}
                value={draft.path}
                onChange={({ target }) => change({ path: target.value })}
              />
            )}
          </Field>
          <p className="col-span-2 -mt-3 text-muted text-xs">
            <code>{"{name}"}</code> stands for one segment, <code>{"{name...}"}</code> at the end for all that
            follow. HEAD is answered as GET.
          </p>
        </div>
        <PriceFields {...props} />
        {draft.terms !== "free" && <LimitFields {...props} />}
      </div>
    </Card>
  );
}

function termsChoices(hasSessions: boolean, terms: Terms): readonly { value: Terms; label: string }[] {
  return [
    { value: "fixed", label: "Fixed, per request" },
    ...(hasSessions || terms === "session"
      ? [{ value: "session" as const, label: "Per unit, in a session" }]
      : []),
    { value: "free", label: "Free" },
  ];
}

function PriceFields(props: EndpointPartProps) {
  const { view, draft, faults, change } = props;
  const { stored } = view;
  const priceFault = faultAt(faults, "amount");
  const isPriced = draft.terms !== "free";
  const hasNewPrice =
    isPriced && (draft.amount !== view.draft.amount || draft.currency !== view.draft.currency);
  return (
    <div className="grid gap-1">
      <div className="grid grid-cols-[minmax(0,1fr)_5.5rem] items-start gap-x-2 gap-y-4 sm:grid-cols-[minmax(0,1fr)_minmax(0,8rem)_5.5rem]">
        <Field id="terms" label="Terms" className="max-sm:col-span-2" error={faultAt(faults, "terms")}>
          {(wire) => (
            <Select
              {...wire}
              value={draft.terms}
              onChange={({ target }) => change({ terms: target.value as Terms })} // safe: an option below
            >
              {termsChoices(view.hasSessions, draft.terms).map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </Select>
          )}
        </Field>
        {isPriced && (
          <>
            <Field id="amount" label="Price" isRequired>
              {(wire) => (
                <Input
                  {...wire}
                  {...(priceFault ? { "aria-invalid": true, "aria-describedby": "amount-error" } : {})}
                  kind="figure"
                  inputMode="decimal"
                  autoComplete="off"
                  placeholder="0.01"
                  value={draft.amount}
                  onChange={({ target }) => change({ amount: target.value })}
                />
              )}
            </Field>
            <Field id="currency" label="Currency" error={faultAt(faults, "currency")}>
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
          </>
        )}
      </div>
      {priceFault && (
        <p id="amount-error" className="text-failed text-xs">
          {priceFault}
        </p>
      )}
      {draft.terms === "session" && <SessionFields {...props} />}
      {hasNewPrice && stored && stored.price !== null && (
        <p className="text-muted text-xs">
          Was {stored.price} in version {stored.priceVersion}. Challenges already given keep their price.
        </p>
      )}
    </div>
  );
}
