"use client";

import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/input";
import { effectHelp, effectKinds, effectNames } from "@/lib/dashboard/endpoints/rules/view";
import { PerWindow } from "./condition-parts";
import { Hook, Unit } from "./effect-by-request";
import { type EffectProps, Grid, Text } from "./effect-parts";

/** What the rule does: one of eight things, each with its own fields. */
export function EffectFields(props: EffectProps) {
  const { draft, isSession, error, change } = props;
  const kinds = effectKinds.filter((kind) => kind !== "unit" || !isSession || draft.kind === "unit");
  return (
    <div className="grid gap-3 rounded-control border p-3">
      <Field id="effect-kind" label="Do this" help={effectHelp[draft.kind]}>
        {(wire) => (
          <Select
            {...wire}
            value={draft.kind}
            onChange={({ target }) =>
              change({ kind: effectKinds.find((kind) => kind === target.value) ?? "price" })
            }
          >
            {kinds.map((kind) => (
              <option key={kind} value={kind}>
                {effectNames[kind]}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Parts {...props} />
      {error && (
        <p role="alert" className="text-failed text-xs">
          {error}
        </p>
      )}
    </div>
  );
}

function Parts(props: EffectProps) {
  const { draft, currency, change } = props;
  switch (draft.kind) {
    case "price":
      return <Text {...props} part="amount" label={`Price, ${currency}`} isFigure placeholder="0.02" />;
    case "unit":
      return <Unit {...props} />;
    case "discount":
      return <Discount {...props} />;
    case "waive":
      return (
        <Grid>
          <Text {...props} part="message" label="Why, for the payer" isOptional isWide />
          <Uses {...props} />
        </Grid>
      );
    case "quota":
      return (
        <Grid>
          <Text {...props} part="free" label="Free requests" isFigure placeholder="100" isWide />
          <PerWindow
            {...{ draft: {}, per: draft.counted, window: draft.window }}
            onPer={(counted) => change({ counted })}
            onWindow={(window) => change({ window })}
          />
          {draft.counted === "payer" && (
            <p className="text-muted text-xs sm:col-span-2">
              A request that pays nothing proves no payer: anybody can make up a name. Count caller keys or
              addresses instead where that matters.
            </p>
          )}
        </Grid>
      );
    case "reject":
      return <Text {...props} part="message" label="What the payer is told" />;
    case "allow":
      return null;
    case "hook":
      return <Hook {...props} />;
  }
}

function Discount(props: EffectProps) {
  const { draft, currency, change } = props;
  return (
    <Grid>
      <Field id="effect-discount" label="Take off">
        {(wire) => (
          <Select
            {...wire}
            value={draft.discount}
            onChange={({ target }) => change({ discount: target.value === "amount" ? "amount" : "percent" })}
          >
            <option value="percent">a share, in per cent</option>
            <option value="amount">an amount</option>
          </Select>
        )}
      </Field>
      {draft.discount === "percent" ? (
        <Text {...props} part="percent" label="Per cent" isFigure placeholder="10" />
      ) : (
        <Text {...props} part="amount" label={`Amount, ${currency}`} isFigure placeholder="0.01" />
      )}
      <Uses {...props} />
    </Grid>
  );
}

function Uses(props: EffectProps) {
  return (
    <>
      <Text {...props} part="usesTotal" label="Times in all" isFigure isOptional placeholder="500" />
      <Text
        {...props}
        part="usesEach"
        label="Times each"
        help="By caller, else payer, else address."
        isFigure
        isOptional
        placeholder="1"
      />
    </>
  );
}
