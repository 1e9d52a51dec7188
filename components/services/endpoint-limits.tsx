"use client";

import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import type { EndpointDraft } from "@/lib/dashboard/endpoints/view";
import { faultAt } from "@/lib/dashboard/forms/view";
import type { EndpointPartProps } from "./endpoint-parts";

type TextPart = "minimum" | "maximum" | "unit" | "meterPointer" | "meterPer";
type TextProps = Pick<EndpointPartProps, "draft" | "faults" | "change"> & {
  part: TextPart;
  id: string;
  label: string;
  placeholder: string;
  look: "figure" | "mono" | "text";
  isRequired?: boolean;
};

function Text({ draft, faults, change, part, id, label, placeholder, look, isRequired }: TextProps) {
  return (
    <Field id={id} label={label} isRequired={isRequired} isOptional={!isRequired} error={faultAt(faults, id)}>
      {(wire) => (
        <Input
          {...wire}
          kind={look}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          placeholder={placeholder}
          value={draft[part]}
          onChange={({ target }) => change({ [part]: target.value })}
        />
      )}
    </Field>
  );
}

/** What the rules may not go below or above. */
export function LimitFields(props: EndpointPartProps) {
  const { currency } = props.draft;
  return (
    <div className="grid gap-1">
      <div className="grid grid-cols-2 items-start gap-2">
        <Text
          {...props}
          part="minimum"
          id="minimum"
          label={`At least, ${currency}`}
          placeholder="none"
          look="figure"
        />
        <Text
          {...props}
          part="maximum"
          id="maximum"
          label={`At most, ${currency}`}
          placeholder="none"
          look="figure"
        />
      </div>
      <p className="text-muted text-xs">After the rules. What comes out at zero is served free.</p>
    </div>
  );
}

const meters: readonly { value: EndpointDraft["meterBy"]; label: string }[] = [
  { value: "", label: "one each event of a stream, else one each call" },
  { value: "calls", label: "calls" },
  { value: "events", label: "events of a stream" },
  { value: "bytes", label: "bytes of the answer" },
  { value: "json", label: "a number in the answer's JSON" },
];

/** What one price pays for in a session, and how an answer is measured. */
export function SessionFields(props: EndpointPartProps) {
  const { draft, faults, change } = props;
  return (
    <div className="mt-3 grid gap-4 sm:grid-cols-2">
      <Text {...props} part="unit" id="unit" label="Unit" placeholder="token" look="text" isRequired />
      <Field id="meter" label="Counted by" error={faultAt(faults, "meter")}>
        {(wire) => (
          <Select
            {...wire}
            value={draft.meterBy}
            onChange={({ target }) =>
              change({ meterBy: meters.find(({ value }) => value === target.value)?.value ?? "" })
            }
          >
            {meters.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {draft.meterBy === "json" && (
        <Text
          {...props}
          part="meterPointer"
          id="meter-pointer"
          label="Place in the answer"
          placeholder="/usage/total_tokens"
          look="mono"
          isRequired
        />
      )}
      {draft.meterBy !== "" && (
        <Text
          {...props}
          part="meterPer"
          id="meter-per"
          label="So many make one unit"
          placeholder="1"
          look="figure"
        />
      )}
    </div>
  );
}
