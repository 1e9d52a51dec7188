"use client";

import { SecretInput } from "@/components/forms/secret-input";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/input";
import type { EffectDraft } from "@/lib/dashboard/endpoints/rules/view";
import { type EffectProps, Grid, Text } from "./effect-parts";

const sources = {
  json: { label: "a number in the JSON body", name: "Place", placeholder: "/max_tokens" },
  query: { label: "a query parameter", name: "Parameter", placeholder: "count" },
  header: { label: "a header", name: "Header", placeholder: "x-count" },
  bodyBytes: { label: "the bytes of the body", name: "", placeholder: "" },
} as const;

/** A price for each of what the request says it wants. */
export function Unit(props: EffectProps) {
  const { draft, currency, change } = props;
  const { name, placeholder } = sources[draft.by];
  return (
    <Grid>
      <Text {...props} part="amount" label={`Price, ${currency}`} isFigure placeholder="0.02" />
      <Text {...props} part="per" label="For each so many" isFigure isOptional placeholder="1" />
      <Field id="effect-by" label="Quantity is">
        {(wire) => (
          <Select
            {...wire}
            value={draft.by}
            onChange={({ target }) => change({ by: target.value as EffectDraft["by"] })} // safe: an option below
          >
            {Object.entries(sources).map(([by, { label }]) => (
              <option key={by} value={by}>
                {label}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {name !== "" && <Text {...props} part="byName" label={name} isMono placeholder={placeholder} />}
      {draft.by !== "bodyBytes" && (
        <Text
          {...props}
          part="missing"
          label="When the request does not say"
          help="Without this number such a request is refused."
          isFigure
          isOptional
        />
      )}
    </Grid>
  );
}

/** A price that the merchant's own server says. */
export function Hook(props: EffectProps) {
  const { draft, currency, change } = props;
  return (
    <Grid>
      <Text
        {...props}
        part="url"
        label="Address"
        isMono
        isWide
        placeholder="https://prices.example.com/ask"
      />
      <Field
        id="effect-secret"
        label="Secret"
        help="32 characters or more; each call is signed with it."
        className="sm:col-span-2"
      >
        {(wire) => (
          <SecretInput
            {...wire}
            what="secret of the hook"
            secret={{ state: draft.secretState, text: draft.secret, isStored: draft.isStored }}
            onChange={({ state, text }) => change({ secretState: state, secret: text })}
          />
        )}
      </Field>
      <Text {...props} part="timeoutMs" label="Time limit, milliseconds" isFigure placeholder="1000" />
      <Text
        {...props}
        part="fallback"
        label={`Price without an answer, ${currency}`}
        help="Without it the endpoint answers 503 then."
        isFigure
        isOptional
      />
    </Grid>
  );
}
