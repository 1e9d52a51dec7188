import { setTimeout as pause } from "node:timers/promises";
import { Money } from "@/lib/money";
import { Problem } from "@/lib/problems";
import type { Gateway } from "./gateways";
import type { Ground } from "./ground";
import { type Answered, ask, payAtWallet, type RailBehaviour } from "./payer";
import type { Random } from "./random";

const usd = { code: "USD", exponent: 2 };
const finishMs = 90_000;
/** A process that dies this soon after an answer may not have noted that it left. */
const noteMs = 1_000;

/** One payment as its payer saw it. */
export type Payment = {
  readonly path: string;
  readonly rail: RailBehaviour;
  readonly headers: Record<string, string>;
  readonly challengeId: string;
  /** Gone at the first trouble, never to come back. */
  readonly isImpatient: boolean;
  state: "open" | "served" | "refused" | "left";
  servedBy: Gateway | null;
  servedAt: number;
  servedAgain: number;
  told: string[];
};

export type Payers = Readonly<{
  /** Pays, repeats and refunds until `stop`. */
  work(): Promise<void>;
  stop(): void;
  /** Presents what is still open until it has an end; says what has none. */
  finish(): Promise<string[]>;
  all(): readonly Payment[];
  violations(): readonly string[];
}>;

const rails: readonly RailBehaviour[] = [...Array<"approve">(12).fill("approve"), "unknown", "decline"];

export function createPayers(
  ground: Ground,
  { live, random }: { live: ReadonlySet<Gateway>; random: Random },
): Payers {
  const payments: Payment[] = [];
  const violations: string[] = [];
  let isStopped = false;
  let made = 0;

  const someGateway = async (): Promise<Gateway> => {
    for (;;) {
      const open = [...live].filter((gateway) => gateway.isAlive());
      if (open.length > 0) return random.pick(open);
      await pause(20);
    }
  };

  const buy = async (): Promise<Payment | null> => {
    made += 1;
    const number = made;
    const path = `/v1/item/${number}`;
    ground.upstream.behave(path, random.oneIn(5) ? "stream" : "ok");
    const demand = await ask(await someGateway(), path);
    if (demand?.status !== 402) return null;
    const rail = random.pick(rails);
    const { credential, challengeId } = await payAtWallet(
      ground.runtime,
      demand.headers["www-authenticate"] ?? "",
      rail,
    );
    const key = random.oneIn(3) ? { "idempotency-key": `key-${number}` } : {};
    return {
      path,
      rail,
      challengeId,
      headers: { authorization: credential, ...key },
      isImpatient: random.oneIn(10),
      state: "open",
      servedBy: null,
      servedAt: 0,
      servedAgain: 0,
      told: [],
    };
  };

  /** Presents a payment once; true when it has its end. */
  const present = async (payment: Payment): Promise<boolean> => {
    const gateway = await someGateway();
    const answer = await ask(gateway, payment.path, payment.headers);
    payment.told.push(answer ? String(answer.status) : "cut");
    if (answer?.status === 200) return note(payment, gateway);
    if (answer?.status === 402) payment.state = "refused";
    else if (payment.isImpatient) payment.state = "left";
    return payment.state !== "open";
  };

  const note = (payment: Payment, gateway: Gateway): true => {
    Object.assign(payment, { state: "served", servedBy: gateway, servedAt: performance.now() });
    return true;
  };

  /** A spent credential once more: worth nothing, unless the process that served it died before it could note that. */
  const repeat = async (payment: Payment): Promise<void> => {
    const answer = await ask(await someGateway(), payment.path, payment.headers);
    if (!answer || !isServedAnew(answer)) return;
    payment.servedAgain += 1;
    const diedAt = payment.servedBy?.diedAt() ?? Number.POSITIVE_INFINITY;
    if (diedAt - payment.servedAt > noteMs)
      violations.push(`${payment.path} was served twice: ${payment.told.join(" ")}.`);
  };

  const refund = async (payment: Payment): Promise<void> => {
    const { database, processor } = ground.runtime;
    const charge = await database.client.charge.findFirst({ where: { challengeId: payment.challengeId } });
    if (!charge?.receiptId) return;
    const { receiptId, merchantId } = charge;
    const asked = [1, 2].map(async (turn) => {
      const amount = Money.of(BigInt(10 + random.below(60)), usd);
      const key = `${payment.path}-${turn}`;
      await processor
        .requestRefund({ receiptId, merchantId, amount, key, actor: "system" })
        .catch((error: unknown) => {
          if (!Problem.is(error) || error.status >= 500) throw error;
        });
    });
    await Promise.all(asked);
  };

  return {
    async work() {
      while (!isStopped) {
        const payment = await buy();
        if (!payment) continue;
        payments.push(payment);
        while (!isStopped && !(await present(payment))) await pause(50);
        if (payment.state !== "served") continue;
        if (random.oneIn(4)) await refund(payment);
        if (random.oneIn(3)) await repeat(payment);
      }
    },
    stop() {
      isStopped = true;
    },
    async finish() {
      const deadline = performance.now() + finishMs;
      const open = payments.filter(({ state }) => state === "open");
      await Promise.all(
        open.map(async (payment) => {
          while (performance.now() < deadline && !(await present(payment))) await pause(250);
        }),
      );
      return open
        .filter(({ state }) => state === "open")
        .map(
          ({ path, rail, told, headers }) =>
            `${path} has no end (rail ${rail}, key ${headers["idempotency-key"] ?? "none"}): ${told.slice(0, 5).join(" ")} … ${told.slice(-5).join(" ")}.`,
        );
    },
    all: () => payments,
    violations: () => violations,
  };
}

const isServedAnew = ({ status, headers }: Answered): boolean =>
  status === 200 && !headers["idempotency-replayed"];
