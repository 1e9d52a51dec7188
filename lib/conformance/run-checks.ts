import { type Clock, errorText, systemClock } from "@/lib/kit";
import { type Check, checks } from "./checks";
import { createClient } from "./exchange";
import { type CaseResult, judged, type Report, reportOf } from "./report";
import { type Payer, type SoldRequest, type Visit, visitOf } from "./visit";

type Options = Readonly<{
  sold: SoldRequest;
  payer: Payer;
  fetch: typeof globalThis.fetch;
  clock?: Clock;
  /** Told of each case as it ends. */
  onCase?(result: CaseResult): void;
}>;

async function run({ name, faults, skip }: Check, visit: Visit): Promise<CaseResult> {
  const why = skip?.(visit) ?? null;
  if (why !== null) return { name, outcome: "skipped", why };
  try {
    return judged(name, await faults(visit));
  } catch (error) {
    return judged(name, [`There was no answer to judge. ${errorText(error)}`]);
  }
}

/** Holds one sold address to what any server of the scheme owes its payers, by paying for it and by cheating. */
export async function runChecks({
  sold,
  payer,
  fetch,
  clock = systemClock,
  onCase,
}: Options): Promise<Report> {
  const visit = visitOf({ sold, payer, clock, client: createClient(fetch) });
  const cases: CaseResult[] = [];
  for (const check of checks) {
    const result = await run(check, visit);
    cases.push(result);
    onCase?.(result);
  }
  return reportOf(sold.url, cases);
}
