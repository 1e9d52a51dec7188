"use client";

import { Plus, X } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { IconButton } from "@/components/ui/icon-button";
import { Input, Select } from "@/components/ui/input";
import { type FormFault, faultAt } from "@/lib/dashboard/forms/view";
import { emptyRate, type RateDraft } from "@/lib/dashboard/settings/view";

type RatesCardProps = {
  rates: readonly RateDraft[];
  currency: string;
  faults: readonly FormFault[];
  change: (rates: readonly RateDraft[]) => void;
};

/** What one whole unit of a rail's currency costs, where the rail does not say it itself. */
export function RatesCard({ rates, currency, faults, change }: RatesCardProps) {
  const add = () => {
    const key = Math.max(-1, ...rates.map((rate) => rate.key)) + 1;
    change([...rates, { ...emptyRate(key), currency }]);
  };
  return (
    <Card
      title="Rates"
      note="where a rail has none of its own"
      aside={
        <Button onClick={add}>
          <Plus />
          Rate
        </Button>
      }
      body="flush"
    >
      {rates.length === 0 ? (
        <p className="px-4 pb-4 text-muted text-sm">
          A rate converts list prices for rails that settle another currency. Prices are rounded up to the
          rail's smallest unit, and each charge keeps the rate it was made with.
        </p>
      ) : (
        <ul className="border-t">
          {rates.map((rate, place) => (
            <RateLine
              key={rate.key}
              rate={rate}
              place={place}
              error={faultAt(faults, `rate-${place}`)}
              change={(part) => change(rates.with(place, { ...rate, ...part }))}
              remove={() => change(rates.toSpliced(place, 1))}
            />
          ))}
        </ul>
      )}
    </Card>
  );
}

type RateLineProps = {
  rate: RateDraft;
  place: number;
  error: string | undefined;
  change: (part: Partial<RateDraft>) => void;
  remove: () => void;
};

type Part = "unit" | "currency" | "rate" | "url" | "pointer" | "refreshSeconds" | "maxAgeSeconds";

function RateLine({ rate, place, error, change, remove }: RateLineProps) {
  const text = (part: Part, label: string, look: "mono" | "figure" | "text" = "text", className?: string) => (
    <Field id={`rate-${place}-${part}`} label={label} className={className}>
      {(wire) => (
        <Input
          {...wire}
          kind={look}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={rate[part]}
          onChange={({ target }) => change({ [part]: target.value })}
        />
      )}
    </Field>
  );
  const name = `${rate.unit} in ${rate.currency}`;
  return (
    <li
      id={`rate-${place}`}
      tabIndex={-1}
      className="grid grid-cols-2 items-end gap-3 border-b px-4 py-3 outline-none last:border-0 sm:grid-cols-[5rem_5rem_9rem_minmax(0,1fr)_auto]"
    >
      {text("unit", "One")}
      {text("currency", "costs, in")}
      <Field id={`rate-${place}-kind`} label="Known from">
        {(wire) => (
          <Select
            {...wire}
            value={rate.kind}
            onChange={({ target }) => change({ kind: target.value === "source" ? "source" : "fixed" })}
          >
            <option value="fixed">this number</option>
            <option value="source">an address</option>
          </Select>
        )}
      </Field>
      {rate.kind === "fixed" ? text("rate", "Rate", "figure") : text("pointer", "Place in its JSON", "mono")}
      <IconButton label={`Remove the rate of ${name}`} className="mb-0.5 justify-self-end" onClick={remove}>
        <X />
      </IconButton>
      {rate.kind === "source" && (
        <div className="col-span-full grid grid-cols-2 gap-3 sm:grid-cols-[minmax(0,1fr)_9rem_9rem]">
          {text("url", "Address", "mono", "max-sm:col-span-2")}
          {text("refreshSeconds", "Asked every, s", "figure")}
          {text("maxAgeSeconds", "Used for, s", "figure")}
        </div>
      )}
      {error && <p className="col-span-full text-failed text-xs">{error}</p>}
    </li>
  );
}
