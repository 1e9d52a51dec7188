"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import {
  type ConditionDraft,
  type ConditionKind,
  conditionKinds,
  conditionNames,
  effectNames,
  emptyCondition,
  isListed,
  type RuleDraft,
  type RulePlace,
  ruleIdOf,
  ruleWords,
} from "@/lib/dashboard/endpoints/rules/view";
import { ConditionFields } from "./condition-fields";
import { EffectFields } from "./effect-fields";

type Fault = RulePlace & { message: string };

export type RuleAround = {
  currency: string;
  isSession: boolean;
  callers: readonly string[];
  parameters: readonly string[];
};

type RuleDialogProps = RuleAround & {
  rule: RuleDraft;
  isNew: boolean;
  /** Ids of the other rules. */
  taken: readonly string[];
  close: () => void;
  /** Puts the rule in its place, or says what is wrong with it. */
  done: (rule: RuleDraft) => Promise<readonly Fault[]>;
};

/** One rule as a form: when it applies, and what it does. */
export function RuleDialog({ rule: given, isNew, taken, close, done, ...around }: RuleDialogProps) {
  const [rule, setRule] = useState(given);
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  const [isJudging, setJudging] = useState(false);
  const change = (part: Partial<RuleDraft>) => setRule((before) => ({ ...before, ...part }));
  const at = (part: "effect" | "id" | "title" | "rule") =>
    faults
      .filter((fault) => fault.part === part)
      .map(({ message }) => message)
      .join(" ") || undefined;

  async function finish() {
    const named = rule.id.trim() || ruleIdOf(rule.title.trim() || effectNames[rule.effect.kind], taken);
    setJudging(true);
    const found = await done({ ...rule, id: named });
    setJudging(false);
    setFaults(found);
    if (found.length === 0) close();
  }

  return (
    <Dialog
      title={isNew ? "New rule" : "Rule"}
      description={<span className="text-sm">{ruleWords(rule, around.currency)}</span>}
      isOpen
      onOpenChange={(isOpen) => !isOpen && close()}
    >
      <div className="grid gap-4">
        <NameFields rule={rule} faults={{ id: at("id"), title: at("title") }} change={change} />
        <Conditions rule={rule} faults={faults} change={change} {...around} />
        <section className="grid gap-2">
          <h3 className="text-base">Then</h3>
          <EffectFields
            draft={rule.effect}
            currency={around.currency}
            isSession={around.isSession}
            error={at("effect")}
            change={(part) => change({ effect: { ...rule.effect, ...part } })}
          />
        </section>
        {at("rule") && (
          <p role="alert" className="text-failed text-sm">
            {at("rule")}
          </p>
        )}
        <DialogActions>
          <Button size="medium" onClick={close}>
            Cancel
          </Button>
          <Button size="medium" variant="primary" isPending={isJudging} onClick={finish}>
            {isNew ? "Add rule" : "Change rule"}
          </Button>
        </DialogActions>
      </div>
    </Dialog>
  );
}

type NameProps = {
  rule: RuleDraft;
  faults: { id: string | undefined; title: string | undefined };
  change: (part: Partial<RuleDraft>) => void;
};

function NameFields({ rule, faults, change }: NameProps) {
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field id="rule-title" label="Name" isOptional error={faults.title}>
        {(wire) => (
          <Input
            {...wire}
            autoComplete="off"
            placeholder={effectNames[rule.effect.kind]}
            value={rule.title}
            onChange={({ target }) => change({ title: target.value })}
          />
        )}
      </Field>
      <Field
        id="rule-id"
        label="Id"
        isOptional={!rule.isStored}
        error={faults.id}
        help={
          rule.isStored ? "It stays: what was counted stands under it." : "Made from the name when empty."
        }
      >
        {(wire) => (
          <Input
            {...wire}
            kind="mono"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            readOnly={rule.isStored}
            value={rule.id}
            onChange={({ target }) => change({ id: target.value })}
          />
        )}
      </Field>
    </div>
  );
}

type ConditionsProps = RuleAround & {
  rule: RuleDraft;
  faults: readonly Fault[];
  change: (part: Partial<RuleDraft>) => void;
};

function Conditions({ rule, faults, change, currency, callers, parameters }: ConditionsProps) {
  const { conditions } = rule;
  const set = (next: readonly ConditionDraft[]) => change({ conditions: next });
  const free = conditionKinds.filter(
    (kind) => isListed(kind) || !conditions.some((each) => each.kind === kind),
  );
  const add = (kind: ConditionKind) => {
    const key = Math.max(-1, ...conditions.map((each) => each.key)) + 1;
    set([...conditions, emptyCondition(kind, key)]);
  };
  return (
    <section className="grid gap-2">
      <h3 className="text-base">When {conditions.length > 1 && "all of these hold"}</h3>
      {conditions.length === 0 && (
        <p className="text-muted text-sm">Without a condition the rule applies to every request.</p>
      )}
      {conditions.length > 0 && (
        <ul className="grid gap-2">
          {conditions.map((condition, place) => (
            <ConditionFields
              key={condition.key}
              draft={condition}
              {...{ currency, callers, parameters }}
              error={
                faults
                  .filter((fault) => fault.part === "condition" && fault.place === place)
                  .map(({ message }) => message)
                  .join(" ") || undefined
              }
              change={(part) => set(conditions.with(place, { ...condition, ...part }))}
              remove={() => set(conditions.toSpliced(place, 1))}
            />
          ))}
        </ul>
      )}
      <Select
        aria-label="Add a condition"
        className="max-w-72"
        size="small"
        value=""
        onChange={({ target }) => {
          const kind = free.find((each) => each === target.value);
          if (kind) add(kind);
        }}
      >
        <option value="">Add a condition…</option>
        {free.map((kind) => (
          <option key={kind} value={kind}>
            {conditionNames[kind]}
          </option>
        ))}
      </Select>
    </section>
  );
}
