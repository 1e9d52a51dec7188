import { randomUUID } from "node:crypto";
import { AbstractPaymentProcessor } from "@medusajs/medusa/dist/interfaces/payment-processor";
import type { PaymentSessionStatus } from "@medusajs/medusa/dist/models/payment-session";
import { createSend } from "../../client/http";
import { readClientOptions } from "../../client/options";
import type { Payment } from "../../client/payment";
import { Shop } from "../../client/shop";
import {
  amountOf,
  dataOf,
  errorOf,
  findId,
  idOf,
  type ProcessorError,
  refundedData,
  refundKey,
  wordOf,
} from "./session";

type Data = Record<string, unknown>;
type Context = Readonly<{
  amount: number;
  currency_code: string;
  resource_id: string;
  paymentSessionData: Data;
}>;

// safe: the words are the values of Medusa's enumeration, which exists only where Medusa is installed
const statusOf = (payment: Payment): PaymentSessionStatus => wordOf(payment) as PaymentSessionStatus;

/** Never throws: inside Medusa's transaction a failure is an object with three members. */
async function orError<T>(run: () => Promise<T>): Promise<T | ProcessorError> {
  try {
    return await run();
  } catch (error) {
    return errorOf(error);
  }
}

/**
 * Medusa 1's payments on a rail of Farebox. Medusa rolls itself back, never the rail: so the keys of what moves money
 * come from the payment, and a step that is repeated happens once.
 */
export class FareboxProcessor extends AbstractPaymentProcessor {
  static override identifier = "farebox";
  readonly #shop: Shop;
  readonly #rail: string;

  constructor(container: Data, options: Data) {
    super(container, options);
    const checked = readClientOptions(options);
    this.#rail = checked.rail;
    this.#shop = new Shop({ send: createSend(checked) });
  }

  async initiatePayment(context: Context) {
    return orError(async () => ({ session_data: dataOf(await this.#open(context)) }));
  }

  /** Called at every change of the cart; what never got as far as having a payment is opened now. */
  async updatePayment(context: Context) {
    return orError(async () => {
      const id = findId(context.paymentSessionData);
      if (id === null) return { session_data: dataOf(await this.#open(context)) };
      const { currency_code: currency } = context;
      const amount = amountOf(context.amount, currency);
      return { session_data: dataOf(await this.#shop.update(id, { amount, currency })) };
    });
  }

  async authorizePayment(data: Data, _context: Data) {
    return orError(async () => {
      const id = idOf(data);
      const payment = await this.#shop.authorize(id, `${id}:authorize`, data.proof);
      return { status: statusOf(payment), data: dataOf(payment) };
    });
  }

  async retrievePayment(data: Data) {
    return orError(async () => dataOf(await this.#shop.retrieve(idOf(data))));
  }

  /** Medusa 1 captures once and names no amount: all that was authorized. */
  async capturePayment(data: Data) {
    return orError(async () => {
      const id = idOf(data);
      return dataOf(await this.#shop.capture(id, `${id}:capture`, null));
    });
  }

  async refundPayment(data: Data, units: number) {
    return orError(async () => {
      const amount = amountOf(units, data.currency);
      return refundedData(await this.#shop.refund(idOf(data), refundKey(data, amount), amount), amount);
    });
  }

  async cancelPayment(data: Data) {
    return orError(async () => {
      const id = idOf(data);
      return dataOf(await this.#shop.cancel(id, `${id}:cancel`));
    });
  }

  async deletePayment(data: Data) {
    return orError(async (): Promise<Data> => {
      const id = findId(data);
      if (id !== null) await this.#shop.remove(id);
      return {};
    });
  }

  /** The one call in which Medusa takes only an exception for a failure. */
  async getPaymentStatus(data: Data): Promise<PaymentSessionStatus> {
    return statusOf(await this.#shop.retrieve(idOf(data)));
  }

  /**
   * What a storefront may add to its session: the proof of its customer. Medusa merges the answer into what it keeps, so
   * that anything else from there could name somebody else's payment.
   */
  async updatePaymentData(_sessionId: string, data: Data): Promise<Data> {
    return data.proof === undefined ? {} : { proof: data.proof };
  }

  #open({ amount, currency_code: currency, resource_id: externalRef }: Context): Promise<Payment> {
    const text = amountOf(amount, currency);
    return this.#shop.open({ amount: text, currency, externalRef, rail: this.#rail, key: randomUUID() });
  }
}
