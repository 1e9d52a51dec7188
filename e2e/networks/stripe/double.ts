import { Book, newId } from "./book";
import { Events } from "./events";
import { clear, decline, findIntent, succeed } from "./intents";
import { honest, type Knobs } from "./knobs";
import type { Dispute, LogLine, Token } from "./objects";
import { closeDispute, endRefund, openDispute } from "./refunds";
import { StripeServer } from "./server";

export type { StripeEvent } from "./events";

/**
 * TEST DOUBLE of the payment network, not the network: an HTTP server that the official client talks to, with the
 * objects, limits, errors, idempotency and signed events that a rail meets. It keeps its own append-only log.
 */
export type StripeDouble = Readonly<{
  url: string;
  /** Settings of a rail that charges this account, secrets in plain text. */
  settings(): { secretKey: string; webhookSecret: string; publishableKey: string } & Record<string, unknown>;
  account: string;
  knobs: Knobs;
  calm(): void;
  log(): readonly LogLine[];
  events: Events;
  /** What an agent's wallet gives: a token for so much of a currency. */
  grant(limits: { amount: number; currency: string; expiresAt?: Date }): Token;
  revoke(tokenId: string): void;
  /** Ends a payment that is processing, or that a person pays on a page. */
  finish(intentId: string, how: "succeeded" | "failed"): void;
  /** The payer's bank takes its time. */
  process(intentId: string): void;
  intents(): readonly string[];
  /** The balance transaction of a payment comes into being. */
  clearFees(): void;
  endRefund(refundId: string, how: "succeeded" | "failed" | "canceled"): void;
  refunds(): readonly string[];
  dispute(intentId: string, options?: { days?: number; isWarning?: boolean }): Dispute;
  closeDispute(disputeId: string, how: "won" | "lost" | "warning_closed"): void;
  /** A day passes for its memory of keys. */
  forgetKeys(): void;
  up(): Promise<void>;
  down(): Promise<void>;
}>;

const keys = { secret: "sk_test_double0000000000000000", publishable: "pk_test_double0000000000000000" };

export async function startStripe({
  now = () => new Date(),
}: {
  now?: () => Date;
} = {}): Promise<StripeDouble> {
  const book = new Book(now);
  const events = new Events(book);
  const server = new StripeServer(book, [keys.secret, `rk_test_${keys.secret.slice(8)}`], keys.publishable);
  const webhookSecret = `whsec_${newId("double").slice(7)}`;
  await server.up();
  const settings: StripeDouble["settings"] = () => ({
    ...{ secretKey: keys.secret, publishableKey: keys.publishable, webhookSecret },
    ...{ networkId: "profile_double", paymentMethodTypes: ["card", "link"], apiBase: server.url },
  });
  return {
    url: server.url,
    settings,
    account: book.account,
    knobs: book.knobs,
    calm: () => void Object.assign(book.knobs, honest()),
    log: () => book.log,
    events,
    grant({ amount, currency, expiresAt = new Date(now().getTime() + 3_600_000) }) {
      const token: Token = {
        ...{ id: newId("spt"), currency, maxAmount: amount, networkId: "profile_double", deactivated: null },
        ...{ expiresAt: Math.floor(expiresAt.getTime() / 1000), paymentMethod: "pm_card_visa" },
      };
      book.tokens.set(token.id, token);
      return token;
    },
    revoke(id) {
      const token = book.tokens.get(id);
      if (token) token.deactivated ??= "revoked";
    },
    finish(id, how) {
      const intent = findIntent(book, id);
      if (how === "succeeded") succeed(book, intent);
      else decline(book, intent);
    },
    process(id) {
      findIntent(book, id).status = "processing";
    },
    intents: () => [...book.intents.keys()],
    clearFees() {
      book.knobs.holdFees = false;
      for (const charge of book.charges.values())
        if (charge.balance_transaction === null) clear(book, charge);
    },
    endRefund: (id, how) => endRefund(book, id, how),
    refunds: () => [...book.refunds.keys()],
    dispute: (id, options) => openDispute(book, id, options),
    closeDispute: (id, how) => closeDispute(book, id, how),
    forgetKeys: () => server.forgetKeys(),
    up: () => server.up(),
    down: () => server.down(),
  };
}
