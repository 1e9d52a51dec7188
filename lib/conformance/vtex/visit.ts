import { randomBytes } from "node:crypto";

/** What a callback brought, as it was received. */
export type Called = Readonly<{ url: string; headers: Headers; text: string; afterMs: number }>;

/** Where the gateway is called back: an address for each payment, and what came there. */
export type CallbackDesk = Readonly<{
  urlFor(paymentId: string): string;
  /** The next callback to an address, or `null` when none comes in time. */
  next(url: string, withinMs: number): Promise<Called | null>;
  /** What the next callback to an address is answered with, instead of 200; `hang` is never answered. */
  answerNext(url: string, how: "redirect" | "hang"): void;
  close(): Promise<void>;
}>;

export type Pair = Readonly<{ appKey: string; appToken: string }>;

/** A connector, as the gateway knows it. */
export type Target = Readonly<{
  baseUrl: string;
  pair: Pair;
  /** The pair that has to come with callbacks; `null` when the merchant has set none. */
  partner: Pair | null;
  currency: string;
  fetch(url: string, init: RequestInit): Promise<Response>;
  desk: CallbackDesk;
  now(): number;
}>;

export type Members = Readonly<Record<string, unknown>>;
export type Said = Readonly<{ status: number; text: string; body: Members; ms: number }>;
type Sending = Readonly<{ body?: unknown; headers?: Record<string, string> }>;

/** One payment as the gateway asks for it. */
export type Asked = Members & Readonly<{ paymentId: string; callbackUrl: string }>;

/** One case's conversation with a connector; every answer is timed. */
export type Visit = Readonly<{
  target: Target;
  /** Every answer so far, in order. */
  heard: readonly Said[];
  send(method: string, path: string, sending?: Sending): Promise<Said>;
  /** A new payment's body; sends nothing. */
  asking(facts: Members): Asked;
  create(asked: Asked, sending?: Sending): Promise<Said>;
  operate(verb: "cancellations" | "settlements" | "refunds", asked: Asked, facts?: Members): Promise<Said>;
  /** The methods of the manifest. */
  methods(): Promise<readonly string[]>;
}>;

export const newRef = (): string => randomBytes(12).toString("hex").toUpperCase();

export const pairHeaders = ({ appKey, appToken }: Pair): Record<string, string> => ({
  "x-vtex-api-appkey": appKey,
  "x-vtex-api-apptoken": appToken,
});
export const suiteHeader = { "x-vtex-api-is-testsuite": "true" };

const buyer = {
  ...{ id: "b1", firstName: "Ann", lastName: "Buyer", document: "01234567890", documentType: "CPF" },
  ...{ email: "ann@example.com", phone: "+5521987654321", isCorporate: false, corporateName: null },
};
const address = {
  ...{ country: "BRA", street: "Rua A", number: "1", complement: "null", neighborhood: "Centro" },
  ...{ postalCode: "20000000", city: "Rio de Janeiro", state: "RJ" },
};

/** Everything that the gateway always sends. */
function bodyOf({ currency, desk }: Target, facts: Members): Asked {
  const paymentId = newRef();
  const item = { id: "1", name: "Shirt", price: 57, quantity: 1, discount: 0, deliveryType: "normal" };
  return {
    ...{
      reference: "32478982",
      orderId: "v32478982",
      shopperInteraction: "ecommerce",
      verificationOnly: false,
    },
    ...{ transactionId: newRef(), paymentId, paymentMethodCustomCode: null, merchantName: "homologation" },
    ...{ value: 57, currency, installments: 1, installmentsInterestRate: 0, installmentsValue: 57 },
    ...{ deviceFingerprint: "12ade389087fe", ipAddress: "127.0.0.1", card: null, recipients: null },
    miniCart: {
      ...{ shippingValue: 0, taxValue: 0, buyer, shippingAddress: address, billingAddress: address },
      items: [item],
    },
    url: "https://admin.example.com/orders/v32478982",
    callbackUrl: desk.urlFor(paymentId),
    returnUrl: "https://shop.example.com/checkout",
    inboundRequestsUrl: `https://api.example.com/payments/${paymentId}/inbound-request/:action`,
    ...{ sandBoxMode: false, totalCartValue: 57, merchantSettings: [], connectorMetadata: [] },
    ...facts,
  };
}

async function send(target: Target, method: string, path: string, sending: Sending): Promise<Said> {
  const { body, headers = { ...pairHeaders(target.pair), ...suiteHeader } } = sending;
  const began = target.now();
  const answer = await target.fetch(`${target.baseUrl}/${path}`, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    redirect: "manual",
  });
  const text = await answer.text();
  const ms = target.now() - began;
  let read: unknown = null;
  try {
    read = JSON.parse(text);
  } catch {
    // What is no JSON has no members; the case says what it misses.
  }
  return { status: answer.status, text, ms, body: typeof read === "object" && read ? { ...read } : {} };
}

export function visitOf(target: Target): Visit {
  const heard: Said[] = [];
  const note = (said: Said): Said => {
    heard.push(said);
    return said;
  };
  const visit: Visit = {
    target,
    heard,
    send: async (method, path, sending = {}) => note(await send(target, method, path, sending)),
    asking: (facts) => bodyOf(target, facts),
    create: (asked, sending = {}) => visit.send("POST", "payments", { body: asked, ...sending }),
    operate: (verb, { paymentId, transactionId }, facts = {}) =>
      visit.send("POST", `payments/${paymentId}/${verb}`, {
        body: {
          paymentId,
          transactionId,
          requestId: newRef(),
          settleId: null,
          authorizationId: "",
          ...facts,
        },
      }),
    async methods() {
      const { body } = await visit.send("GET", "manifest", { headers: {} });
      const listed = Array.isArray(body.paymentMethods) ? body.paymentMethods : [];
      return listed.map((method: Members) => String(method.name));
    },
  };
  return visit;
}
