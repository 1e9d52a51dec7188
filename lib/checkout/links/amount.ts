import { newId } from "@/lib/kit";
import type { Money, Price } from "@/lib/money";
import { factsOf, type RailOffer, railOffers } from "@/lib/pricing";
import { Problem } from "@/lib/problems";
import type { ConnectedRail, PaymentAnswer } from "@/lib/processor";
import { type Challenge, encodeCanonical, formatTimestamp, type JsonObject } from "@/lib/protocol";
import type { Attempt } from "../checkout";
import type { CheckoutDeps } from "../deps";
import { sealOffer } from "../opened";
import { chosen, methodsOf, newAttempt, type Sold } from "../sold";
import type { PaymentLink } from "./link";

/** Who opened the payments of links, as the receipts name it. */
const connector = "checkout:links"; // the colon keeps it apart from the names of shops

type Offered = Readonly<{ rail: ConnectedRail; money: Money }>;

/** What each of a merchant's rails makes of an amount, and those that a person can pay on. */
export async function offersFor(
  deps: CheckoutDeps,
  { merchantId, mode }: Pick<PaymentLink, "merchantId" | "mode">,
  price: Price,
): Promise<{ payable: readonly Offered[]; all: readonly RailOffer[] }> {
  const till = await deps.till(merchantId, mode);
  const all = railOffers(price, { mode, rates: till.rates }, till.rails.map(factsOf));
  const payable = till.rails.flatMap((rail, place) => {
    const offer = all[place];
    return offer?.state === "offered" && rail.abilities.page ? [{ rail, money: offer.money }] : [];
  });
  return { payable, all };
}

/** An amount and a description, with nothing to deliver behind them. */
export async function soldForAmount(
  deps: CheckoutDeps,
  link: PaymentLink,
  { amount, currency }: Price,
): Promise<Sold> {
  const list = { amount, currency };
  const { payable } = await offersFor(deps, link, list);
  return {
    merchantId: link.merchantId,
    mode: link.mode,
    title: link.description ?? "Payment",
    note: null,
    from: null,
    list,
    methods: methodsOf(payable),
    attempt: (checkoutId, method) => openPayment(deps, { link, list, payable, checkoutId, method }),
  };
}

type Opening = Readonly<{
  link: PaymentLink;
  list: Price;
  payable: readonly Offered[];
  checkoutId: string;
  method: string;
}>;

/** Opens the payment first, so that what is shown to the payer is already on record. */
async function openPayment(deps: CheckoutDeps, opening: Opening): Promise<Attempt> {
  const { link, list, checkoutId, method } = opening;
  const { rail, money, page } = chosen(opening.payable, method);
  const id = newId("ca");
  const answer = await deps.payments.open({
    merchantId: link.merchantId,
    mode: link.mode,
    rail,
    connector,
    externalRef: link.id,
    amount: money,
    list,
    key: id,
    automatic: true,
    description: link.description ?? "Payment",
    returnUrl: `${deps.origin}/checkout/${checkoutId}`,
    ttlSeconds: rail.definition.ttl.default,
    requestId: id,
  });
  const { payment } = openedOr(answer);
  const { merchantId } = link;
  const sealedOffer = page.opens ? sealOffer(deps, { id, merchantId }, payment.offer) : null;
  const challenge: Challenge = {
    id: payment.id,
    realm: new URL(deps.origin).host,
    method,
    intent: "charge",
    // safe: an offer was JSON when the payment's row was read
    request: encodeCanonical((sealedOffer === null ? payment.offer : {}) as JsonObject) ?? "",
    expires: formatTimestamp(payment.expiresAt),
  };
  return {
    ...newAttempt({ checkoutId, method, rail, challenge, money }),
    id,
    kind: page.by,
    paymentId: payment.id,
    sealedOffer,
    reference: sealedOffer === null ? null : payment.reference,
    expiresAt: payment.expiresAt,
  };
}

function openedOr(answer: PaymentAnswer): Extract<PaymentAnswer, { outcome: "done" }> {
  if (answer.outcome === "done") return answer;
  throw new Problem("unavailable", "This way to pay does not work at the moment. Nothing was charged.");
}
