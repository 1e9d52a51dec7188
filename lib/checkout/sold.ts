import { newId } from "@/lib/kit";
import { Money, type Price } from "@/lib/money";
import { Problem } from "@/lib/problems";
import type { ConnectedRail } from "@/lib/processor";
import { type Challenge, type HeaderLines, parseTimestamp, readRequest } from "@/lib/protocol";
import { ask } from "./ask";
import type { Attempt, Method, Shown } from "./checkout";
import type { CheckoutDeps, Demand } from "./deps";
import { openAtNetwork } from "./opened";

/** What can be bought, for how much, and how it can be paid on our page. */
export type Sold = Readonly<{
  merchantId: string;
  mode: "test" | "live";
  title: string;
  /** A further line of the seller's. */
  note: string | null;
  /** Whose it is, beside the merchant: the service. */
  from: string | null;
  list: Price;
  methods: readonly Method[];
  /** Says what is to be paid on one of the methods. */
  attempt(checkoutId: string, method: string): Promise<Attempt>;
}>;

type Buying = Readonly<{ target: string; headers: HeaderLines; peer: string }>;

/** Asks the gateway for what stands at a target. */
export async function soldAt(deps: CheckoutDeps, buying: Buying): Promise<Sold | "free"> {
  const { response, demand } = await ask(deps, buying);
  await response.body?.cancel();
  if (demand) {
    return {
      ...soldBy(demand),
      attempt: (checkoutId, method) => attemptFor(deps, { checkoutId, demand, method }),
    };
  }
  if (response.ok) return "free";
  throw refusal(response.status);
}

const refusal = (status: number): Problem =>
  status === 404 || status === 405 || status === 401
    ? new Problem("not-found", "Nothing is sold to browsers at this address.")
    : new Problem("unavailable", "This cannot be bought at the moment. Nothing was charged.");

export function soldBy(demand: Demand): Omit<Sold, "attempt"> {
  const { merchant, service, endpoint, path } = demand.offering;
  const title = endpoint.title ?? endpoint.summary ?? endpoint.description ?? `${service.title} ${path}`;
  return {
    merchantId: merchant.merchant.id,
    mode: service.mode,
    title,
    note: endpoint.description && endpoint.description !== title ? endpoint.description : null,
    from: service.title,
    list: demand.price,
    methods: methodsOf(demand.offers),
  };
}

type Payable = Readonly<{ rail: ConnectedRail; money: Money }>;

const nameOf = ({ rail }: Payable): string => rail.definition.names?.mpp ?? rail.kind;

/** The ways to pay that a person can use here. */
export const methodsOf = (offers: readonly Payable[]): Method[] =>
  offers
    .filter(({ rail }) => rail.abilities.page)
    .map((offer) => ({
      method: nameOf(offer),
      title: offer.rail.abilities.page?.title ?? offer.rail.definition.title,
      amount: Money.format(offer.money),
      currency: offer.money.currency.code,
    }));

/** The offer that a method stands for, with how its rail is paid on a page. */
export function chosen<T extends Payable>(offers: readonly T[], method: string) {
  const offered = offers.find((offer) => offer.rail.abilities.page && nameOf(offer) === method);
  const page = offered?.rail.abilities.page;
  if (offered && page) return { ...offered, page };
  throw new Problem("unavailable", "This way to pay is not offered here at the moment. Choose another one.");
}

type Attempting = Readonly<{ checkoutId: string; demand: Demand; method: string }>;

async function attemptFor(deps: CheckoutDeps, { checkoutId, demand, method }: Attempting): Promise<Attempt> {
  const { rail, page, challenge, money } = chosen(demand.offers, method);
  const expiresAt = parseTimestamp(challenge.expires ?? "") ?? new Date(0);
  const attempt = newAttempt({ checkoutId, method, rail, challenge, money });
  const { merchantId, title } = soldBy(demand);
  const opening = { attemptId: attempt.id, checkoutId, merchantId, title, rail, challenge, money, expiresAt };
  return { ...attempt, ...(await openAtNetwork(deps, opening)), kind: page.by, expiresAt };
}

type New = Payable & Readonly<{ checkoutId: string; method: string; challenge: Challenge }>;

export function newAttempt({ checkoutId, method, rail, challenge, money }: New) {
  const offer = rail.definition.offer.safeParse(readRequest(challenge));
  const shown = offer.success
    ? (rail.definition.show?.(offer.data as never) as Shown | undefined)
    : undefined;
  return {
    id: newId("ca"),
    checkoutId,
    method,
    rail: rail.slug,
    challenge,
    amount: money,
    shown: shown ?? null,
    ...{ reference: null, sealedOffer: null, askedAt: null, retireAt: null },
    choice: null,
    sealedProof: null,
    failure: null,
    paymentId: null,
  };
}
