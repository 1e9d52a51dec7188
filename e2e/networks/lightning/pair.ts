import { LightningNode } from "./node";

export type Pair = Readonly<{ merchant: LightningNode; payer: LightningNode; stop(): void }>;

/** A merchant and a payer with one real channel between them, half of it on each side. */
export async function startPair(): Promise<Pair> {
  const [merchant, payer] = [await LightningNode.start(), await LightningNode.start()];
  await payer.openChannel(merchant, { satoshis: 16_000_000n, pushMsat: 8_000_000_000n });
  return {
    merchant,
    payer,
    stop() {
      payer.stop();
      merchant.stop();
    },
  };
}

/** What a person's wallet does: pays, and draws invoices to be paid back to. */
export function walletOf(node: LightningNode) {
  return {
    /** Pays and answers the preimage. */
    async pay(bolt11: string, msat?: bigint): Promise<string> {
      const { state, preimage, reason } = await node.pay(bolt11, msat === undefined ? {} : { msat });
      if (state !== "succeeded" || !preimage) throw new Error(reason ?? "The payment failed.");
      return preimage;
    },
    /** An invoice of the wallet's own; without `msat` whoever pays it chooses the amount. */
    invoice: (ask: { msat?: bigint; expirySeconds?: number } = {}): string => node.invoice(ask).bolt11,
    payments: () => node.payments(),
  };
}
