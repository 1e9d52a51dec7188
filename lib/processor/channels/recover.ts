import { errorText } from "@/lib/kit";
import { Money } from "@/lib/money";
import type { Inside } from "../deps";
import { channelOf } from "./channel";
import { closeChannel } from "./close";
import * as closes from "./close-store";
import type { PutIn } from "./deposit";
import * as deposits from "./deposit-store";
import { credit } from "./put-in";
import { findChannel } from "./query-store";
import { endUse } from "./serve";
import type { Use } from "./use";
import * as uses from "./use-store";

/** A rail may take 20 s; a deposit that is older and in nobody's hands is asked about again. */
const forgottenMs = 30_000;

/** Finds what nobody works on any more and brings it to its end. */
export async function recoverChannels(deps: Inside): Promise<number> {
  return (await recoverUses(deps)) + (await recoverDeposits(deps)) + (await requeueCloses(deps));
}

/** Answers whose process died: what had left is a receipt, what had not goes back to the balance. */
async function recoverUses(deps: Inside): Promise<number> {
  const { client } = deps.database;
  const { number } = deps.presence;
  let ended = 0;
  for (const row of await uses.listUses(client, number)) {
    if (row.owner === number && deps.hands.has(row.id)) continue;
    const channel = await findChannel(client, row.channelId);
    const isOurs =
      row.owner === number || (await uses.adoptUse(client, { id: row.id, from: row.owner, owner: number }));
    if (!channel || !isOurs) continue;
    const use: Use = {
      id: row.id,
      channel: channelOf(channel),
      service: { id: row.serviceId, slug: row.serviceSlug },
      endpoint: { id: row.endpointId, label: row.endpointLabel, priceVersion: row.priceVersion },
      list: { amount: row.listAmount, currency: row.listCurrency },
      challengeId: row.challengeId,
      credentialHash: row.credentialHash,
      fingerprint: row.fingerprint,
      requestId: row.requestId,
      idempotencyKey: row.idempotencyKey,
      answers: [],
      spent: BigInt(row.spent.toFixed()),
      reserved: BigInt(row.reserved.toFixed()),
      units: row.units,
      startedAt: row.startedAt,
    };
    deps.hands.take(row.id);
    const zero = Money.zero(use.channel.deposit.currency);
    await endUse(deps, use, {
      status: 200,
      bytes: 0,
      upstreamMs: null,
      totalMs: null,
      rest: { cost: zero, units: 0n },
      kept: null,
      reason: "interrupted",
    });
    ended += 1;
  }
  return ended;
}

/** Deposits that were asked about and never written down: the rail is asked again under the same key. */
async function recoverDeposits(deps: Inside): Promise<number> {
  const { client } = deps.database;
  const before = new Date(deps.clock.now().getTime() - forgottenMs);
  let moved = 0;
  for (const row of await deposits.listAsked(client, before)) {
    if (deps.hands.has(row.id) || row.sealedPayload === null) continue;
    const rail = await deps.rail(row.merchantId, row.railSlug);
    if (!rail?.abilities.sessions) continue;
    deps.hands.take(row.id);
    try {
      const owner = deps.presence.number;
      if (!(await deposits.adoptDeposit(client, { id: row.id, from: row.owner, owner }))) continue;
      const place = deposits.sealedPlace(row.id, row.merchantId);
      const payload: unknown = JSON.parse(deps.seal.open(Buffer.from(row.sealedPayload).toString(), place));
      const input: PutIn = {
        verb: row.verb === "open" ? "open" : "topUp",
        channelId: row.channelId,
        challengeId: row.challengeId,
        challengeExpires: row.createdAt,
        credentialHash: row.credentialHash,
        fingerprint: row.fingerprint,
        merchantId: row.merchantId,
        mode: row.mode === "live" ? "live" : "test",
        service: { id: row.serviceId, slug: row.serviceSlug },
        endpointId: row.endpointId,
        rail,
        method: row.method,
        offer: row.offer as Record<string, unknown>,
        payload,
        claims: [],
        ...(row.payer === null ? {} : { source: row.payer }),
      };
      const said = await credit(deps, input, row.id);
      moved += Number(said.outcome === "credited");
    } catch (error) {
      deps.log("error", "channel.deposit-not-recovered", { reason: row.id, error: errorText(error) });
    } finally {
      deps.hands.leave(row.id);
    }
  }
  return moved;
}

async function requeueCloses(deps: Inside): Promise<number> {
  const { client } = deps.database;
  const own = { owner: deps.presence.number, working: deps.hands.all() };
  const lost = await closes.listOrphanedCloses(client, own);
  for (const id of lost) await deps.jobs.enqueue(client, closes.closeJob(id, deps.clock.now()));
  return lost.length;
}

const atOnce = 8;

/** Closes channels that nobody has used for as long as their challenge said; what is left goes back. */
export async function closeIdle(deps: Inside): Promise<number> {
  const idle = await closes.listIdle(deps.database.client, deps.clock.now());
  let closed = 0;
  for (let start = 0; start < idle.length; start += atOnce) {
    const ends = await Promise.all(
      idle.slice(start, start + atOnce).map(async (row) => {
        const rail = await deps.rail(row.merchantId, row.railSlug);
        if (!rail?.abilities.sessions) return 0;
        const channel = channelOf(row);
        await closeChannel(deps, { channel, rail, by: "idle", payload: null, credentialHash: null });
        return 1;
      }),
    );
    closed += ends.filter((end) => end === 1).length;
  }
  return closed;
}
