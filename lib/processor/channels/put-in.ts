import { errorText, FailpointReached, failpoint, newId, sameSecret } from "@/lib/kit";
import { Money } from "@/lib/money";
import { Problem } from "@/lib/problems";
import type { Opened, Refused, Sessions } from "@/lib/rails";
import { challengeClaim, moneyClaimsOf } from "../charges/take-payment";
import type { Inside } from "../deps";
import { lateOpenMs, lookNow } from "../issued/look";
import { findByChallenge } from "../issued/store";
import { areMoney, ask, type No, noOf, refusal, retryUnavailableMs, retryUnknownMs } from "./ask";
import { channelOf, railChannelOf } from "./channel";
import type { PutIn, PutInAnswer } from "./deposit";
import * as store from "./deposit-store";
import { findChannel, findDeposit } from "./query-store";

const triesMax = 5;

/** Puts money into a channel once: claim, then the rail, then the fact. */
export async function putIn(deps: Inside, input: PutIn): Promise<PutInAnswer> {
  const sessions = sessionsOf(input);
  const { client } = deps.database;
  const known = await orUnavailable(deps, () => findDeposit(client, challengeClaim(input.challengeId)));
  if (known) return await present(deps, input);
  const wrong = await orUnavailable(deps, () => faultOf(deps, input, sessions));
  if (wrong) return answerOf(wrong);

  const id = newId("dep");
  deps.hands.take(id);
  try {
    await failpoint("before-claim-commit");
    const won = await orUnavailable(deps, () =>
      store.claimDeposit(client, input, {
        id,
        owner: deps.presence.number,
        at: deps.clock.now(),
        challenge: challengeClaim(input.challengeId),
        money: moneyClaimsOf(input.rail.kind, input.claims),
        sealedPayload: store.sealPayload(deps, id, input),
      }),
    );
    if (!won) return await present(deps, input);
    await failpoint("after-claim");
    return await credit(deps, input, id);
  } finally {
    deps.hands.leave(id);
  }
}

export function sessionsOf({ rail }: Pick<PutIn, "rail">): Sessions {
  const { sessions } = rail.abilities;
  if (!sessions) throw new Problem("unavailable", "This rail takes no sessions at the moment.");
  return sessions;
}

/** When the store fails here nothing has been asked of the rail, and the credential stays good. */
async function orUnavailable<T>(deps: Inside, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FailpointReached) throw error;
    deps.log("error", "channel.not-claimed", { error: errorText(error) });
    throw new Problem("unavailable", "Nothing was taken. Repeat the request with the same credential.", {
      cause: error,
      retryAfter: 5,
      members: { paymentState: "none" },
    });
  }
}

/** Why this credential cannot put anything in: not issued here, another object's money, or too late. */
async function faultOf(deps: Inside, input: PutIn, sessions: Sessions): Promise<No | null> {
  const { draws } = input.rail.abilities;
  const row = draws ? await findByChallenge(deps.database.client, input.challengeId) : null;
  if (draws && !row?.moneyKey) return refusal(sessions, "unknownChallenge");
  if (row?.moneyKey && !moneyClaimsOf(input.rail.kind, input.claims).includes(row.moneyKey)) {
    return refusal(sessions, "wrongProof");
  }
  const at = deps.clock.now();
  if (input.challengeExpires > at) return null;
  const isPast = !draws || input.challengeExpires.getTime() + lateOpenMs <= at.getTime();
  const arrived = isPast ? "unpaid" : await lookNow(deps, input.challengeId);
  if (arrived === "no-answer") {
    return { outcome: "unavailable", reason: arrived, retryAfterMs: retryUnavailableMs };
  }
  return arrived === "paid" ? null : refusal(sessions, "expired");
}

const answerOf = ({ reason: _reason, ...no }: No): PutInAnswer => no;

/** A challenge that was consumed before: by this very credential, or by another. */
async function present(deps: Inside, input: PutIn): Promise<PutInAnswer> {
  const { client } = deps.database;
  const sessions = sessionsOf(input);
  const found = await findDeposit(client, challengeClaim(input.challengeId));
  if (!found || found === "charge") return answerOf(refusal(sessions, "unknownChallenge"));
  const { deposit, isOwnerAlive } = found;
  const isSame =
    sameSecret(deposit.credentialHash, input.credentialHash) &&
    (input.verb === "topUp" || sameSecret(deposit.fingerprint, input.fingerprint));
  if (!isSame) return answerOf(refusal(sessions, "unknownChallenge"));
  if (deposit.state === "credited") return await creditedBefore(deps, deposit.channelId);
  const isInHands = deposit.owner === deps.presence.number ? deps.hands.has(deposit.id) : isOwnerAlive;
  if (isInHands) return { outcome: "in-progress" };

  deps.hands.take(deposit.id);
  try {
    const adopted = { id: deposit.id, from: deposit.owner, owner: deps.presence.number };
    if (!(await store.adoptDeposit(client, adopted))) return { outcome: "in-progress" };
    await failpoint("in-recovery");
    return await credit(deps, input, deposit.id);
  } finally {
    deps.hands.leave(deposit.id);
  }
}

async function creditedBefore(deps: Inside, channelId: string | null): Promise<PutInAnswer> {
  const row = channelId === null ? null : await findChannel(deps.database.client, channelId);
  return row ? { outcome: "credited", channel: channelOf(row), again: true } : { outcome: "in-progress" };
}

/** Asks the rail, under a key that is the deposit's own, and writes what it said. */
export async function credit(deps: Inside, input: PutIn, id: string): Promise<PutInAnswer> {
  const said = input.verb === "open" ? await open(deps, input, id) : await topUp(deps, input, id);
  if (said.outcome === "credited" || said.outcome === "in-progress") return said;
  // A refusal, and a rail that was surely not reached, leave nothing behind: the same credential starts over.
  if (said.outcome === "unknown") await store.disownDeposit(deps.database.client, id);
  else await store.releaseDeposit(deps.database.client, id);
  return said;
}

const asking = (input: PutIn, id: string, amount: Money) => ({
  key: id,
  rail: input.rail,
  amount,
  challengeId: input.challengeId,
  offer: input.offer,
});

const unknown = { outcome: "unknown", retryAfterMs: retryUnknownMs } as const;

/** Writes a fact that the rail told. When it cannot be written, the row still says that the rail was asked. */
async function written(deps: Inside, id: string, write: () => Promise<boolean>): Promise<boolean | null> {
  try {
    await failpoint("before-ledger-post");
    const isOurs = await write();
    await failpoint("after-settle-recorded");
    return isOurs;
  } catch (error) {
    if (error instanceof FailpointReached) throw error;
    deps.log("error", "channel.not-recorded", { reason: id, error: errorText(error) });
    return null;
  }
}

async function open(deps: Inside, input: PutIn, id: string): Promise<PutInAnswer> {
  const sessions = sessionsOf(input);
  const zero = Money.zero({ code: "XXX", exponent: 0 });
  await failpoint("before-rail");
  const said: Opened | Refused = await ask(deps, asking(input, id, zero), (effect) =>
    sessions.open(input.payload, input.offer, effect),
  );
  await failpoint("after-rail");
  if (said.outcome !== "opened") return answerOf(noOf(said));
  const { reference, deposit, accepted, payer, data } = said;
  const isSound =
    areMoney(deposit, deposit, accepted) && deposit.units > 0n && accepted.units <= deposit.units;
  if (!isSound || !reference || reference.length > 200) {
    deps.log("error", "rail.conflict", { rail: input.rail.slug, reason: `${id}: opened on other terms` });
    return unknown;
  }
  const { idleMs } = sessions.terms;
  const facts = { accepted, payer: payer ?? input.source ?? null, data, idleMs, prepaid: sessions.prepaid };
  const at = deps.clock.now();
  const given = { id, channelId: reference, reason: "channel.opened", input, amount: deposit, at } as const;
  const isOurs = await written(deps, id, () =>
    store.creditOpen(deps.database.client, { ...given, opened: facts }),
  );
  if (isOurs === null) return unknown;
  const row = await findChannel(deps.database.client, reference);
  return row ? { outcome: "credited", channel: channelOf(row), again: !isOurs } : unknown;
}

async function topUp(deps: Inside, input: PutIn, id: string): Promise<PutInAnswer> {
  const { client } = deps.database;
  const sessions = sessionsOf(input);
  for (let attempt = 1; attempt <= triesMax; attempt += 1) {
    const row = input.channelId === null ? null : await findChannel(client, input.channelId);
    if (row?.status !== "open") return answerOf(refusal(sessions, row ? "closed" : "notFound"));
    const channel = railChannelOf(row);
    await failpoint("before-rail");
    const said = await ask(deps, asking(input, id, channel.deposit), (effect) =>
      sessions.topUp(channel, input.payload, effect),
    );
    await failpoint("after-rail");
    if (said.outcome !== "topped-up") return answerOf(noOf(said));
    const { deposit, accepted } = said;
    const isSound = areMoney(channel.deposit, deposit, accepted) && accepted.units <= deposit.units;
    if (!isSound || deposit.units <= channel.deposit.units) {
      deps.log("error", "rail.conflict", {
        rail: input.rail.slug,
        reason: `${id}: topped up on other terms`,
      });
      return unknown;
    }
    const topped = { before: channel.deposit, deposit, accepted };
    const amount = Money.subtract(deposit, channel.deposit);
    const at = deps.clock.now();
    const given = { id, channelId: row.id, reason: "channel.topped_up", input, amount, at } as const;
    const isOurs = await written(deps, id, () => store.creditTopUp(client, { ...given, topped }));
    if (isOurs === null) return unknown;
    if (isOurs) deps.channelWakes.wake(row.id);
    const now = await findChannel(client, row.id);
    if (isOurs && now) return { outcome: "credited", channel: channelOf(now), again: false };
    const standing = await findDeposit(client, challengeClaim(input.challengeId));
    if (standing && standing !== "charge" && standing.deposit.state === "credited") {
      return await creditedBefore(deps, row.id);
    }
  }
  return { outcome: "unavailable", retryAfterMs: retryUnavailableMs };
}
