import { type StripeDouble, startStripe } from "@/e2e/networks/stripe/double";
import { type Challenge, formatCredential, parseChallenges } from "@/lib/protocol";
import type { Runtime } from "@/lib/runtime";
import { createPaidWorld, type PaidWorld } from "./paid-world";

export const cheapPath = "/v1/cheap/1";

/** Two processes that sell over a card rail, with the double as its network. */
export type StripeWorld = Readonly<{
  world: PaidWorld;
  double: StripeDouble;
  runtimeOf(process?: number): Runtime;
  challenge(): Promise<Challenge>;
  /** A token for so many cents. */
  grant(amount?: number): string;
  presented(offer: Challenge, spt: string, process?: number): Promise<Response>;
  /** Pays and is served; answers the charge. */
  paid(): Promise<NonNullable<Awaited<ReturnType<StripeWorld["chargeOf"]>>>>;
  chargeOf(challengeId: string): ReturnType<Runtime["database"]["client"]["charge"]["findFirst"]>;
  captures(): number;
  /** Everything that waits in the queue, at once. */
  settle(process?: number): Promise<void>;
  close(): Promise<void>;
}>;

async function sell(world: PaidWorld, double: StripeDouble): Promise<void> {
  const { secretKey, webhookSecret, ...open } = double.settings();
  const secrets = { secretKey: { $secret: secretKey }, webhookSecret: { $secret: webhookSecret } };
  await world.apply((document) => {
    document.rails.push({ id: "cards", kind: "stripe", mode: "test", settings: { ...open, ...secrets } });
    const [api] = document.services;
    if (!api) throw new Error("The world sells something.");
    api.rails = ["cards", "demo"];
    const sold = (path: string, amount: string) => ({
      ...{ method: "GET", path, price: { amount, currency: "USD" }, description: "Forecast" },
    });
    api.endpoints = [sold("/v1/cheap/{id}", "2.50"), sold("/v1/small", "0.49")];
  });
}

export async function createStripeWorld(): Promise<StripeWorld> {
  const double = await startStripe();
  const world = await createPaidWorld({ processes: 2 });
  await sell(world, double);
  const runtimeOf = (process = 0) => {
    const runtime = world.runtimes[process];
    if (!runtime) throw new Error("There is no such process.");
    return runtime;
  };
  const challenge = async () => {
    const answer = await world.ask(cheapPath);
    const offers = parseChallenges(answer.headers.get("www-authenticate") ?? "");
    const found = offers.find(({ method }) => method === "stripe");
    if (!found) throw new Error(`No offer of the rail: ${answer.status}`);
    return found;
  };
  const grant = (amount = 250) => double.grant({ amount, currency: "usd" }).id;
  const presented: StripeWorld["presented"] = (offer, spt, process = 0) =>
    world.ask(cheapPath, {
      process,
      headers: { authorization: formatCredential({ challenge: offer, payload: { spt } }) },
    });
  const chargeOf: StripeWorld["chargeOf"] = (challengeId) =>
    runtimeOf().database.client.charge.findFirst({ where: { challengeId } });
  return {
    ...{ world, double, runtimeOf, challenge, grant, presented, chargeOf },
    async paid() {
      const offer = await challenge();
      const answer = await presented(offer, grant());
      const charge = await chargeOf(offer.id);
      if (answer.status !== 200 || !charge) throw new Error(`Not paid: ${answer.status}`);
      return charge;
    },
    captures: () => double.log().filter(({ type }) => type === "capture").length,
    async settle(process = 0) {
      const { database, jobs, processor } = runtimeOf(process);
      await database.client.$executeRaw`update job set run_at = now() - interval '1 minute'`;
      while ((await jobs.work(processor.handlers, 100)) > 0);
    },
    async close() {
      await world.close();
      await double.down();
    },
  };
}
