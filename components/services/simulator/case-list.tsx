"use client";

import { X } from "lucide-react";
import { Button } from "@/components/ui/button";
import { IconButton } from "@/components/ui/icon-button";
import { Status } from "@/components/ui/status";
import { type CaseRow, requestDraft } from "@/lib/dashboard/endpoints/simulator/view";
import { faultAt } from "@/lib/dashboard/forms/view";
import type { EndpointPartProps } from "../endpoint-parts";
import type { Simulation } from "../use-simulation";

type CaseListProps = EndpointPartProps & { simulation: Simulation };

/** Requests whose price was written down; saving holds while one comes out differently. */
export function CaseList({ view, draft, faults, change, simulation }: CaseListProps) {
  const { cases } = draft;
  if (cases.length === 0) return null;
  const rows = new Map(simulation.shown.cases.map((row) => [row.name, row]));
  return (
    <>
      <ul className="border-t">
        {cases.map((kept, place) => {
          const row = rows.get(kept.name);
          const expect = row?.expect;
          const error = faultAt(faults, `case-${place}`);
          return (
            <li
              key={kept.name}
              id={`case-${place}`}
              tabIndex={-1}
              className="grid gap-1 border-b px-4 py-2 outline-none last:border-0"
            >
              <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
                <CaseStatus row={row} />
                <button
                  type="button"
                  title="Show this request in the simulator"
                  className="min-w-0 flex-1 basis-24 cursor-pointer text-start text-ink text-sm hover:underline"
                  onClick={() => simulation.changeRequest(requestDraft(kept.request, view.timeZone))}
                >
                  {kept.name}
                </button>
                <span className="num text-sm">
                  {row && !row.isSame ? (
                    <>
                      <span className="text-muted">{row.was} → </span>
                      <b className="font-medium text-ink">{row.now}</b>
                    </>
                  ) : (
                    row?.was
                  )}
                </span>
                {row && !row.isSame && expect && (
                  <Button onClick={() => change({ cases: cases.with(place, { ...kept, expect }) })}>
                    Accept
                  </Button>
                )}
                <IconButton
                  label={`Remove case ${kept.name}`}
                  onClick={() => change({ cases: cases.toSpliced(place, 1) })}
                >
                  <X />
                </IconButton>
              </span>
              {error && <span className="text-failed text-xs">{error}</span>}
            </li>
          );
        })}
      </ul>
      <p className="border-t px-4 py-3 text-muted text-xs">
        Saving is refused while a kept case comes out differently, unless it is accepted with a reason. In a
        case nothing is counted yet, and a hook answers with its fallback.
      </p>
    </>
  );
}

function CaseStatus({ row }: { row: CaseRow | undefined }) {
  if (!row) return <Status tone="neutral" shape="dot" label="Not tried" />;
  if (row.isSame) return <Status tone="good" label="Same" />;
  return <Status tone="attention" label="Changed" />;
}
