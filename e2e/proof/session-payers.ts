import { setTimeout as pause } from "node:timers/promises";
import type { Gateway } from "./gateways";
import type { Random } from "./random";
import type { SessionGround } from "./session-ground";
import { credentialOf, type Heard, hear, offerAt, type SessionOffer } from "./session-wire";

/** One session as its payer lived it. */
export type Session = {
  readonly id: string;
  readonly returnInvoice: string;
  /** Payment hashes of what was put in. */
  readonly paid: string[];
  /** Every answer that was asked to cost something. */
  readonly answers: Heard[];
  /** What the close was answered; `null` for whoever left without one. */
  closed: Record<string, unknown> | null;
};

export type SessionPayers = Readonly<{
  /** Opens, spends, tops up and closes until `stop`; then ends the session it is in. */
  work(): Promise<void>;
  stop(): void;
  all(): readonly Session[];
  topUps(): number;
  /** Has it answered anything that was presented? */
  isBusy(gateway: Gateway): boolean;
  violations(): readonly string[];
}>;

const patienceMs = 240_000;
const again = (heard: Heard): boolean =>
  heard.status === 0 || heard.status >= 500 || /in-progress|too-many|rate/.test(heard.problem);

export function createSessionPayers(
  { wallet }: SessionGround,
  { live, random }: { live: ReadonlySet<Gateway>; random: Random },
): SessionPayers {
  const sessions: Session[] = [];
  const violations: string[] = [];
  const busy = new WeakSet<Gateway>();
  /** While processes die nobody gives up: what was paid for has an end. */
  let deadline = Number.POSITIVE_INFINITY;
  let isStopped = false;
  let made = 0;
  let topUps = 0;

  const someGateway = async (): Promise<Gateway> => {
    for (;;) {
      const open = [...live].filter((gateway) => gateway.isAlive());
      if (open.length > 0) return random.pick(open);
      await pause(20);
    }
  };
  const newPath = (): string => {
    made += 1;
    return random.oneIn(3) ? `/v1/call/c${made}` : `/v1/stream/s${made}-${5 + random.below(60)}`;
  };
  const say = (session: Session, what: string, { status, problem }: Heard) =>
    violations.push(`${session.id}: ${what} was answered ${status} ${problem}.`);

  /** Presents one credential until it has had its effect, which it has once however often it is presented. */
  const insist = async (
    asked: Parameters<typeof hear>[1],
    isDone: (heard: Heard) => boolean,
    note: (heard: Heard) => void = () => undefined,
  ): Promise<Heard> => {
    for (;;) {
      const gateway = await someGateway();
      const heard = await hear(gateway, asked);
      if (heard.status > 0) busy.add(gateway);
      note(heard);
      if (isDone(heard) || !again(heard) || performance.now() > deadline) return heard;
      await pause(50 + random.below(100));
    }
  };

  const topUp = async (session: Session, path: string): Promise<void> => {
    const offer = await offerAt(someGateway, path);
    const topUpPreimage = await wallet.pay(offer.invoice);
    session.paid.push(offer.paymentHash);
    topUps += 1;
    const credential = credentialOf(offer, { action: "topUp", sessionId: session.id, topUpPreimage });
    const heard = await insist({ path, credential }, ({ status }) => status === 200);
    if (heard.body.status !== "ok") say(session, "a paid top-up", heard);
    if (random.oneIn(4)) await insist({ path, credential }, ({ status }) => status === 200); // must add nothing
  };

  const noteAnswer = (session: Session) => (heard: Heard) => {
    if (heard.status === 200 || heard.status === 0) session.answers.push(heard);
    if (heard.fault) violations.push(`${session.id}: ${heard.fault}.`);
  };

  const open = async (): Promise<{ session: Session; offer: SessionOffer; preimage: string }> => {
    const path = newPath();
    const offer = await offerAt(someGateway, path);
    const preimage = await wallet.pay(offer.invoice);
    const returnInvoice = wallet.invoice({ expirySeconds: 86_400 });
    const id = offer.paymentHash;
    const session: Session = { id, returnInvoice, paid: [id], answers: [], closed: null };
    sessions.push(session);
    const credential = credentialOf(offer, { action: "open", preimage, returnInvoice });
    const onNeed = () => topUp(session, path);
    const isDone = ({ status, problem }: Heard) => status === 200 || problem.endsWith("response-not-kept");
    const heard = await insist({ path, credential, onNeed }, isDone, noteAnswer(session));
    if (!isDone(heard)) say(session, "a paid opening", heard);
    return { session, offer, preimage };
  };

  const use = async (session: Session, offer: SessionOffer, preimage: string): Promise<void> => {
    const path = newPath();
    const credential = credentialOf(offer, { action: "bearer", sessionId: session.id, preimage });
    const onNeed = () => topUp(session, path);
    for (;;) {
      const isDone = ({ status }: Heard) => status === 200;
      const heard = await insist({ path, credential, onNeed }, isDone, noteAnswer(session));
      if (!heard.problem.endsWith("insufficient-balance")) {
        if (!isDone(heard)) say(session, "a request that was paid for", heard);
        return;
      }
      await topUp(session, path);
    }
  };

  const close = async (session: Session, offer: SessionOffer, preimage: string): Promise<void> => {
    const credential = credentialOf(offer, { action: "close", sessionId: session.id, preimage });
    const path = "/v1/call/close";
    const heard = await insist({ path, credential }, ({ status }) => status === 200);
    if (heard.body.status === "closed") session.closed = heard.body;
    else say(session, "a close", heard);
    if (random.oneIn(3)) await insist({ path, credential }, ({ status }) => status === 200); // must send nothing
  };

  const liveOnce = async (): Promise<void> => {
    const { session, offer, preimage } = await open();
    for (let left = random.below(4); left > 0 && !isStopped; left -= 1) {
      const width = 1 + random.below(2);
      await Promise.all(Array.from({ length: width }, () => use(session, offer, preimage)));
    }
    if (random.oneIn(6)) return; // gone without a word; the merchant closes
    await close(session, offer, preimage);
  };

  return {
    async work() {
      while (!isStopped) await liveOnce();
    },
    stop() {
      isStopped = true;
      deadline = performance.now() + patienceMs;
    },
    all: () => sessions,
    topUps: () => topUps,
    isBusy: (gateway) => busy.has(gateway),
    violations: () => violations,
  };
}
