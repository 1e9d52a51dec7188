import type { ZodType } from "zod";
import type { Currency, Money } from "@/lib/money";

/** Nothing good happened. Only `unknown` leaves open whether money moved. */
export type Refused =
  | { outcome: "declined" | "invalid" | "conflict"; reason: string; retryAfterMs?: number }
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
      state: "waiting" | "held" | "settled" | "declined" | "voided" | "expired";
    }
  | { outcome: "absent" }
  | { outcome: "unavailable"; reason: string; retryAfterMs?: number };
/** What a payer must do. Shown on pages and in shop answers, so it never holds a secret. */
export type Action =
  | { kind: "redirect"; url: string }
  | { kind: "code"; scheme: "pix" | "bolt11" | "uri"; text: string }
  | { kind: "slip"; url: string; digits: string; formatted: string; barcodeType: string; barcode: string }
  | { kind: "wallet"; request: Record<string, unknown> };
export type Recipient = { id: string; role: "seller" | "marketplace"; amount: Money; commission?: Money };
export type Call = {
  key: string;
  mode: "test" | "live";
  signal: AbortSignal;
  now(): Date;
  recipients?: readonly Recipient[];
};
export type Ask = Call & {
  reference: string;
  ttlSeconds: number;
  description?: string;
  method?: string;
  returnUrl?: string;
};
export type Effect = Call & { challengeId?: string; final?: boolean; reason?: string };
export type Kit = {
  fetch: typeof fetch;
  origin: string;
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
  update?(offer: O, price: Money, ask: Ask): Promise<O | Refused>;
  /** Authenticates a callback and names what it is about; believes nothing else in it. */
  notice?(headers: Headers, body: Uint8Array): Promise<{ reference: string } | "ignored" | "forged">;
  inbound?(
    action: string,
    body: string,
    offer: O,
  ): Promise<{ status: number; contentType: string; content: string }>;
  holds?: Holds<O, P>;
  sessions?: Sessions;
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
  refunded: Money;
  refundState: "settled" | "pending" | "failed" | "skipped";
};
export type Sessions = {
  offer(
    rate: Money,
    ask: Ask & { channel?: Channel; deposit: Money },
  ): Promise<Record<string, unknown> | Refused>;
  /** Pure: which verb a payload asks for, on which channel, claiming which money ids; null when malformed. */
  read(
    payload: unknown,
  ): { verb: "open" | "charge" | "topUp" | "close"; channel?: string; claims: readonly string[] } | null;
  open(payload: unknown, offer: Record<string, unknown>, effect: Effect): Promise<Opened | Refused>;
  charge(
    channel: Channel,
    payload: unknown,
    effect: Effect,
  ): Promise<{ outcome: "accepted"; accepted: Money } | Refused>;
  topUp(
    channel: Channel,
    payload: unknown,
    effect: Effect,
  ): Promise<{ outcome: "topped-up"; deposit: Money; accepted: Money } | Refused>;
  /** `payload` is null when the merchant or the idle timer closes. */
  close(channel: Channel, payload: unknown, effect: Effect): Promise<Closed | Pending | Refused>;
  settle?(channel: Channel, effect: Effect): Promise<Settled | Pending | Refused>;
};
export type RailDefinition<C, O extends object, P> = {
  id: string;
  title: string;
  currencies: readonly Currency[] | "any";
  limits?: { min?: bigint; max?: bigint };
  /** The modes it may be configured in; absent means both. */
  modes?: readonly ("test" | "live")[];
  ttl: { min: number; default: number; max: number }; // seconds an offer lives
  names?: { mpp?: string; pmi?: string; medusa?: string; vtex?: readonly VtexMethod[] };
  can?: Partial<
    Record<"partialCapture" | "multiCapture" | "overCapture" | "partialRefund" | "replayReceipt", boolean>
  >;
  config: ZodType<C>;
  offer: ZodType<O>;
  proof?: ZodType<P>;
  claims?(proof: P, offer: O): readonly string[]; // money ids, from decoded values; pure
  watch?(offer: O): string; // the reference under which arriving money is seen
  expires?(offer: O): Date;
  show?(offer: O): Action;
  faces?: { cep8?(offer: O): string; vtex?: { proof(create: Record<string, unknown>): P | null } };
  connect(config: C, kit: Kit): Abilities<O, P>;
};
export type VtexMethod = { name: string; allowsSplit: "onAuthorize" | "onCapture" | "disabled" };
export const defineRail = <C, O extends object, P = never>(rail: RailDefinition<C, O, P>) => rail;
