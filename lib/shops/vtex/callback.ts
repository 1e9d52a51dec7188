import { SealFault } from "@/lib/kit";
import type { VtexDeps } from "./deps";
import * as store from "./store";

type Owner = Pick<store.VtexPayment, "id" | "merchantId">;

const about = ({ id, merchantId }: Owner): string => `vtex_payment|callback|${id}|${merchantId}`;

/** The address, byte for byte, as it is kept: its query lets whoever has it speak for us. */
export const sealCallback = ({ seal }: Pick<VtexDeps, "seal">, owner: Owner, url: string): string =>
  seal.seal(url, about(owner));

/** `null` for an address that was sealed under a secret that is gone. */
export function openCallback(
  { seal }: Pick<VtexDeps, "seal">,
  payment: Owner & Pick<store.VtexPayment, "sealedCallback">,
): string | null {
  try {
    return seal.open(payment.sealedCallback, about(payment));
  } catch (error) {
    if (!(error instanceof SealFault)) throw error;
    return null;
  }
}

/** Longer than VTEX waits for any payment: what is older is not called back about any more. */
const neededMs = 31 * 24 * 60 * 60_000;

/** Seals anew the addresses that an older secret sealed and that may still be called. Can be stopped and continued. */
export async function resealCallbacks(deps: VtexDeps): Promise<{ moved: number; unreadable: number }> {
  const { client } = deps.database;
  const since = new Date(deps.clock.now().getTime() - neededMs);
  let [moved, unreadable, after] = [0, 0, ""];
  for (;;) {
    const batch = await store.listCallbacks(client, { since, after });
    const last = batch.at(-1);
    if (!last) return { moved, unreadable };
    after = last.id;
    for (const payment of batch) {
      if (deps.seal.isCurrent(payment.sealedCallback)) continue;
      const url = openCallback(deps, payment);
      if (url === null) unreadable += 1;
      else {
        const sealed = sealCallback(deps, payment, url);
        moved += await store.moveCallback(client, payment, sealed);
      }
    }
  }
}
