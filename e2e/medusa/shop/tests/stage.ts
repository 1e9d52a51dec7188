import { once } from "node:events";
import { createServer } from "node:http";

type Sums = { captured: string; refunded: string };
export type Truth = {
  payments: number;
  status: string | null;
  farebox: Sums;
  ledger: Sums;
  rail: Sums & { captures: number; refunds: number; voids: number };
};
type Trouble = { method: string; ends: string; what: "lose-answer" | "lose-call" | "refuse"; times: number };
export type Delivery = { headers: Record<string, unknown>; rawData: Buffer };

const given: { origin: string; hook: string; keys: Record<string, string>; noticeSecret: string } =
  JSON.parse(process.env.STAGE ?? "{}");
export const { origin, noticeSecret } = given;

export const optionsOf = (shop: string) => ({
  baseUrl: origin,
  apiKey: given.keys[shop] ?? "",
  webhookSecret: noticeSecret,
  rail: "Money",
});

async function ask<T>(path: string, body: unknown): Promise<T> {
  const response = await fetch(`${origin}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T; // safe: the stage is ours
}

export const stage = {
  truth: (externalRef: string) => ask<Truth>("/stage/truth", externalRef),
  trouble: (trouble: Trouble) => ask<null>("/stage/trouble", trouble),
  calm: () => ask<null>("/stage/calm", null),
  arm: (failpoint: string) => ask<{ armed: true } | null>("/stage/arm", failpoint),
  deaths: async () => (await ask<{ deaths: number }>("/stage/deaths", null)).deaths,
};

type Show = { kind: string; request?: Record<string, unknown>; text?: string };
export const showIn = (data: Record<string, unknown> | undefined): Show => {
  const next = data?.next_action as { show?: Show } | null | undefined; // safe: Farebox's own word
  if (!next?.show) throw new Error("This payment asks nothing of its payer.");
  return next.show;
};

/** What a payer does at the pretend network: the answer is the proof. */
export async function payAtWallet(
  data: Record<string, unknown> | undefined,
  behaviour = "approve",
): Promise<{ token: string }> {
  const { amount, currency, recipient } = showIn(data).request ?? {};
  return await ask("/demo/wallet/payments", {
    challengeId: data?.id,
    amount,
    currency,
    recipient,
    behaviour,
  });
}

/** Pays the slip whose code the payment shows. */
export async function paySlip(data: Record<string, unknown> | undefined): Promise<void> {
  const slip = /slip_[A-Za-z0-9_-]+/.exec(JSON.stringify(showIn(data)))?.[0];
  await ask(`/demo/wallet/slips/${slip}/payments`, {});
}

/** Waits for what happens by itself, such as a notice; forty seconds are more than any of it takes. */
export async function until<T>(what: string, look: () => Promise<T | null | undefined | false>): Promise<T> {
  for (let left = 400; left > 0; left -= 1) {
    const found = await look();
    if (found) return found;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`${what} did not happen.`);
}

/** Medusa's own address for notices: keeps each as Medusa's route would hand it to the module. */
export async function openHook() {
  const deliveries: (Delivery & { path: string })[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer); // safe: no encoding is set
    deliveries.push({ path: request.url ?? "", headers: request.headers, rawData: Buffer.concat(chunks) });
    response.writeHead(200).end();
  });
  server.listen(Number(new URL(given.hook).port), "127.0.0.1");
  await once(server, "listening");
  const bodyOf = ({ rawData }: Delivery) =>
    JSON.parse(rawData.toString()) as { type: string; payment: Record<string, unknown> };
  return {
    /** The notice of a type about a session's payment, once it is there. */
    notice: (type: string, session: string) =>
      until(`${type} of ${session}`, async () =>
        deliveries.find((each) => {
          const body = bodyOf(each);
          return body.type === type && body.payment.externalRef === session;
        }),
      ),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
