import { createGuardedFetch, createGuardedSocket } from "@/lib/net";
import { type PaidInvoice, payInvoice } from "@/lib/rails";
import { readPayerWallet } from "./env";

/** A payer's wallet may stand anywhere, the payer's own machine and network above all. */
const everywhere = {
  allowPrivateNetworks: [
    "127.0.0.0/8",
    "::1/128",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "fc00::/7",
  ],
};

/** The wallet that the environment names for `farebox pay`; `null` when it names none. */
export function payerWallet(values?: Readonly<Record<string, string | undefined>>) {
  const wallet = readPayerWallet(values);
  if (!wallet) return null;
  return {
    kind: wallet.kind,
    /** Pays an invoice of at most this many msat. */
    async pay(invoice: string, maxMsat: bigint): Promise<PaidInvoice> {
      const net = createGuardedFetch(everywhere);
      const sockets = createGuardedSocket(everywhere);
      const signal = AbortSignal.timeout(60_000);
      try {
        const kit = { fetch: net.fetch, openSocket: sockets.open };
        return await payInvoice(wallet, { invoice, maxMsat, signal }, kit);
      } finally {
        await Promise.all([net.close(), sockets.close()]);
      }
    },
  };
}
