import type { Kit } from "../contract";
import { hashOf } from "./amounts";
import { BackendFault } from "./backends/backend";
import { createLnbits } from "./backends/lnbits";
import { createNwc } from "./backends/nwc";
import { createRest } from "./backends/rest";
import { readBolt11 } from "./bolt11";

/** A wallet that pays, as the other side of this rail. */
export type PayerWallet = Readonly<
  { kind: "lnbits"; url: string; adminKey: string } | { kind: "nwc"; connection: string }
>;
export type PaidInvoice =
  | { outcome: "paid"; preimage: string }
  | { outcome: "not-paid" | "unknown"; reason: string };

const feeLimitMsat = 10_000n;
const timeoutSeconds = 30;

function open(wallet: PayerWallet, { fetch, openSocket }: Pick<Kit, "fetch" | "openSocket">) {
  if (wallet.kind === "nwc") return openSocket ? createNwc(wallet.connection, openSocket) : null;
  const { url, adminKey } = wallet;
  const rest = createRest({ url, fetch, headers: { "x-api-key": adminKey } });
  return createLnbits(rest, rest);
}

/** Pays an invoice of at most `maxMsat` and proves it by its preimage. */
export async function payInvoice(
  wallet: PayerWallet,
  { invoice, maxMsat, signal }: { invoice: string; maxMsat: bigint; signal: AbortSignal },
  kit: Pick<Kit, "fetch" | "openSocket">,
): Promise<PaidInvoice> {
  const read = readBolt11(invoice);
  if (!read || read.msat === null)
    return { outcome: "not-paid", reason: "The invoice cannot be read, or names no amount." };
  if (read.msat > maxMsat) return { outcome: "not-paid", reason: "The invoice is above the limit." };
  const backend = open(wallet, kit);
  if (!backend?.pay) return { outcome: "not-paid", reason: "The wallet's connection string cannot be read." };
  try {
    const payment = { bolt11: read.text, feeLimitMsat, timeoutSeconds };
    const sent = await backend.pay(payment, signal);
    const preimage = sent.state === "succeeded" ? sent.preimage : undefined;
    if (preimage && hashOf(preimage) === read.paymentHash) return { outcome: "paid", preimage };
    if (sent.state === "failed") return { outcome: "not-paid", reason: sent.reason };
    return {
      outcome: "unknown",
      reason: "The wallet has not said whether it paid; look there before you pay again.",
    };
  } catch (error) {
    if (!(error instanceof BackendFault)) throw error;
    const isSafe = error.kind === "not-reached" || error.kind === "refused";
    return { outcome: isSafe ? "not-paid" : "unknown", reason: error.message };
  }
}
