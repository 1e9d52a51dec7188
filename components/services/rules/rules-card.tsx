"use client";

import { ArrowDown, ArrowUp, Plus, X } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { IconButton } from "@/components/ui/icon-button";
import {
  effectFigure,
  emptyRule,
  faultsInRule,
  type RuleDraft,
  ruleTitle,
  ruleWords,
} from "@/lib/dashboard/endpoints/rules/view";
import { parametersOf } from "@/lib/dashboard/endpoints/view";
import { type FormFault, faultAt, moved } from "@/lib/dashboard/forms/view";
import type { EndpointPartProps } from "../endpoint-parts";
import type { Simulation } from "../use-simulation";
import { RuleDialog } from "./rule-dialog";

type RulesCardProps = EndpointPartProps & { simulation: Simulation };

/** The rules of an endpoint in the order they are read, each in words. */
export function RulesCard({ view, draft, faults, change, simulation }: RulesCardProps) {
  const [open, setOpen] = useState<{ rule: RuleDraft; place: number } | null>(null);
  const { rules, currency } = draft;
  const set = (next: readonly RuleDraft[]) => change({ rules: next });
  const add = () => {
    const key = Math.max(-1, ...rules.map((rule) => rule.key)) + 1;
    setOpen({ rule: emptyRule(key), place: rules.length });
  };

  async function done(rule: RuleDraft, place: number) {
    const next = rules.toSpliced(place, 1, rule);
    const judged = await simulation.judge({ ...draft, rules: next });
    const found = faultsInRule(rule, { errors: judged?.faults ?? [], place });
    if (found.length === 0) set(next);
    return found;
  }

  return (
    <Card
      id="rules"
      title="Rules"
      note="read from top to bottom"
      aside={
        view.mayWrite && (
          <Button onClick={add}>
            <Plus />
            Rule
          </Button>
        )
      }
      body="flush"
    >
      {rules.length === 0 ? (
        <p className="px-4 pb-4 text-muted text-sm">
          Every request costs the list price. A rule changes that by what is asked, by whom, when, and how
          much was bought before: free quotas, codes, discounts, refusals.
        </p>
      ) : (
        <ol className="border-t">
          {rules.map((rule, place) => (
            <RuleLine
              key={rule.key}
              {...{ rule, place, currency }}
              count={rules.length}
              error={faultOf(faults, simulation, { rule, place })}
              edit={() => setOpen({ rule, place })}
              move={(by) => set(moved(rules, place, by))}
              remove={() => set(rules.toSpliced(place, 1))}
            />
          ))}
        </ol>
      )}
      {open && (
        <RuleDialog
          key={open.rule.key}
          rule={open.rule}
          isNew={open.place === rules.length}
          taken={rules.filter((_, place) => place !== open.place).map(({ id }) => id)}
          currency={currency}
          isSession={draft.terms === "session"}
          callers={view.callers}
          parameters={parametersOf(draft.path)}
          close={() => setOpen(null)}
          done={(rule) => done(rule, open.place)}
        />
      )}
    </Card>
  );
}

/** What saving found wrong with a rule, or what the simulator finds meanwhile. */
function faultOf(
  faults: readonly FormFault[],
  { shown }: Simulation,
  { rule, place }: { rule: RuleDraft; place: number },
): string | undefined {
  const saved = faultAt(faults, `rule-${place}`);
  if (saved) return saved;
  const found = faultsInRule(rule, { errors: shown.faults, place });
  return found.map(({ message }) => message).join(" ") || undefined;
}

type RuleLineProps = {
  rule: RuleDraft;
  place: number;
  count: number;
  currency: string;
  error: string | undefined;
  edit: () => void;
  move: (by: -1 | 1) => void;
  remove: () => void;
};

function RuleLine({ rule, place, count, currency, error, edit, move, remove }: RuleLineProps) {
  const title = ruleTitle(rule);
  const quiet = "disabled:opacity-40";
  return (
    <li
      id={`rule-${place}`}
      tabIndex={-1}
      className="grid grid-cols-[1.25rem_minmax(0,1fr)_auto] items-center gap-x-2 border-b px-4 py-2 outline-none last:border-0"
    >
      <span className="num text-muted text-sm">{place + 1}</span>
      <span className="grid min-w-0">
        <button
          type="button"
          onClick={edit}
          className="inline! min-w-0 cursor-pointer justify-self-start text-start text-ink hover:underline"
        >
          {title}
        </button>
        <span className="text-muted text-xs wrap-anywhere">{ruleWords(rule, currency)}</span>
        {error && <span className="text-failed text-xs">{error}</span>}
      </span>
      <span className="flex items-center">
        <span className="num me-2 text-ink text-sm">{effectFigure(rule.effect, currency)}</span>
        <IconButton
          label={`Move ${title} up`}
          disabled={place === 0}
          className={quiet}
          onClick={() => move(-1)}
        >
          <ArrowUp />
        </IconButton>
        <IconButton
          label={`Move ${title} down`}
          disabled={place === count - 1}
          className={quiet}
          onClick={() => move(1)}
        >
          <ArrowDown />
        </IconButton>
        <IconButton label={`Remove ${title}`} onClick={remove}>
          <X />
        </IconButton>
      </span>
    </li>
  );
}
