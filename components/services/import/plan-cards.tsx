"use client";

import { type ReactNode, useState } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Checkbox } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { changeWords, type ImportPlan, type ImportView, labelOf } from "@/lib/dashboard/services/import/view";
import type { Importing } from "./use-import";

type PlanProps = { view: ImportView; importing: Importing; plan: ImportPlan };

/** What a description would do to the service, group by group, with a choice and a price for what is new. */
export function PlanCards({ view, importing, plan }: PlanProps) {
  const { draft, isImporting, startOver, importAll } = importing;
  const news = plan.unpriced;
  const taken = news.filter((each) => !draft.excluded.includes(labelOf(each)));
  const changed = plan.updates.length;
  const isNothing = taken.length + changed + draft.removed.length === 0;
  return (
    <>
      <Card
        title={plan.title || "Description"}
        note={`${plan.version}, ${plan.operations} operations`}
        aside={
          <>
            <Button onClick={startOver}>Another description</Button>
            <Button variant="primary" disabled={isNothing} isPending={isImporting} onClick={importAll}>
              {verbOf(taken.length, changed, draft.removed.length)}
            </Button>
          </>
        }
      >
        <dl className="grid grid-cols-2 gap-x-6 gap-y-2 text-sm sm:grid-cols-5">
          {[
            ["New", news.length],
            ["Changed", changed],
            ["Unchanged", plan.unchanged.length],
            ["Not there any more", plan.gone.length],
            ["Cannot be sold", plan.left.length],
          ].map(([label, count]) => (
            <div key={label}>
              <dt className="text-muted text-xs">{label}</dt>
              <dd className="num text-ink text-lg">{count}</dd>
            </div>
          ))}
        </dl>
      </Card>
      {news.length > 0 && <NewCard view={view} importing={importing} plan={plan} />}
      {changed > 0 && (
        <Listing title="Changed" note="prices, rules and options stay">
          {plan.updates.map((each) => (
            <Line key={labelOf(each)} label={labelOf(each)} words={changeWords(each.changes)} />
          ))}
        </Listing>
      )}
      {plan.gone.length > 0 && <GoneCard importing={importing} plan={plan} />}
      {plan.left.length > 0 && (
        <Listing title="Cannot be sold" note="with the reason">
          {plan.left.map((each) => (
            <Line key={labelOf(each)} label={labelOf(each)} words={each.reason} />
          ))}
        </Listing>
      )}
    </>
  );
}

function verbOf(added: number, changed: number, removed: number): string {
  if (added > 0) return `Import ${added} ${added === 1 ? "endpoint" : "endpoints"}`;
  return changed > 0 || removed === 0 ? "Take the changes" : `Take ${removed} off sale`;
}

function Listing({ title, note, children }: { title: string; note: string; children: ReactNode }) {
  return (
    <Card title={title} note={note} body="flush">
      <ul className="max-h-96 overflow-y-auto border-t">{children}</ul>
    </Card>
  );
}

function Line({ label, words }: { label: string; words: string }) {
  return (
    <li className="grid gap-x-4 border-b px-4 py-2 last:border-0 md:grid-cols-2">
      <span className="mono text-ink wrap-anywhere">{label}</span>
      <span className="text-sm wrap-anywhere">{words}</span>
    </li>
  );
}

function GoneCard({ importing: { draft, change }, plan }: Omit<PlanProps, "view">) {
  return (
    <Listing title="Not in the description any more" note="chosen ones are taken off sale">
      {plan.gone.map((each) => {
        const label = labelOf(each);
        const isRemoved = draft.removed.includes(label);
        return (
          <li key={label} className="border-b px-4 py-2 last:border-0">
            <Checkbox
              label={<span className="mono wrap-anywhere">{label}</span>}
              checked={isRemoved}
              onChange={() => change({ removed: toggled(draft.removed, label) })}
            />
          </li>
        );
      })}
    </Listing>
  );
}

const toggled = (list: readonly string[], label: string): string[] =>
  list.includes(label) ? list.filter((each) => each !== label) : [...list, label];

function NewCard({ view, importing: { draft, change }, plan }: PlanProps) {
  const [search, setSearch] = useState("");
  const word = search.trim().toLowerCase();
  const shown = plan.unpriced.filter((each) => labelOf(each).toLowerCase().includes(word));
  const labels = shown.map(labelOf);
  const isAll = labels.every((label) => !draft.excluded.includes(label));
  const chooseShown = () => {
    const others = draft.excluded.filter((label) => !labels.includes(label));
    change({ excluded: isAll ? [...others, ...labels] : others });
  };
  return (
    <Card title="New" note="choose, and set a price" body="flush">
      <div className="grid gap-4 border-t p-4 sm:grid-cols-[10rem_6rem_minmax(0,1fr)]">
        <Field id="import-amount" label="Price of each">
          {(wire) => (
            <Input
              {...wire}
              kind="figure"
              inputMode="decimal"
              autoComplete="off"
              placeholder="0.01"
              value={draft.amount}
              onChange={({ target }) => change({ amount: target.value })}
            />
          )}
        </Field>
        <Field id="import-currency" label="Currency">
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
        <Field id="import-search" label="Show only">
          {(wire) => (
            <Input
              {...wire}
              autoComplete="off"
              placeholder="part of a path"
              value={search}
              onChange={({ target }) => setSearch(target.value)}
            />
          )}
        </Field>
        <p className="text-muted text-xs sm:col-span-3">
          A price of its own wins over the common one. What has neither, and is not free, is not imported.
        </p>
      </div>
      <div className="flex items-center justify-between gap-4 border-t px-4 py-2">
        <Checkbox
          label={word ? `All ${shown.length} shown` : `All ${shown.length}`}
          checked={isAll}
          onChange={chooseShown}
        />
      </div>
      <ul className="max-h-[32rem] overflow-y-auto border-t">
        {shown.map((each) => (
          <NewLine key={labelOf(each)} label={labelOf(each)} draft={draft} change={change} />
        ))}
      </ul>
    </Card>
  );
}

type NewLineProps = Pick<Importing, "draft" | "change"> & { label: string };

function NewLine({ label, draft, change }: NewLineProps) {
  const isTaken = !draft.excluded.includes(label);
  const isFree = draft.free.includes(label);
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b px-4 py-1.5 last:border-0">
      <Checkbox
        className="min-w-0 flex-1 basis-56"
        label={<span className="mono wrap-anywhere">{label}</span>}
        checked={isTaken}
        onChange={() => change({ excluded: toggled(draft.excluded, label) })}
      />
      {isTaken && (
        <span className="flex items-center gap-3">
          <Checkbox
            label="Free"
            aria-label={`Free: ${label}`}
            checked={isFree}
            onChange={() => change({ free: toggled(draft.free, label) })}
          />
          <Input
            size="small"
            kind="figure"
            inputMode="decimal"
            autoComplete="off"
            aria-label={`Price of ${label}`}
            className="w-28"
            disabled={isFree}
            placeholder={isFree ? "free" : draft.amount || "none"}
            value={isFree ? "" : (draft.own[label] ?? "")}
            onChange={({ target }) => change({ own: { ...draft.own, [label]: target.value } })}
          />
        </span>
      )}
    </li>
  );
}
