import { errorText, newToken } from "@/lib/kit";
import { type Client, createClient } from "./exchange";
import type { Flow } from "./flow";
import { flows } from "./flows";
import { type CaseResult, judged, type Report, reportOf } from "./report";
import { runDiscovery, runJsonRpc } from "./run-documents";
import { type FlowContext, flowFaults } from "./run-flow";

type Options = Readonly<{
  /** Where the paths of the flows begin. */
  baseUrl: string;
  /** The discovery document; absent means `/openapi.json` of the same origin. */
  discoveryUrl?: string | undefined;
  fetch: typeof globalThis.fetch;
  /** Told of each case as it ends. */
  onCase?(result: CaseResult): void;
}>;

async function run(flow: Flow, context: FlowContext, discoveryUrl: string): Promise<readonly CaseResult[]> {
  const { name, clientOnly, jsonRpc, expect } = flow;
  if (clientOnly) return [{ name, outcome: "skipped", why: `for clients: ${clientOnly}` }];
  if (expect?.openapi) return await runDiscovery(flow, discoveryUrl, context.ask);
  if (jsonRpc) return [await runJsonRpc(flow, `${context.base}${flow.path}`, context.ask)];
  return [judged(name, await flowFaults(flow, context))];
}

/** Holds a server to the published flows, one after the other, over HTTP alone. */
export async function runFlows({ baseUrl, discoveryUrl, fetch, onCase }: Options): Promise<Report> {
  const base = baseUrl.replace(/\/$/, "");
  const ask: Client = createClient(fetch);
  const context = { base, ask, nonce: newToken(6) };
  const documents = discoveryUrl ?? new URL("/openapi.json", base).href;
  const cases: CaseResult[] = [];
  for (const flow of flows) {
    const results = await run(flow, context, documents).catch((error: unknown) => [
      judged(flow.name, [`There was no answer to judge. ${errorText(error)}`]),
    ]);
    for (const result of results) {
      cases.push(result);
      onCase?.(result);
    }
  }
  return reportOf(base, cases);
}
