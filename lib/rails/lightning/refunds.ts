import { z } from "zod";
import type { Money } from "@/lib/money";
import { readAtMost } from "@/lib/net";
import type { Abilities, Call, Effect, Kit, Refused, Settled } from "../contract";
import { isPayable, msats } from "./amounts";
import { BackendFault } from "./backends/backend";
import { type Bolt11, readBolt11 } from "./bolt11";
import { type Node, unavailable } from "./node";
import { feeLimitOf, payOnce } from "./payout";
import type { LightningSettings } from "./settings";

const PayRequest = z.object({
  tag: z.literal("payRequest"),
  callback: z.url({ protocol: /^https?$/ }),
  minSendable: z.int(),
  maxSendable: z.int(),
});
const PayAnswer = z.object({ pr: z.string() });

const lightningAddress =
  /^([a-z0-9._+-]{1,64})@([a-z0-9.-]{1,253}(?::\d{1,5})?|\[[0-9a-f:]+\](?::\d{1,5})?)$/i;
const answerBytesMax = 64 * 1024;
const timeoutMs = 5_000;

const invalid = (reason: string): Refused => ({ outcome: "invalid", reason });

/** Loopback has no certificates; every other host is asked over TLS. */
const schemeOf = (host: string): string =>
  /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/.test(host) ? "http" : "https";

async function ask<T>({ fetch }: Kit, schema: z.ZodType<T>, url: string, call: Call): Promise<T | null> {
  const signal = AbortSignal.any([call.signal, AbortSignal.timeout(timeoutMs)]);
  const answer = await fetch(url, { signal, headers: { accept: "application/json" }, redirect: "manual" });
  const bytes = await readAtMost(answer.body, answerBytesMax);
  if (!answer.ok || bytes === "too-large") return null;
  try {
    return schema.safeParse(JSON.parse(Buffer.from(bytes).toString("utf8"))).data ?? null;
  } catch {
    return null;
  }
}

/** Asks a Lightning address for an invoice of exactly this amount (LUD-06, LUD-16). */
async function invoiceOf(
  kit: Kit,
  [user = "", host = ""]: readonly string[],
  wanted: { msat: bigint; call: Call },
) {
  const { msat, call } = wanted;
  const home = `${schemeOf(host)}://${host.toLowerCase()}/.well-known/lnurlp/${encodeURIComponent(user.toLowerCase())}`;
  try {
    const offer = await ask(kit, PayRequest, home, call);
    if (!offer) return invalid("Nobody takes payments at this Lightning address.");
    if (msat < BigInt(offer.minSendable) || msat > BigInt(offer.maxSendable)) {
      return invalid("This Lightning address does not take this amount.");
    }
    const callback = new URL(offer.callback);
    callback.searchParams.set("amount", msat.toString());
    const answer = await ask(kit, PayAnswer, callback.href, call);
    if (!answer) return invalid("The Lightning address gave no invoice.");
    return answer.pr;
  } catch {
    call.signal.throwIfAborted();
    return unavailable("The Lightning address did not answer.");
  }
}

/** What is wrong with an invoice that is to take a refund; `null` when it can. */
function faultOf(
  invoice: Bolt11,
  msat: bigint,
  { network, now }: { network: string; now: number },
): string | null {
  if (invoice.network !== network) return `The invoice is not of the network ${network}.`;
  if (invoice.msat !== null && invoice.msat !== msat)
    return "The invoice is about another amount than the refund.";
  return invoice.expiresAt <= now ? "The invoice has expired." : null;
}

/** Money back for charges: nobody knows the way, so the payer writes it down. */
export function createRefunds(
  node: Node,
  { settings, kit }: { settings: LightningSettings; kit: Kit },
): Required<Pick<Abilities<never, never>, "destination" | "refund">> {
  return {
    async destination(written, amount, call) {
      if (!isPayable(amount)) return invalid("Refund whole satoshis.");
      const text = written.trim().replace(/^lightning:/i, "");
      const address = lightningAddress.exec(text);
      const given = address ? await invoiceOf(kit, address.slice(1), { msat: amount.units, call }) : text;
      if (typeof given !== "string") return given;
      const invoice = readBolt11(given);
      if (!invoice) return invalid("Write a BOLT11 invoice or a Lightning address.");
      if (address && invoice.msat !== amount.units) {
        return invalid("The Lightning address gave an invoice about another amount.");
      }
      const about = { network: node.network(call), now: call.now().getTime() };
      const fault = faultOf(invoice, amount.units, about);
      if (fault) return invalid(fault);
      try {
        const [own, before] = await Promise.all([
          node.received(invoice.paymentHash, call.signal),
          node.sent(invoice.paymentHash, call.signal),
        ]);
        if (own) return invalid("The invoice is the merchant's own.");
        if (before)
          return { outcome: "conflict", reason: "The invoice has been used already; draw a new one." };
      } catch (error) {
        if (error instanceof BackendFault) return unavailable(error.message);
        throw error;
      }
      return { outcome: "resolved", destination: invoice.text };
    },

    async refund(reference, amount, effect) {
      if (!isPayable(amount)) return invalid("Refund whole satoshis.");
      if (effect.destination === undefined) return unavailable("The payer has not said where to send it.");
      const invoice = readBolt11(effect.destination);
      if (!invoice) return invalid("The destination is no BOLT11 invoice.");
      const taken = await node.ask(reference, effect);
      if (taken && "outcome" in taken) return taken;
      if (taken?.state !== "settled" || amount.units > taken.msat) {
        return invalid("There is no such payment, or it was smaller.");
      }
      return await send({ node, settings }, { invoice, amount }, effect);
    },
  };
}

type Means = Readonly<{ node: Node; settings: LightningSettings }>;

async function send(
  { node, settings }: Means,
  { invoice, amount }: { invoice: Bolt11; amount: Money },
  effect: Effect,
): Promise<Settled | Refused> {
  // An invoice that has expired meanwhile may have been paid before: that is looked up, never assumed.
  const about = { network: node.network(effect), now: 0 };
  const fault = faultOf(invoice, amount.units, about);
  if (fault) return invalid(fault);
  const { text: bolt11, paymentHash } = invoice;
  const feeLimitMsat = feeLimitOf(settings, amount.units);
  const bill = { bolt11, paymentHash, msat: amount.units, isOpen: invoice.msat === null, feeLimitMsat };
  const payout = await payOnce(node, bill, effect);
  switch (payout.state) {
    case "succeeded":
      if (payout.msat !== undefined && payout.msat !== amount.units) {
        return { outcome: "conflict", reason: "The invoice has been paid for something else." };
      }
      return { outcome: "settled", reference: paymentHash, amount, fee: msats(payout.feeMsat) };
    case "failed":
      return { outcome: "declined", reason: payout.reason };
    case "unsent":
      return unavailable(payout.reason);
    case "pending":
    case "unknown":
      return { outcome: "unknown", reason: "The node has not said whether it paid.", reference: paymentHash };
  }
}
