"use client";

import { X } from "lucide-react";
import { Checkbox } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { IconButton } from "@/components/ui/icon-button";
import { Input, Select } from "@/components/ui/input";
import { conditionNames, dayNames, days, testKinds, testNames } from "@/lib/dashboard/endpoints/rules/view";
import { idOf, mono, Names, type PartProps, PerWindow, Plain, Range, Small } from "./condition-parts";

type ConditionProps = PartProps & {
  currency: string;
  callers: readonly string[];
  parameters: readonly string[];
  error: string | undefined;
  remove: () => void;
};

/** One condition of a rule: what it looks at, and what it has to be. */
export function ConditionFields(props: ConditionProps) {
  const { draft, error, remove } = props;
  const name = conditionNames[draft.kind];
  return (
    <li className="grid gap-3 rounded-control border p-3">
      <div className="flex items-center gap-2">
        <h4 className="min-w-0 flex-1 text-sm">{name}</h4>
        <IconButton label={`Remove: ${name}`} onClick={remove}>
          <X />
        </IconButton>
      </div>
      <Parts {...props} />
      {error && (
        <p role="alert" className="text-failed text-xs">
          {error}
        </p>
      )}
    </li>
  );
}

function Parts(props: ConditionProps) {
  const { draft, callers, parameters } = props;
  switch (draft.kind) {
    case "json":
      return (
        <Tested {...props} label="Place" placeholder="/model" help="A JSON Pointer: /model, /usage/0/name." />
      );
    case "query":
      return <Tested {...props} label="Parameter" placeholder="page" />;
    case "header":
      return <Tested {...props} label="Header" placeholder="x-plan" />;
    case "path":
      return (
        <Tested
          {...props}
          label="Name in the path"
          placeholder={parameters[0] ?? "city"}
          options={parameters}
        />
      );
    case "bodyBytes":
      return <Range {...props} unit=", bytes" />;
    case "caller":
      return <Names {...props} label="Names of caller keys" help={helpOf("caller key", callers)} />;
    case "payer":
      return (
        <Names
          {...props}
          label="Payers"
          help="One on each line, as the rail names them: demo:ann. Only who pays as this payer gets the price."
        />
      );
    case "address":
      return <Names {...props} label="Networks" help="One on each line: 203.0.113.0/24, 2001:db8::/32." />;
    case "code":
      return <Plain {...props} label="Code" placeholder="SPRING" help="Sent in the header Farebox-Code." />;
    case "time":
      return <Time {...props} />;
    case "volume":
      return <Volume {...props} />;
  }
}

const helpOf = (what: string, names: readonly string[]): string =>
  names.length > 0
    ? `One on each line: ${names.slice(0, 5).join(", ")}.`
    : `One on each line. The service has no ${what} yet.`;

type TestedProps = PartProps & {
  label: string;
  placeholder: string;
  help?: string;
  options?: readonly string[];
};

function Tested({ draft, change, label, placeholder, help, options = [] }: TestedProps) {
  const listId = options.length > 0 ? idOf(draft, "options") : undefined;
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field id={idOf(draft, "name")} label={label} help={help}>
        {(wire) => (
          <Input
            {...wire}
            {...mono}
            list={listId}
            placeholder={placeholder}
            value={draft.name}
            onChange={({ target }) => change({ name: target.value })}
          />
        )}
      </Field>
      {listId && (
        <datalist id={listId}>
          {options.map((option) => (
            <option key={option} value={option} />
          ))}
        </datalist>
      )}
      <Field id={idOf(draft, "test")} label="Test">
        {(wire) => (
          <Select
            {...wire}
            value={draft.test}
            onChange={({ target }) =>
              change({ test: testKinds.find((kind) => kind === target.value) ?? "equals" })
            }
          >
            {testKinds.map((kind) => (
              <option key={kind} value={kind}>
                {testNames[kind]}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <div className="sm:col-span-2">
        <Wanted draft={draft} change={change} />
      </div>
    </div>
  );
}

const literal = '5, true and null are read as such; write "5" for the text.';

function Wanted({ draft, change }: PartProps) {
  if (draft.test === "exists" || draft.test === "missing") return null;
  if (draft.test === "range") return <Range draft={draft} change={change} unit="" />;
  if (draft.test === "in") {
    return <Names draft={draft} change={change} label="Values" help={`One on each line. ${literal}`} />;
  }
  const help = draft.test === "equals" ? literal : undefined;
  return <Plain draft={draft} change={change} label="Value" placeholder="" help={help} />;
}

function Time({ draft, change }: PartProps) {
  const toggle = (day: (typeof days)[number]) =>
    change({ days: days.filter((each) => (each === day) !== draft.days.includes(each)) });
  return (
    <div className="grid gap-3">
      <div className="grid grid-cols-2 gap-3">
        <Small draft={draft} change={change} part="from" label="From" placeholder="2026-12-01" />
        <Small draft={draft} change={change} part="to" label="Until" placeholder="2026-12-24T18:00" />
        <Small draft={draft} change={change} part="hoursFrom" label="Hours from" placeholder="22:00" />
        <Small draft={draft} change={change} part="hoursTo" label="Hours to" placeholder="06:00" />
      </div>
      <fieldset className="min-w-0">
        <legend className="mb-1 text-ink text-sm">Days</legend>
        <div className="flex flex-wrap gap-x-4 gap-y-1">
          {days.map((day) => (
            <Checkbox
              key={day}
              label={dayNames[day]}
              checked={draft.days.includes(day)}
              onChange={() => toggle(day)}
            />
          ))}
        </div>
      </fieldset>
      <p className="text-muted text-xs">
        On the merchant's clock, unless a moment ends in Z or an offset. Hours may pass midnight; a day named
        as the end is included whole.
      </p>
    </div>
  );
}

function Volume({ draft, change, currency }: PartProps & { currency: string }) {
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field id={idOf(draft, "value")} label="At least">
        {(wire) => (
          <Input
            {...wire}
            kind="figure"
            inputMode="decimal"
            autoComplete="off"
            placeholder="1000"
            value={draft.value}
            onChange={({ target }) => change({ value: target.value })}
          />
        )}
      </Field>
      <Field id={idOf(draft, "measure")} label="Counted as">
        {(wire) => (
          <Select
            {...wire}
            value={draft.measure}
            onChange={({ target }) => change({ measure: target.value === "amount" ? "amount" : "requests" })}
          >
            <option value="requests">paid requests</option>
            <option value="amount">{currency} paid</option>
          </Select>
        )}
      </Field>
      <PerWindow
        {...{ draft, per: draft.per, window: draft.window }}
        onPer={(per) => change({ per })}
        onWindow={(window) => change({ window })}
      />
    </div>
  );
}
