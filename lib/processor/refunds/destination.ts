import { within } from "@/lib/kit";
import type { Money } from "@/lib/money";
import { Problem } from "@/lib/problems";
import { readLimitMs } from "../charges/ask-rail";
import type { Charge } from "../charges/charge";
import type { Inside, Mode } from "../deps";
import * as queries from "./query-store";
import type { Refund } from "./refund";
import * as store from "./store";

const wrong = (message: string): Problem =>
  new Problem("unprocessable", message, { errors: [{ path: "destination", message }] });

type Written = Readonly<{
  charge: Pick<Charge, "merchantId" | "rail" | "mode" | "id">;
  written: string;
  amount: Money;
}>;

/**
 * What the rail makes of a destination, once: an address becomes the one invoice that will be paid, however often the
 * payment is asked for. A rail that knows the way back keeps the text as it is.
 */
export async function destinationOf(
  deps: Inside,
  { charge, written, amount }: Written,
): Promise<{ destination: string }> {
  const rail = await deps.rail(charge.merchantId, charge.rail);
  const ask = rail?.abilities.destination;
  if (!ask) return { destination: written };
  const said = await within(2 * readLimitMs, (signal) =>
    ask(written, amount, {
      key: `${charge.id}:destination`,
      mode: charge.mode,
      signal,
      now: () => deps.clock.now(),
    }),
  ).catch(() => ({ outcome: "unavailable", reason: "The rail did not answer." }) as const);
  if (said.outcome === "resolved") return { destination: said.destination };
  if (said.outcome === "unavailable" || said.outcome === "unknown") {
    throw new Problem("unavailable", said.reason, { retryAfter: 5 });
  }
  throw wrong(said.reason);
}

type Given = Readonly<{ merchantId: string; mode?: Mode; id: string; destination: string; actor: string }>;

/** Says where a refund goes that waits for it, and sends it. One that has a destination keeps it. */
export async function giveDestination(deps: Inside, given: Given): Promise<Refund> {
  const { client } = deps.database;
  const { id, merchantId, mode } = given;
  const where = { id, merchantId, ...(mode ? { mode } : {}) };
  const refund = await queries.findRefund(client, where);
  if (!refund) throw new Problem("not-found", "There is no such refund.");
  if (refund.status !== "requested" || refund.destination !== null) {
    throw new Problem("conflict", "This refund has its destination, or has ended.");
  }
  const charge = { merchantId, mode: refund.mode, rail: refund.rail, id: refund.chargeId };
  const about = { charge, written: given.destination, amount: refund.amount };
  const { destination } = await destinationOf(deps, about);
  const at = deps.clock.now();
  if (!(await store.directRefund(client, { ...refund, destination }, { at, actor: given.actor }))) {
    throw new Problem("conflict", "Somebody else was faster: this refund has its destination.");
  }
  return { ...refund, destination, failure: null };
}
