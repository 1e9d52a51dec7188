import { type Answer, type Asking, type Callback, headersOf, pair, type VtexWorld } from "./vtex-world";

const suite = { ...headersOf(pair), "x-vtex-api-is-testsuite": "true" };

/** The cards of VTEX's suite, by what becomes of them. */
export const cards = {
  approved: "4444333322221111",
  denied: "4444333322221112",
  later: "4222222222222224",
  laterDenied: "4222222222222225",
};

let counter = 0;
export const fresh = (name: string): string => {
  counter += 1;
  return `${name}-${counter}`;
};

export type Create = Record<string, unknown> & Readonly<{ paymentId: string; callbackUrl: string }>;

/** The body of a new payment: a Visa without a card, unless told otherwise. */
export function creating(facts: Record<string, unknown> = {}): Create {
  const paymentId = fresh("PAY");
  return {
    ...{ paymentId, transactionId: fresh("TX"), reference: "32478982", orderId: fresh("v324") },
    ...{
      paymentMethod: "Visa",
      paymentMethodCustomCode: null,
      merchantName: "acme",
      currency: "USD",
      value: 57,
    },
    ...{ shopperInteraction: "ecommerce", card: null },
    callbackUrl: `https://shop.test/api/callback/${paymentId}?accountName=acme&X-VTEX-signature=s3cr%20t+q`,
    ...facts,
  };
}

export const withCard = (number: string) => ({
  card: { holder: "A", number, csc: "021", expiration: { month: "9", year: "30" } },
});

type Facts = Record<string, unknown>;

/** What VTEX's gateway does at a connector, and what came of it elsewhere. */
export type Gateway = Readonly<{
  create(body: Create, init?: Asking): Promise<Answer>;
  settle(body: Create, value: number, facts?: Facts, init?: Asking): Promise<Answer>;
  refund(body: Create, value: number, facts?: Facts): Promise<Answer>;
  cancel(body: Create, facts?: Facts): Promise<Answer>;
  callbacksOf(body: Create): Callback[];
  /** What the network did about a payment, in order. */
  moves(body: Create): Promise<string[]>;
  paySlip(body: Create): Promise<void>;
  /** Lets time go by and what is due be done. */
  pass(ms: number): Promise<void>;
  /** Every row of every table and every line of the log. */
  everything(): Promise<string>;
}>;

export function gatewayOf(world: () => VtexWorld): Gateway {
  const operate = (verb: string, body: Create, facts: Facts, init: Asking = {}) =>
    world().ask(`payments/${body.paymentId}/${verb}`, {
      body: { paymentId: body.paymentId, requestId: fresh("RQ"), ...facts },
      ...init,
    });
  const paymentOf = async ({ paymentId }: Create) => {
    const { database, processor } = world().process;
    const opened = await database.client.vtexPayment.findFirst({ where: { merchantId: "m_1", paymentId } });
    if (!opened) return undefined;
    const { externalRef, chargeId } = opened;
    const found = await processor.payments.find({ merchantId: "m_1", externalRef });
    return found.find(({ id }) => id === chargeId);
  };
  return {
    create: (body, init) => world().ask("payments", { body, headers: suite, ...init }),
    settle: (body, value, facts = {}, init) => operate("settlements", body, { value, ...facts }, init),
    refund: (body, value, facts = {}) => operate("refunds", body, { value, ...facts }),
    cancel: (body, facts = {}) => operate("cancellations", body, facts),
    callbacksOf: ({ callbackUrl }) => world().callbacks.filter(({ url }) => url === callbackUrl),
    async moves(body) {
      const payment = await paymentOf(body);
      const names = [payment?.id, payment?.reference];
      return (await world().world.moves())
        .filter(({ challengeId, type }) => names.includes(challengeId) && type !== "payment")
        .map(({ type, amount }) => `${type} ${amount}`);
    },
    async paySlip(body) {
      const address = `http://farebox.test/demo/wallet/slips/${(await paymentOf(body))?.reference}/payments`;
      const init = { method: "POST", body: JSON.stringify({ payer: "ann" }) };
      const answer = await world().world.demo.handle(new Request(address, init));
      if (answer.status !== 201) throw new Error(await answer.text());
    },
    async pass(ms) {
      world().world.clock.pass(ms);
      await world().settle();
    },
    async everything() {
      const { client } = world().world.database;
      const tables = await client.$queryRaw<{ name: string }[]>`
        select table_name as name from information_schema.tables where table_schema = 'public'`;
      const texts = await Promise.all(
        tables.map(({ name }) =>
          client.$queryRawUnsafe<{ text: string | null }[]>(
            `select string_agg(t::text, '') as text from "${name}" t`,
          ),
        ),
      );
      return [...texts.flat().map(({ text }) => text ?? ""), ...world().logged].join("\n");
    },
  };
}
