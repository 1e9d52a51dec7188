"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { LoadingBar } from "@/components/ui/loading-bar";
import type { CaseDraft } from "@/lib/dashboard/endpoints/simulator/view";
import { isSameValue, samplePath } from "@/lib/dashboard/endpoints/view";
import { type FormFault, faultAt } from "@/lib/dashboard/forms/view";
import type { EndpointPartProps } from "../endpoint-parts";
import type { Simulation } from "../use-simulation";
import { CaseList } from "./case-list";
import { OutcomeView } from "./outcome";
import { RequestFields } from "./request-fields";

type SimulatorCardProps = EndpointPartProps & { simulation: Simulation };

/** Describes a request and shows what it would cost with the form as it is typed; nothing is taken. */
export function SimulatorCard({ view, draft, faults, change, simulation }: SimulatorCardProps) {
  const { request, changeRequest, shown, isAsking, ask, failure } = simulation;
  if (draft.terms === "free") return null;
  if (!view.mayWrite) {
    return (
      <Card title="Price simulator">
        <p className="text-muted text-sm">Trying a price takes the config:write permission.</p>
      </Card>
    );
  }
  const note = failure ?? shown.refused ?? noteOf(shown.faults.length);
  return (
    <Card id="simulator" title="Price simulator" note="with your changes; nothing is taken" body="flush">
      <div className="relative">
        <LoadingBar isActive={isAsking} className="absolute inset-x-0 top-0" />
        <div className="px-4 pb-4">
          <RequestFields
            request={request}
            samplePath={samplePath(draft.path.trim())}
            callers={view.callers}
            zone={view.timeZone}
            hasBody={["POST", "PUT", "PATCH"].includes(draft.method)}
            change={changeRequest}
          />
        </div>
        {ask && (
          <div className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t px-4 py-3">
            <p className="min-w-0 flex-1 basis-48 text-sm">A rule asks your server for the price.</p>
            <Button onClick={ask}>Ask now</Button>
          </div>
        )}
        <div aria-live="polite">
          {shown.outcome && !failure && !ask && <OutcomeView outcome={shown.outcome} />}
          {note && <p className="border-t px-4 py-3 text-sm">{note}</p>}
        </div>
        <KeepCase
          taken={draft.cases.map(({ name }) => name)}
          kept={shown.keep}
          keep={(kept) => change({ cases: [...draft.cases, kept] })}
        />
        <CaseList view={view} draft={draft} faults={faults} change={change} simulation={simulation} />
        <Reason view={view} draft={draft} faults={faults} change={change} />
      </div>
    </Card>
  );
}

const noteOf = (faults: number): string | null =>
  faults > 0 ? "The price or a rule is not whole yet, so nothing can be said." : null;

type KeepCaseProps = {
  taken: readonly string[];
  kept: Pick<CaseDraft, "request" | "expect"> | null;
  keep: (kept: CaseDraft) => void;
};

/** Names the request that is shown, so that saving holds on to its price. */
function KeepCase({ taken, kept, keep }: KeepCaseProps) {
  const [name, setName] = useState("");
  const [error, setError] = useState<string>();
  const submit = () => {
    const named = name.trim();
    if (named === "") return setError("Give the case a name.");
    if (taken.includes(named)) return setError("Another case has this name.");
    if (!kept) return setError("There is no price that could be kept.");
    keep({ ...kept, name: named });
    setName("");
    setError(undefined);
  };
  return (
    <div className="flex flex-wrap items-end gap-2 border-t px-4 py-3">
      <Field id="case-name" label="Keep this as a case" error={error} className="min-w-0 flex-1 basis-40">
        {(wire) => (
          <Input
            {...wire}
            size="small"
            autoComplete="off"
            placeholder="New payer, no code"
            value={name}
            onChange={({ target }) => {
              setName(target.value);
              setError(undefined);
            }}
            onKeyDown={(event) => {
              if (event.key !== "Enter") return;
              event.preventDefault();
              submit();
            }}
          />
        )}
      </Field>
      <Button onClick={submit} className={error ? "mb-5" : undefined}>
        Keep as case
      </Button>
    </div>
  );
}

/** Asked for when what is stored of the cases would not hold any more. */
function Reason({ view, draft, faults, change }: EndpointPartProps) {
  const isChanged = view.draft.cases.some((kept) => !draft.cases.some((other) => isSameValue(kept, other)));
  const error = faultAt(faults as readonly FormFault[], "reason");
  if (!isChanged) return null;
  return (
    <div className="border-t px-4 py-3">
      <Field
        id="reason"
        label="Why a kept case may change"
        isRequired
        error={error}
        help="It goes to the audit, beside the new price."
      >
        {(wire) => (
          <Input
            {...wire}
            autoComplete="off"
            value={draft.reason}
            onChange={({ target }) => change({ reason: target.value })}
          />
        )}
      </Field>
    </div>
  );
}
