import { FareboxError, type Send } from "./http";
import { isJson, type Json, type Payment, readPayment } from "./payment";

export type OpenPayment = Readonly<{
  amount: string;
  currency: string;
  externalRef: string;
  rail: string;
  key: string;
  returnUrl?: string;
}>;

/** `isPending`: Farebox has taken the refund up, and it is not in `payment.refunded` yet. */
export type Refunded = Readonly<{ payment: Payment; isPending: boolean }>;

export type ShopDeps = Readonly<{
  send: Send;
  now?: () => number;
  pause?: (ms: number) => Promise<void>;
}>;

const patienceMs = 10_000;
const pauseMs = 500;

const at = (id: string, operation = ""): string => `/payments/${encodeURIComponent(id)}${operation}`;

function paymentIn(body: Json): Payment {
  const payment = readPayment(body);
  if (payment) return payment;
  throw new FareboxError({ status: null, code: "no_answer", detail: "Farebox's answer holds no payment." });
}

const doubt = (what: string): FareboxError =>
  new FareboxError({
    status: null,
    code: "unknown",
    detail: `It is not known yet whether the ${what} happened. Look at the payment before asking again.`,
  });

const notRefunded = (): FareboxError =>
  new FareboxError({ status: 422, code: "declined", detail: "The rail did not send the money back." });

/** What a shop asks of Farebox about its payments. Each call answers with the payment, or throws a `FareboxError`. */
export class Shop {
  readonly #send: Send;
  readonly #now: () => number;
  readonly #pause: (ms: number) => Promise<void>;

  constructor({ send, now = Date.now, pause }: ShopDeps) {
    this.#send = send;
    this.#now = now;
    this.#pause = pause ?? ((ms) => new Promise((done) => setTimeout(done, ms)));
  }

  async open({ key, ...body }: OpenPayment): Promise<Payment> {
    return paymentIn((await this.#send({ method: "POST", path: "/payments", body, key })).body);
  }

  async retrieve(id: string): Promise<Payment> {
    return paymentIn((await this.#send({ method: "GET", path: at(id) })).body);
  }

  async update(id: string, body: Readonly<{ amount: string; currency: string }>): Promise<Payment> {
    return paymentIn((await this.#send({ method: "POST", path: at(id), body })).body);
  }

  /**
   * The answer under a key is kept once it is final. A shop that asks again without the proof that it used up asks
   * something else under that key: what it wants to hear is where the payment stands.
   */
  async authorize(id: string, key: string, proof: unknown): Promise<Payment> {
    const body = proof === undefined || proof === null ? {} : { proof };
    try {
      return paymentIn((await this.#send({ method: "POST", path: at(id, "/authorize"), body, key })).body);
    } catch (error) {
      if (error instanceof FareboxError && error.code === "key_reused") return await this.retrieve(id);
      throw error;
    }
  }

  /** `amount` null: all that is left. A lost answer is asked for again under the same key. */
  async capture(id: string, key: string, amount: string | null): Promise<Payment> {
    const body = amount === null ? {} : { amount };
    const path = at(id, "/captures");
    return this.#untilKnown("capture", async () => {
      return paymentIn((await this.#send({ method: "POST", path, body, key })).body);
    });
  }

  async cancel(id: string, key: string): Promise<Payment> {
    const path = at(id, "/cancel");
    return paymentIn((await this.#send({ method: "POST", path, body: {}, key })).body);
  }

  /** Ends a payment that nobody paid; one that is not there is ended too. */
  async remove(id: string): Promise<void> {
    try {
      await this.#send({ method: "DELETE", path: at(id) });
    } catch (error) {
      if (!(error instanceof FareboxError && error.status === 404)) throw error;
    }
  }

  /**
   * A lost answer is looked for by its key, because a shop that was told of a failure comes back with another key and
   * would refund twice. What Farebox has taken up and not ended by then it ends by itself: that is no failure.
   */
  async refund(id: string, key: string, amount: string): Promise<Refunded> {
    try {
      return await this.#askRefund(id, key, amount);
    } catch (error) {
      if (!(error instanceof FareboxError && error.isInDoubt)) throw error;
    }
    let takenUp: Payment | null = null;
    try {
      return await this.#untilKnown("refund", async () => {
        const found = await this.#findRefund(id, key);
        takenUp = found?.payment ?? null;
        if (found?.status === "settled") return { payment: found.payment, isPending: false };
        if (found?.status === "failed") throw notRefunded();
        if (found?.status === "submitted") throw doubt("refund");
        return await this.#askRefund(id, key, amount); // not sent yet: the same key cannot refund twice
      });
    } catch (error) {
      if (takenUp && error instanceof FareboxError && error.isInDoubt)
        return { payment: takenUp, isPending: true };
      throw error;
    }
  }

  async #askRefund(id: string, key: string, amount: string): Promise<Refunded> {
    const { status, body } = await this.#send({
      method: "POST",
      path: at(id, "/refunds"),
      body: { amount },
      key,
    });
    return { payment: paymentIn(body), isPending: status === 202 };
  }

  /** The refund that Farebox has under this key, with its payment; `null` when it has none. */
  async #findRefund(id: string, key: string) {
    try {
      const path = at(id, `/refunds?key=${encodeURIComponent(key)}`);
      const { body } = await this.#send({ method: "GET", path });
      return { payment: paymentIn(body), status: isJson(body.refund) ? body.refund.status : null };
    } catch (error) {
      if (error instanceof FareboxError && error.status === 404) return null;
      throw error;
    }
  }

  async #untilKnown<T>(what: string, ask: () => Promise<T>): Promise<T> {
    const end = this.#now() + patienceMs;
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof FareboxError && error.isInDoubt)) throw error;
        const wait = Math.max(pauseMs, Math.min(error.retryAfterMs ?? 0, 2_000));
        if (this.#now() + wait >= end) throw doubt(what);
        await this.#pause(wait);
      }
    }
  }
}
