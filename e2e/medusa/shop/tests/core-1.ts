import { join } from "node:path";
import type { PaymentProcessor } from "@medusajs/medusa/dist/interfaces/payment-processor";

type Data = Record<string, unknown>;
type Session = { id: string; cart: string; amount: number; status: string; data: Data };
type Payment = {
  amount: number;
  amount_refunded: number;
  captured_at: string | null;
  canceled_at: string | null;
  data: Data;
};
type Store = { session: Session | null; payment: Payment | null; refunds: number[] };
type Interfaces = {
  AbstractPaymentProcessor: new () => object;
  isPaymentProcessorError(value: unknown): boolean;
};

const beside = join(process.cwd(), "node_modules/.medusa-v1/node_modules");
/** The base class and the test for failures of the real 1.20.11. */
export const interfaces: Interfaces = require(
  join(beside, "@medusajs/medusa/dist/interfaces/payment-processor.js"),
);

/** The processor as Medusa 1 loads it: the default export of a file in the plugin's folder `services`. */
export function loadProcessor(options: Data): PaymentProcessor {
  const loaded = require(join(beside, "farebox-medusa-v1-processor/services/farebox-processor.js"));
  const processor = new loaded.default({}, options);
  if (!(processor instanceof interfaces.AbstractPaymentProcessor))
    throw new Error("Medusa 1 would not take this class.");
  return processor as unknown as PaymentProcessor; // safe: types.ts holds the class to the interface
}

const stored = <T>(value: T): T => JSON.parse(JSON.stringify(value));
const thrown = ({ error, detail }: { error: string; detail?: unknown }) =>
  new Error(`${error}: ${detail ?? ""}`);

/** `"error" in result`, as most of the core asks. */
function unlessInResult<T>(result: T): Exclude<T, { error: string }> {
  const value = result as object & { error: string };
  if ("error" in value) throw thrown(value);
  return result as Exclude<T, { error: string }>;
}

/** All three members truthy, as refund, cancel and delete ask: anything less is taken for a success. */
function unlessAllThree<T>(result: T): T {
  if (interfaces.isPaymentProcessorError(result)) throw thrown(result as T & { error: string });
  return result;
}

/**
 * Medusa 1's core as far as payments go (services/payment-provider.js of 1.20.11): the same failure tests, what it keeps
 * of each answer, and its transaction, which takes back everything it wrote and nothing that a processor did.
 */
export function aCore(processor: PaymentProcessor, cart: string) {
  let store: Store = { session: null, payment: null, refunds: [] };

  async function atomic<T>(work: (draft: Store) => Promise<T>, thenFail = false): Promise<T> {
    const draft = stored(store);
    const result = await work(draft);
    if (thenFail) throw new Error("Medusa rolled back.");
    store = stored(draft);
    return result;
  }

  const sessionIn = (draft: Store): Session => {
    if (!draft.session) throw new Error("There is no session.");
    return draft.session;
  };
  const paymentIn = (draft: Store): Payment => {
    if (!draft.payment) throw new Error("There is no payment.");
    return draft.payment;
  };
  const contextOf = (amount: number, paymentSessionData: Data) => ({
    ...{
      amount,
      paymentSessionData,
      resource_id: cart,
      currency_code: "usd",
      email: "a@example.com",
      context: {},
    },
  });

  return {
    now: () => store,
    createSession: (amount: number) =>
      atomic(async (draft) => {
        const result = unlessInResult(await processor.initiatePayment(contextOf(amount, {})));
        draft.session = { id: `ps_${cart}`, cart, amount, status: "pending", data: result.session_data };
      }),
    updateSession: (amount: number) =>
      atomic(async (draft) => {
        const session = sessionIn(draft);
        const result = (await processor.updatePayment(contextOf(amount, session.data))) ?? null;
        if (result && "error" in result) throw thrown(result);
        session.amount = amount;
        session.data = result?.session_data ?? session.data;
      }),
    updateSessionData: (data: Data) =>
      atomic(async (draft) => {
        const session = sessionIn(draft);
        Object.assign(session.data, unlessInResult(await processor.updatePaymentData(session.id, data)));
      }),
    /** Cart completion: only an authorized session becomes a payment. */
    authorize: (thenFail = false) =>
      atomic(async (draft) => {
        const session = sessionIn(draft);
        const key = { id: "idkey_1", idempotency_key: "ik_1", request_method: "POST" };
        const context = { ip: "127.0.0.1", idempotency_key: key, cart_id: cart };
        const result = unlessInResult(await processor.authorizePayment(session.data, context));
        session.data = result.data;
        session.status = result.status;
        if (result.status !== "authorized") return result.status;
        const data = unlessInResult(await processor.retrievePayment(session.data));
        draft.payment = {
          amount: session.amount,
          amount_refunded: 0,
          captured_at: null,
          canceled_at: null,
          data,
        };
        return result.status;
      }, thenFail),
    status: () => processor.getPaymentStatus(paymentIn(store).data),
    capture: (thenFail = false) =>
      atomic(async (draft) => {
        const payment = paymentIn(draft);
        payment.data = unlessInResult(await processor.capturePayment(payment.data));
        payment.captured_at = "now";
      }, thenFail),
    refund: (amount: number, thenFail = false) =>
      atomic(async (draft) => {
        const payment = paymentIn(draft);
        payment.data = unlessAllThree(await processor.refundPayment(payment.data, amount)) as Data;
        payment.amount_refunded += amount;
        draft.refunds.push(amount);
      }, thenFail),
    cancel: () =>
      atomic(async (draft) => {
        const payment = paymentIn(draft);
        unlessAllThree(await processor.cancelPayment(payment.data));
        payment.canceled_at = "now";
      }),
    deleteSession: () =>
      atomic(async (draft) => {
        unlessAllThree(await processor.deletePayment(sessionIn(draft).data));
        draft.session = null;
      }),
  };
}
