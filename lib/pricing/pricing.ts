import type { Database } from "@/lib/db";
import type { Clock, Log } from "@/lib/kit";
import { listDecimals, Money, type Price } from "@/lib/money";
import type { Moment } from "./conditions";
import { type Counter, nameOf, stateKeys, volumesOf } from "./counters";
import { evaluate, type QuotaLeft, type State } from "./evaluate";
import { type AskHook, createHooks } from "./hook";
import { countersOf, inputsOf } from "./inputs";
import type { RailFacts } from "./rail-facts";
import { type RailOffer, railOffers } from "./rail-offers";
import { createRateBook, type RateBook } from "./rate-book";
import type { MerchantRates } from "./rates";
import type { Step } from "./reckon";
import type { PricedRequest } from "./request";
import * as store from "./store";
import { type EndpointTerms, type Terms, termsOf } from "./terms";

type PricedMerchant = Readonly<{ id: string; slug: string; timeZone: string; rates?: unknown }>;

/** Who asks for what, of whom. */
export type Ask = Readonly<{
  merchant: PricedMerchant;
  service: Readonly<{ slug: string; mode: "test" | "live" }>;
  endpoint: EndpointTerms &
    Readonly<{ id: string; method: string; path: string; intent?: "charge" | "session" | undefined }>;
  request: PricedRequest;
  rails: readonly RailFacts[];
  /** Reads everything and takes nothing: previews, the simulator, discovery. */
  dry?: boolean;
  /** Another moment than now. */
  at?: Date;
}>;

/** Units that a free answer took, to be given back when it was not served. */
export type Taken = Readonly<{ owner: store.Owner; counters: readonly Counter[] }>;

/** One use of a limited rule that a challenge was priced with. */
export type CodeUse = Readonly<{ owner: store.Owner; counter: Counter }>;

type Answer =
  | Readonly<{
      kind: "priced";
      price: Price;
      /** The rule that set the price, or else the first that lowered it; `null` for the list price. */
      rule: string | null;
      rules: readonly string[];
      uses: readonly CodeUse[];
      /** What the price depended on besides the request's scope and body: for the challenge, as it is. */
      inputs: string | null;
      isListPrice: boolean;
      /** One for each rail, in the order given. */
      offers: readonly RailOffer[];
    }>
  | Readonly<{
      kind: "free";
      by: "waive" | "quota" | "zero";
      rule: string | null;
      message: string | null;
      taken: Taken;
    }>
  | Readonly<{ kind: "rejected"; by: "rule" | "request"; rule: string | null; message: string }>
  | Readonly<{ kind: "unavailable"; rule: string; why: string }>;

/** What a request costs on each rail, how that came about, and what is left of the quotas it met. */
export type Quote = Readonly<{ trace: readonly Step[]; quotas: readonly QuotaLeft[] }> & Answer;

type Charged = Pick<Ask, "merchant" | "endpoint" | "request"> &
  Readonly<{ chargeId: string; price: Price; at: Date }>;

export type PricingOptions = Readonly<{
  database: Database;
  clock: Clock;
  /** The guarded fetch: hooks and rates are asked through it. */
  fetch: typeof globalThis.fetch;
  log: Log;
  /** Every merchant with the rates they set up, for the worker that asks their sources. */
  merchants(): Promise<readonly Readonly<{ id: string; rates?: unknown }>[]>;
}>;

type Parts = PricingOptions & Readonly<{ book: RateBook; askHook: AskHook }>;

const ownerOf = ({ merchant, endpoint }: Pick<Ask, "merchant" | "endpoint">): store.Owner => ({
  merchantId: merchant.id,
  endpointId: endpoint.id,
});

const scaleOf = (currency: string): bigint => 10n ** BigInt(listDecimals(currency));

/** What is counted and matters for this request, in one query; plain prices ask nothing. */
async function readState({ database }: Parts, ask: Ask, terms: Terms, moment: Moment): Promise<State> {
  const keys = stateKeys(terms, ask.request, moment);
  const empty = { ...moment, used: new Map(), volumes: new Map(), hooks: new Map() };
  if (keys.counters.length + keys.volumes.length === 0) return empty;
  const { currency } = terms.list;
  const read = await store.readState(database.client, ownerOf(ask), { ...keys, currency });
  const volumes = [...read.volumes].map(
    ([name, { requests, amount }]) =>
      [name, { requests, amount: { n: amount, d: scaleOf(currency) } }] as const,
  );
  return { ...empty, used: read.used, volumes: new Map(volumes) };
}

const usedUp = (state: State, counters: readonly Counter[]): State => ({
  ...state,
  used: new Map([...state.used, ...counters.map((counter) => [nameOf(counter), counter.most] as const)]),
});

/** After one was taken, one less is left. */
const oneLess = (quotas: readonly QuotaLeft[], rule: string | null): QuotaLeft[] =>
  quotas.map((quota) =>
    quota.rule === rule ? { ...quota, remaining: Math.max(0, quota.remaining - 1) } : quota,
  );

/**
 * What a request costs: terms, counters, hook and rails put together. The gateway, the simulator, the preview and
 * discovery all call this, so that they cannot differ. When somebody else takes the last unit first, the rules are read
 * again without it.
 */
async function quote(parts: Parts, ask: Ask): Promise<Quote> {
  const { merchant, service, endpoint, request, rails, dry = false } = ask;
  const terms = termsOf(endpoint);
  const moment = { at: ask.at ?? parts.clock.now(), timeZone: merchant.timeZone };
  const owner = ownerOf(ask);
  let state = await readState(parts, ask, terms, moment);
  for (;;) {
    const decision = evaluate(terms, request, state);
    const { trace, quotas } = decision;
    switch (decision.kind) {
      case "priced": {
        const { price, uses } = decision;
        const { mode } = service;
        const sold = { mode, intent: endpoint.intent ?? "charge", rates: await parts.book.of(merchant) };
        return {
          ...decision,
          uses: uses.map((counter) => ({ owner, counter })),
          inputs: inputsOf(terms, request, uses),
          offers: railOffers(price, sold, rails),
        };
      }
      case "free": {
        const { counters, ...free } = decision;
        if (dry) return { ...free, taken: { owner, counters: [] } };
        if (await store.takeCounters(parts.database, owner, counters)) {
          return { ...free, quotas: oneLess(quotas, free.rule), taken: { owner, counters } };
        }
        state = usedUp(state, counters);
        break;
      }
      case "hook": {
        const { rule, hook } = decision;
        const names = { merchant: merchant.slug, service: service.slug, mode: service.mode };
        const facts = { ...names, endpoint, rule, list: terms.list, request, at: moment.at };
        const answer = await parts.askHook(hook, facts);
        state = { ...state, hooks: new Map([...state.hooks, [rule, answer]]) };
        break;
      }
      default:
        return { ...decision, trace, quotas };
    }
  }
}

/** Counts what was bought, for the rules of this endpoint that look at volumes. */
async function addVolume({ database }: Parts, charged: Charged): Promise<void> {
  const { merchant, endpoint, request, chargeId, price, at } = charged;
  const keys = volumesOf(termsOf(endpoint), request, { at, timeZone: merchant.timeZone });
  if (keys.length === 0) return;
  const exponent = listDecimals(price.currency);
  const amount = Money.parse(price.amount, { code: price.currency, exponent })?.units ?? 0n;
  const bought = { chargeId, at, currency: price.currency, amount, keys };
  await store.countCharge(database.client, ownerOf(charged), bought);
}

const forgottenMs = 3_600_000;

type PaidAmong = (holders: readonly string[]) => Promise<ReadonlySet<string>>;

/** Decides about reservations whose process died: those of challenges that were paid stay, the others are freed. */
async function sweepUses({ database, clock }: Parts, paidAmong: PaidAmong): Promise<number> {
  const before = new Date(clock.now().getTime() - forgottenMs);
  const held = await store.listForgotten(database.client, before);
  if (held.length === 0) return 0;
  const paid = await paidAmong(held.map(({ holder }) => holder));
  await store.confirmUses(
    database.client,
    held.filter(({ holder }) => paid.has(holder)),
  );
  await store.releaseUses(
    database.client,
    held.filter(({ holder }) => !paid.has(holder)),
  );
  return held.length;
}

type WorkerStep = Readonly<{ kind: string; everyMs: number; everywhere: boolean; run(): Promise<number> }>;

function workerSteps(parts: Parts, paidAmong: PaidAmong): readonly WorkerStep[] {
  const { database, clock, book, merchants } = parts;
  const step = (kind: string, everyMs: number, run: () => Promise<number>): WorkerStep => ({
    ...{ kind, everyMs, everywhere: false, run },
  });
  return [
    step("prices.rates", 5_000, async () => await book.refresh(await merchants())),
    step("prices.codes", 60_000, () => sweepUses(parts, paidAmong)),
    step("prices.prune", 600_000, () => store.pruneCounts(database.client, clock.now())),
  ];
}

export type Pricing = ReturnType<typeof createPricing>;

/** Opens the room of prices: quotes, what is counted, rates and hooks. */
export function createPricing(options: PricingOptions) {
  const { database, clock } = options;
  const parts: Parts = { ...options, book: createRateBook(options), askHook: createHooks(options) };
  return {
    quote: (ask: Ask): Promise<Quote> => quote(parts, ask),
    /** Gives back what a free answer took that was not served. */
    giveBack: ({ owner, counters }: Taken): Promise<void> =>
      store.returnCounters(database.client, owner, counters),
    /** Holds one of each use for a challenge, all or nothing; the same holder again changes nothing. */
    async reserveCodes(uses: readonly CodeUse[], holder: string): Promise<"reserved" | "used-up"> {
      const [first] = uses;
      if (!first) return "reserved";
      const counters = uses.map(({ counter }) => counter);
      const held = await store.holdUses(database, first.owner, { holder, at: clock.now(), counters });
      return held ? "reserved" : "used-up";
    },
    confirmCodes: (holder: string, merchantId: string): Promise<void> =>
      store.confirmUses(database.client, [{ holder, merchantId }]),
    releaseCodes: (holder: string, merchantId: string): Promise<void> =>
      store.releaseUses(database.client, [{ holder, merchantId }]),
    /** Counts a charge, once per charge id; touches nothing when no rule looks at volumes. */
    addVolume: (charged: Charged): Promise<void> => addVolume(parts, charged),
    /** A merchant's rates as they stand. */
    rates: (merchant: Readonly<{ id: string; rates?: unknown }>): Promise<MerchantRates> =>
      parts.book.of(merchant),
    /** `paidAmong` tells which of these challenges were charged, or are not decided yet. */
    workerSteps: (paidAmong: PaidAmong) => workerSteps(parts, paidAmong),
  };
}

/** The uses that a redeemed challenge must reserve; `inputs` is what it carries. */
export function usesOf(
  ask: Pick<Ask, "merchant" | "endpoint" | "request">,
  inputs: string | null,
): CodeUse[] {
  const owner = ownerOf(ask);
  return countersOf(termsOf(ask.endpoint), inputs, ask.request).map((counter) => ({ owner, counter }));
}
