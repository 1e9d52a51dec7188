import type { HeaderLines } from "@/lib/protocol";
import type { CheckoutDeps, Demand } from "./deps";

type Asked = Readonly<{ response: Response; demand: Demand | null }>;
type Asking = Readonly<{ target: string; headers: HeaderLines; peer: string }>;

/** Asks the gateway for a target, as the browser would, and learns what a `402` asks for. */
export async function ask(deps: CheckoutDeps, { target, headers, peer }: Asking): Promise<Asked> {
  const seen: { demand: Demand | null } = { demand: null };
  const lines = headers.map(([name, value]): [string, string] => [name, value]);
  const request = new Request(`${deps.origin}${target}`, { headers: lines });
  const response = await deps.gateway(request, {
    target,
    rawHeaders: [["host", new URL(deps.origin).host], ...lines],
    peer,
    secure: deps.origin.startsWith("https:"),
    onDemand: (demand) => {
      seen.demand = demand;
    },
  });
  return { response, ...seen };
}

const kept = ["accept", "accept-language", "user-agent"];

/** The headers of a browser that a price or an answer may depend on. */
export const browserHeaders = (headers: Headers): [string, string][] =>
  kept.flatMap((name) => {
    const value = headers.get(name);
    return value === null ? [] : [[name, value] as [string, string]];
  });
