import type { ZodType } from "zod";
import type { Currency, Money } from "@/lib/money";

/**
 * Nothing good happened. Only `unknown` leaves open whether money moved. `problem` names a row of the problem table
 * that says it in the method's own words, such as `acorn/empty-purse`.
 */
export type Refused =
  | { outcome: "declined" | "invalid" | "conflict"; reason: string; retryAfterMs?: number; problem?: string }
  | { outcome: "unavailable"; reason: string; retryAfterMs?: number }
  | { outcome: "unknown"; reason: string; reference?: string };
export type Settled = { outcome: "settled"; reference: string; amount: Money; payer?: string; fee?: Money };
export type Held = { outcome: "held"; reference: string; amount: Money; payer?: string; expiresAt?: Date };
export type Pending = { outcome: "pending"; reference: string; retryAfterMs?: number };
export type Acting = { outcome: "action"; reference: string; action: Action };
export type Voided = { outcome: "voided"; reference: string };
/** The network's whole truth about one reference: totals, not events. */
export type Standing =
  | {
      outcome: "found";
      reference: string;
      held: Money;
      captured: Money;
      refunded: Money;
      payer?: string;
      /** All that the network kept of it, once it says so. */
      fee?: Money;
      /** The effect key that the network carries in its own object. */
      key?: string;
      state: "waiting" | "held" | "settled" | "declined" | "voided" | "expired";
    }
  | { outcome: "absent" }
  | { outcome: "unavailable"; reason: string; retryAfterMs?: number };
/** A payer's bank asks for money back. Totals as they stand, so that what is told twice or late changes nothing. */
export type Dispute = {
  reference: string;
  /** `warning`: asked about, nothing taken. */
  state: "warning" | "open" | "won" | "lost";
  amount: Money;
  /** What is away from the merchant now. */
  withheld: Money;
  fee: Money;
  reason: string;
  needsResponse: boolean;
  respondBy: Date | null;
};
/** What a callback is about: an event of the network, and the payment it concerns. */
export type Notice = { event: string; type: string; reference: string | null };
/** What a payer must do. Shown on pages and in shop answers, so it never holds a secret. */
export type Action =
  | { kind: "redirect"; url: string }
  | { kind: "code"; scheme: "pix" | "bolt11" | "uri"; text: string }
  | { kind: "slip"; url: string; digits: string; formatted: string; barcodeType: string; barcode: string }
  | { kind: "wallet"; request: Record<string, unknown> };
export type Recipient = {
  id: string;
  /** What people call them. */
  name?: string;
  role: "seller" | "marketplace";
  amount: Money;
  commission?: Money;
};
export type Call = {
  key: string;
  mode: "test" | "live";
  signal: AbortSignal;
  now(): Date;
  recipients?: readonly Recipient[];
  /** The challenge that is paid, for networks that know a payment by it. */
  challengeId?: string;
  /** What the payment is in, for networks that do not say. */
  currency?: Currency;
};
export type Ask = Call & {
  reference: string;
  ttlSeconds: number;
  description?: string;
  method?: string;
  returnUrl?: string;
  /** The invoice or order that the proof must name. */
  externalId?: string;
};
export type Effect = Call & {
  final?: boolean;
  reason?: string;
  /** May an earlier call under this key have been heard? Absent: nobody knows. */
  isRepeat?: boolean;
  /** When the first call under this key may have been made. */
  since?: Date;
  /** Session verbs with a credential: what its challenge offered. */
  offer?: Record<string, unknown>;
  /** Where a refund goes, on rails that know no way back: what `destination` answered. */
  destination?: string;
};
/** Text each way, for networks that speak over WebSockets. Guarded as `fetch` is. */
export type Socket = {
  send(text: string): void;
  /** Ends when the socket does; an error says why it broke. */
  messages: AsyncIterable<string>;
  close(): void;
};
/** What trying the settings out found. `reason` says to the merchant what to change. */
export type Probe = { outcome: "works"; says: readonly string[] } | { outcome: "faulty"; reason: string };
export type Kit = {
  /** `tlsCertificate` (PEM) is the one certificate to trust for this call. */
  fetch(input: string | URL | Request, init?: RequestInit & { tlsCertificate?: string }): Promise<Response>;
  openSocket?(url: string, init: { signal: AbortSignal }): Promise<Socket>;
  origin: string;
  /** `alert: true` for what somebody should look at. */
  log(event: string, facts?: Record<string, unknown>): void;
};
export type Abilities<O, P> = {
  /** Says what to pay; moves nothing. The same `ask.key` gives the same network object. */
  offer(price: Money, ask: Ask): Promise<O | Refused>;
  /** Would this proof be accepted now? Reads only. */
  check?(proof: P, offer: O): Promise<"acceptable" | "unacceptable">;
  /** Sale rails: takes the money a proof stands for. */
  capture?(proof: P, offer: O, effect: Effect): Promise<Settled | Pending | Refused>;
  lookup(reference: string, call: Call): Promise<Standing>;
  /** Like `lookup`, by our own key. Without it a lost call is repeated with its key. */
  find?(key: string, call: Call): Promise<Standing>;
  refund?(reference: string, amount: Money, effect: Effect): Promise<Settled | Pending | Refused>;
  /**
   * Turns what a payer wrote (an address, an invoice) into the one thing that a refund will pay, and refuses what
   * cannot take this amount. Moves nothing; the answer is kept and given to `refund` as `effect.destination`.
   */
  destination?(
    written: string,
    amount: Money,
    call: Call,
  ): Promise<{ outcome: "resolved"; destination: string } | Refused>;
  update?(offer: O, price: Money, ask: Ask): Promise<O | Refused>;
  /** Pure: amount and currency as a challenge writes them, for documents; base units and the code when absent. */
  listed?(price: Money): { amount: string; currency: string };
  /** Tries the settings out, so that a wrong one is found before a payer meets it. Moves no money. */
  probe?(call: Call): Promise<Probe>;
  /** Authenticates a callback and names what it is about; believes nothing else in it. */
  notice?(headers: Headers, body: Uint8Array, at: Date): Promise<Notice | "ignored" | "forged">;
  /** Every dispute about one payment. */
  disputes?(reference: string, call: Call): Promise<readonly Dispute[] | Refused>;
  /** Which disputes began since then, and about which payments; for when nobody told. */
  disputesSince?(
    since: Date,
    call: Call,
  ): Promise<readonly { reference: string; payment: string }[] | Refused>;
  /**
   * Takes back what an offer opened, so that nobody can pay it any more. `conflict`: it has been paid, or is just being
   * paid; `lookup` knows. Something that is over already is `voided`.
   */
  withdraw?(reference: string, effect: Effect): Promise<Voided | Refused>;
  inbound?(
    action: string,
    body: string,
    offer: O,
  ): Promise<{ status: number; contentType: string; content: string }>;
  holds?: Holds<O, P>;
  sessions?: Sessions;
  draws?: Draws;
  page?: PagePayment<O>;
};
/** How a person pays on our page, who has no program that writes credentials. */
export type PagePayment<O> = {
  /** `press`: a button on the page pays. `watch`: what `show(offer)` says is paid elsewhere, and the page notices. */
  by: "press" | "watch";
  /** What people call it; the rail's own title when absent. */
  title?: string;
  /**
   * Is something opened at the network for each attempt? Then `abilities.offer` is asked with a `returnUrl`, and its
   * answer is what is shown, proved and withdrawn, in place of the challenge's own offer.
   */
  opens?: true;
  /** How often the network is asked while nobody says that anything has happened; each look when absent. */
  everyMs?: number;
  /** What the page may be told about a pressed payment: names the rail knows, with what they mean. */
  choices?: readonly { name: string; title: string }[];
  /**
   * The payload of the credential that this payer would send. A `watch` only reads; a `press` pays, and its payload
   * moves nothing until it is captured. `underway`: it is being paid, and nobody can take it back.
   */
  prove(
    offer: O,
    ask: Call & { challengeId: string; choice?: string },
  ): Promise<
    | { outcome: "proved"; payload: Record<string, string>; source?: string }
    | { outcome: "waiting" | "underway" }
    | Refused
  >;
};
/** A rail whose offers are objects of its network, made for each challenge: they are counted, kept and looked after. */
export type Draws = {
  /** How many unpaid, unexpired ones may stand at once. */
  caps: { perAddress: number; perEndpoint: number; perMerchant: number };
  /** Pure: what names its money, for charges and deposits alike. The proof that redeems it claims the same id. */
  moneyId(offer: Record<string, unknown>): string;
  /** Pure: until when it can be paid. */
  expires(offer: Record<string, unknown>): Date;
  /** Row of the problem table for a challenge of which nothing is kept. */
  unknownChallenge?: string;
};
export type Holds<O, P> = {
  // two-step: reserve first, take or let go later
  authorize(proof: P, offer: O, effect: Effect): Promise<Held | Pending | Acting | Refused>;
  capture(hold: string, amount: Money, effect: Effect): Promise<Settled | Pending | Refused>;
  void(hold: string, effect: Effect): Promise<Voided | Pending | Refused>;
};
export type Channel = {
  id: string;
  reference: string;
  deposit: Money;
  accepted: Money;
  spent: Money;
  settled: Money;
  data: Record<string, string>;
};
export type Opened = {
  outcome: "opened";
  reference: string;
  deposit: Money;
  accepted: Money;
  payer?: string;
  data: Record<string, string>;
};
export type Closed = {
  outcome: "closed";
  settled: Money;
  /** What has gone back, or, while it is pending, is on its way. */
  refunded: Money;
  refundState: "settled" | "pending" | "failed" | "skipped";
  /** What sending it back cost the merchant. */
  fee?: Money;
  reference?: string;
};
/** What the method's wire calls an event of a stream. */
export type SessionEvent = { event: string; data: Record<string, unknown> };
/** The method's own words for what happens in a session; they hold no secret. */
export type SessionWords = {
  /** Sent in a stream when the next unit costs more than is left. */
  needTopUp(channel: Channel, price: Money): SessionEvent;
  /** Sent when nothing was added in time; the stream ends. */
  timedOut(channel: Channel, price: Money): SessionEvent;
  /** Sent at the end of a stream: what it came to. */
  receipt(channel: Channel, stream: { cost: Money; units: bigint; at: Date }): SessionEvent;
  /** Bodies of 200 answers. The members of `closed` but `status` also stand in the receipt. */
  toppedUp(channel: Channel): Record<string, unknown>;
  closed(channel: Channel, closed: Omit<Closed, "outcome">): Record<string, unknown>;
  /** Rows of the problem table for what the runtime finds out by itself; a generic one stands in for each that is missing. */
  problems?: Partial<
    Record<
      "malformed" | "unknownChallenge" | "wrongProof" | "expired" | "notFound" | "closed" | "insufficient",
      string
    >
  >;
};
export type Sessions = {
  /** Is a deposit in the merchant's hands from the start? Then what is spent is settled. */
  prepaid: boolean;
  /** How long an unused channel stays open, and how long a stream waits for more money. */
  terms: { idleMs: number; topUpWaitMs: number };
  /** Pure: the deposit that a challenge asks for. */
  deposit(rate: Money): Money;
  words: SessionWords;
  offer(
    rate: Money,
    ask: Ask & { channel?: Channel; deposit: Money; unit?: string },
  ): Promise<Record<string, unknown> | Refused>;
  /**
   * Pure: which verb a payload asks for, on which channel, claiming which money ids; null when malformed. On a rail
   * that draws, the claims of `open` and `topUp` hold the money id of their challenge's object.
   */
  read(
    payload: unknown,
  ): { verb: "open" | "charge" | "topUp" | "close"; channel?: string; claims: readonly string[] } | null;
  /** May this payload act on this channel? Reads only; asked before anything is written. null: it may. */
  verify(channel: Channel, payload: unknown, effect: Effect): Promise<Refused | null>;
  /** `reference` becomes the channel's id. The same key gives the same answer. */
  open(payload: unknown, offer: Record<string, unknown>, effect: Effect): Promise<Opened | Refused>;
  /** `accepted` is the new total that may be spent; one that is not above the old changes nothing. */
  charge(
    channel: Channel,
    payload: unknown,
    effect: Effect,
  ): Promise<{ outcome: "accepted"; accepted: Money } | Refused>;
  /** Totals as they stand after it, reckoned from `channel`. Asked again with a fresh `channel` when another was faster. */
  topUp(
    channel: Channel,
    payload: unknown,
    effect: Effect,
  ): Promise<{ outcome: "topped-up"; deposit: Money; accepted: Money } | Refused>;
  /**
   * `payload` is null when the merchant or the idle timer closes. The channel is closed to spending already: what goes
   * back is `deposit - spent`. Once per key: a repeat, which brings the same payload, tells what became of it.
   */
  close(channel: Channel, payload: unknown, effect: Effect): Promise<Closed | Pending | Refused>;
  settle?(channel: Channel, effect: Effect): Promise<Settled | Pending | Refused>;
};
export type RailDefinition<C, O extends object, P> = {
  id: string;
  title: string;
  currencies: readonly Currency[] | "any";
  limits?: { min?: bigint; max?: bigint };
  /**
   * What one currency is taken in, in its base units; `null` when it is not taken with these settings. Pure. The
   * settings may be no better than written: secrets are closed, and nothing is checked.
   */
  limitsOf?(currency: Currency, config: Partial<C>): Limits | null;
  /** The modes it may be configured in; absent means both. */
  modes?: readonly ("test" | "live")[];
  /** What a rate prices, when that is not one whole unit of the currency: BTC for a rail that settles msat. */
  unit?: Currency;
  /** The smallest amount that can be asked for, in base units of the currency; 1 when absent. */
  step?: bigint;
  ttl: { min: number; default: number; max: number }; // seconds an offer lives
  /** Is the offer for one price always the same? Then it is not asked for each time anew. */
  offersAlike?: true;
  /** Must the same quote be the same challenge again, but for its id and expiry? Its wallets compare them. */
  quotesAlike?: true;
  names?: { mpp?: string; pmi?: string; medusa?: string; vtex?: readonly VtexMethod[] };
  can?: Partial<
    Record<
      | "partialCapture"
      | "multiCapture"
      | "overCapture"
      | "partialRefund"
      /** A byte-identical used credential gets its stored answer; nothing else is answered for a used challenge. */
      | "replayReceipt"
      /** With the settings for it, `abilities.sessions` is there. */
      | "sessions"
      /** A refund is a payment of its own: it needs a destination, and `lookup` of the payment knows nothing of it. */
      | "refundsApart",
      boolean
    >
  >;
  /** With `can.refundsApart`: what a payer writes to be paid back, in words. */
  asksForRefund?: string;
  config: ZodType<C>;
  /** What is wrong with settings in one of the two modes; they are valid in themselves. */
  faults?(config: C, mode: "test" | "live"): readonly { path: readonly string[]; message: string }[];
  offer: ZodType<O>;
  proof?: ZodType<P>;
  claims?(proof: P, offer: O): readonly string[]; // money ids, from decoded values; pure
  /**
   * The row of the problem table that says what is wrong with a proof for this offer; pure, asked before a claim. `until`
   * is when the challenge ends, so that a repeat is judged like the first time.
   */
  unfit?(proof: P, offer: O, until: Date): string | null;
  /**
   * How long after its challenge has expired a proof is still taken: for money that has moved at the network before it
   * is presented. 0 when absent; pure.
   */
  graceMs?(proof: P): number;
  /** What an offer has opened at the network, for `lookup` before there is a proof; `null` when it opened nothing. */
  reference?(offer: O): string | null;
  /** What an offer asks for, on rails whose wire amount is not in base units of the currency; pure. */
  amountOf?(offer: O): Money;
  /** The payment method's own rows of the problem table for what is found out without it, by the generic row's slug. */
  problems?: Readonly<Record<string, string>>;
  watch?(offer: O): string; // the reference under which arriving money is seen
  expires?(offer: O): Date;
  show?(offer: O): Action;
  faces?: { cep8?(offer: O): string; vtex?: { proof(create: Record<string, unknown>): P | null } };
  connect(config: C, kit: Kit): Abilities<O, P>;
};
export type Limits = { min?: bigint; max?: bigint; step?: bigint };
export type VtexMethod = { name: string; allowsSplit: "onAuthorize" | "onCapture" | "disabled" };
export const defineRail = <C, O extends object, P = never>(rail: RailDefinition<C, O, P>) => rail;
