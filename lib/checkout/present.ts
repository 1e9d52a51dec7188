import { formatCredential, type JsonObject } from "@/lib/protocol";
import type { Attempt, Checkout } from "./checkout";
import type { CheckoutDeps } from "./deps";
import { sendBack } from "./send-back";
import { type Answer, move, reopen } from "./store";

/** How much of an answer is kept for the browser that comes for it, and how long. */
const answerBytesMax = 16 * 1024 * 1024;
const answerKeptMs = 24 * 60 * 60_000;
const retryMsMax = 5 * 60_000;
/** Somebody may be looking at the page while the network is asked. */
const askAgainMs = 2_000;

type Presenting = Readonly<{
  checkout: Checkout;
  attempt: Attempt;
  proof: { payload: JsonObject; source?: string };
}>;

/**
 * Presents the credential to the gateway, as a program would, and writes down what came of it. What happened to the
 * money is read from the records and not from the answer, so that a repeat after a crash ends the same way.
 */
export async function present(deps: CheckoutDeps, presenting: Presenting): Promise<void> {
  const { checkout, attempt } = presenting;
  const { client } = deps.database;
  const response = await send(deps, presenting);
  const received = await receive(response);
  const fate = await fateOf(deps, checkout, attempt);
  const { chargeId, receiptId } = fate;
  const retryMs = Math.min(1_000 * 2 ** Math.min(checkout.tries, 12), retryMsMax);
  const after = (ms: number) => new Date(deps.clock.now().getTime() + ms);
  const lookAt = after(retryMs);
  switch (fate.is) {
    case "delivered": {
      const answerUntil = after(answerKeptMs);
      const { answer } = received;
      if (isGivenLater(received, checkout)) {
        return await move(client, checkout, { state: "paying", chargeId, lookAt: after(askAgainMs) });
      }
      return await move(client, checkout, {
        state: "delivered",
        chargeId,
        receiptId,
        answer,
        answerUntil,
        lookAt: null,
      });
    }
    case "owed":
      return await move(client, checkout, { state: "owed", chargeId, receiptId, lookAt });
    case "returned":
      return await move(client, checkout, { state: "returned", chargeId, receiptId, lookAt: null });
    case "refused":
      return await reopen(client, checkout, fate.code);
    case "pending":
      return await move(client, checkout, {
        state: "paying",
        chargeId,
        receiptId,
        lookAt: after(askAgainMs),
      });
    case "none":
      if (response.status >= 500 || response.status === 409 || response.status === 429) {
        return await move(client, checkout, { state: "paying", lookAt: after(askAgainMs) });
      }
      if (attempt.kind === "press") return await reopen(client, checkout, received.code ?? "refused");
      deps.log("error", "checkout.paid-late", { merchant: checkout.merchantId, reason: checkout.id });
      return await move(client, checkout, { ...(await sendBack(deps, { checkout, attempt })), lookAt: null });
  }
}

async function send(deps: CheckoutDeps, { checkout, attempt, proof }: Presenting): Promise<Response> {
  const { challenge } = attempt;
  const credential = formatCredential({ challenge, ...proof });
  const headers: [string, string][] = [
    ...checkout.headers.map(([name, value]): [string, string] => [name, value]),
    [(challenge.header ?? "authorization").toLowerCase(), credential],
    ["idempotency-key", `checkout-${attempt.id}`],
  ];
  const { target } = checkout;
  return await deps.gateway(new Request(`${deps.origin}${target}`, { headers }), {
    target,
    rawHeaders: [["host", new URL(deps.origin).host], ...headers],
    peer: "127.0.0.1", // nothing leaves the process on its way to the gateway
    secure: true,
  });
}

type Received = Readonly<{
  answer: Answer | null;
  /** Was it what was bought, kept or not? */
  isBought: boolean;
  code: string | null;
}>;

const askedMost = 8;

/** Somebody else was just given what was bought: they write it down, or it is asked for again and given here too. */
const isGivenLater = ({ isBought, code }: Received, { tries }: Checkout): boolean =>
  !isBought && code !== "response-not-kept" && tries < askedMost;

/** Reads an answer to its end, for only then is it delivered. One that was not bought is a problem with a code. */
async function receive(response: Response): Promise<Received> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    const reader = response.body?.getReader();
    for (let step = await reader?.read(); step && !step.done; step = await reader?.read()) {
      size += step.value.byteLength;
      if (size <= answerBytesMax) pieces.push(step.value);
    }
  } catch {
    return { answer: null, isBought: false, code: null }; // it broke off; the records say whether it is still owed
  }
  const body = Buffer.concat(pieces);
  if (response.headers.get("cache-control") !== "private, no-store")
    return { answer: null, isBought: false, code: codeIn(body) };
  const answer = { status: response.status, headers: Object.fromEntries(response.headers), body };
  return { answer: size > answerBytesMax ? null : answer, isBought: true, code: null };
}

function codeIn(body: Buffer): string | null {
  try {
    const { code } = JSON.parse(body.toString("utf8")) as { code?: unknown };
    return typeof code === "string" ? code : null;
  } catch {
    return null;
  }
}

type Fate = Readonly<{ chargeId: string | null; receiptId: string | null }> &
  ({ is: "delivered" | "owed" | "returned" | "pending" | "none" } | { is: "refused"; code: string });

/** What the records say of the charge of this attempt's challenge. */
async function fateOf(
  { records }: CheckoutDeps,
  { merchantId }: Checkout,
  { challenge }: Attempt,
): Promise<Fate> {
  const hits = await records.search(merchantId, challenge.id);
  const hit = hits.find(({ kind }) => kind === "receipt" || kind === "charge");
  if (!hit) return { is: "none", chargeId: null, receiptId: null };
  if (hit.kind === "receipt") {
    const receipt = await records.receipts.get({ merchantId, id: hit.id });
    const known = { chargeId: receipt.chargeId, receiptId: receipt.id };
    if (receipt.delivery === "delivered") return { is: "delivered", ...known };
    const isBack =
      receipt.delivery === "refunded" || receipt.delivery === "credited" || receipt.refunded.units > 0n;
    return { is: isBack ? "returned" : "owed", ...known };
  }
  const charge = await records.charges.get({ merchantId, id: hit.id });
  const known = { chargeId: charge.id, receiptId: null };
  if (charge.state === "denied") return { is: "refused", code: "declined", ...known };
  if (charge.state === "expired") return { is: "refused", code: "payment-expired", ...known };
  return { is: charge.state === "voided" ? "returned" : "pending", ...known };
}
