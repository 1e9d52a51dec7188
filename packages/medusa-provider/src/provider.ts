import { AbstractPaymentProvider, BigNumber, MedusaError } from "@medusajs/framework/utils";
import { createSend, FareboxError } from "../../client/http";
import { type ClientOptions, OptionFault, readClientOptions } from "../../client/options";
import type { Json } from "../../client/payment";
import { Shop } from "../../client/shop";
import { captureAmount } from "./captures";
import { amountOf, dataOf, findId, idOf, sessionStatusOf } from "./data";
import { type Notice, readNotice } from "./webhook";

type Options = ClientOptions & Readonly<{ webhookSecret: string }>;
type Asked = Readonly<{ data?: Json; context?: Readonly<{ idempotency_key?: string }> }>;
type AskedAmount = Asked & Readonly<{ amount: unknown }>;
type AskedPrice = AskedAmount & Readonly<{ currency_code: string }>;

function readOptions(options: Json): Options {
  try {
    const { webhookSecret } = options;
    if (typeof webhookSecret !== "string" || webhookSecret.length < 16)
      throw new OptionFault(
        "webhookSecret must be the connector's secret for notices, of 16 characters at least.",
      );
    return { ...readClientOptions(options), webhookSecret };
  } catch (error) {
    if (!(error instanceof OptionFault)) throw error;
    throw new MedusaError(MedusaError.Types.INVALID_ARGUMENT, `Farebox payment provider: ${error.message}`);
  }
}

function typeOf({ status, code }: FareboxError): string {
  const types = MedusaError.Types;
  if (status === 400) return types.INVALID_DATA;
  if (status === 404) return types.NOT_FOUND;
  if (status === 409) return types.CONFLICT;
  if (status === 422) return code === "declined" ? types.PAYMENT_AUTHORIZATION_ERROR : types.NOT_ALLOWED;
  if (status === 501) return types.NOT_ALLOWED;
  return types.UNEXPECTED_STATE; // no answer, no access, or Farebox itself in trouble: nothing a customer can mend
}

async function inMedusasWords<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof FareboxError)) throw error;
    throw new MedusaError(typeOf(error), `Farebox (${error.code}): ${error.message}`, error.code);
  }
}

const sessionOf = (data: Json | undefined): string => {
  if (typeof data?.session_id === "string") return data.session_id;
  throw new FareboxError({ status: 400, code: "invalid", detail: "Medusa named no payment session." });
};

const keyOf = ({ context }: Asked, otherwise: string): string => context?.idempotency_key || otherwise;

/** Medusa's payments on a rail of Farebox. It keeps nothing by itself: what it needs again is in the payment's data. */
export class FareboxProvider extends AbstractPaymentProvider<Json> {
  static override identifier = "farebox";
  readonly #options: Options;
  readonly #shop: Shop;

  static override validateOptions(options: Json): void {
    readOptions(options);
  }

  constructor(container: Record<string, unknown>, options: Json) {
    super(container, options);
    this.#options = readOptions(options);
    this.#shop = new Shop({ send: createSend(this.#options) });
  }

  initiatePayment(asked: AskedPrice) {
    return inMedusasWords(async () => {
      const session = sessionOf(asked.data);
      const returnUrl = asked.data?.return_url;
      const payment = await this.#shop.open({
        amount: amountOf(asked.amount, asked.currency_code),
        currency: asked.currency_code,
        externalRef: session,
        rail: this.#options.rail,
        key: keyOf(asked, session),
        ...(typeof returnUrl === "string" ? { returnUrl } : {}),
      });
      return { id: payment.id, status: sessionStatusOf(payment), data: dataOf(payment) };
    });
  }

  /** A proof stays until it is used: this is the way in which a storefront adds one to its session. */
  updatePayment(asked: AskedPrice) {
    return inMedusasWords(async () => {
      const amount = amountOf(asked.amount, asked.currency_code);
      const payment = await this.#shop.update(idOf(asked.data), { amount, currency: asked.currency_code });
      const proof = asked.data?.proof;
      const data = proof === undefined ? dataOf(payment) : { ...dataOf(payment), proof };
      return { status: sessionStatusOf(payment), data };
    });
  }

  /** Medusa deletes what it could not initiate, too: without a payment there is nothing to end. */
  deletePayment({ data }: Asked) {
    return inMedusasWords(async () => {
      const id = findId(data);
      if (id !== null) await this.#shop.remove(id);
      return { data: {} };
    });
  }

  authorizePayment(asked: Asked) {
    return inMedusasWords(async () => {
      const id = idOf(asked.data);
      const payment = await this.#shop.authorize(id, keyOf(asked, `${id}:authorize`), asked.data?.proof);
      return { status: sessionStatusOf(payment), data: dataOf(payment) };
    });
  }

  capturePayment(asked: Asked) {
    return inMedusasWords(async () => {
      const id = idOf(asked.data);
      const amount = await captureAmount(this.container, asked.context?.idempotency_key, asked.data);
      return { data: dataOf(await this.#shop.capture(id, keyOf(asked, `${id}:capture`), amount)) };
    });
  }

  refundPayment(asked: AskedAmount) {
    return inMedusasWords(async () => {
      const id = idOf(asked.data);
      const key = asked.context?.idempotency_key;
      if (!key) throw new FareboxError({ status: 400, code: "invalid", detail: "Medusa named no refund." });
      const amount = amountOf(asked.amount, String(asked.data?.currency ?? ""));
      return { data: dataOf((await this.#shop.refund(id, key, amount)).payment) };
    });
  }

  /** After a failed authorization Medusa cancels without a key; the payment's own serves as well, since it ends once. */
  cancelPayment(asked: Asked) {
    return inMedusasWords(async () => {
      const id = idOf(asked.data);
      return { data: dataOf(await this.#shop.cancel(id, keyOf(asked, `${id}:cancel`))) };
    });
  }

  retrievePayment({ data }: Asked) {
    return inMedusasWords(async () => ({ data: dataOf(await this.#shop.retrieve(idOf(data))) }));
  }

  getPaymentStatus({ data }: Asked) {
    return inMedusasWords(async () => {
      const payment = await this.#shop.retrieve(idOf(data));
      return { status: sessionStatusOf(payment), data: dataOf(payment) };
    });
  }

  async getWebhookActionAndData(notice: Notice) {
    const told = readNotice(notice, { secret: this.#options.webhookSecret, now: Date.now() });
    if (told.action === "not_supported") return { action: told.action };
    const { externalRef, amount } = told.payment;
    return { action: told.action, data: { session_id: externalRef, amount: new BigNumber(amount) } };
  }
}
