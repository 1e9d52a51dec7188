import type { Done } from "@/lib/jobs";
import { errorText, newId, within } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import type { Standing, Notice as Told } from "@/lib/rails";
import { readLimitMs } from "../charges/ask-rail";
import { bookFee } from "../charges/book-fee";
import { isOpen } from "../charges/lifecycle";
import { findById } from "../charges/query-store";
import * as charges from "../charges/store";
import type { ConnectedRail, Inside, Mode } from "../deps";
import { followDisputes } from "../disputes/disputes";
import { type Page, type PageRequest, readPage } from "../paging";
import { submitJob } from "../refunds/store";
import type { Notice } from "./notice";
import * as store from "./store";

/** How often what nobody knows is looked for again: it may have come before our own call returned. */
const attemptsMax = 6;

/** Keeps an authentic callback; what it is about is asked of the network later. The same event counts once. */
export async function receiveNotice(deps: Inside, rail: ConnectedRail, told: Told): Promise<void> {
  const at = deps.clock.now();
  await store.insertNotice(deps.database.client, {
    id: newId("nt", at.getTime()),
    merchantId: rail.merchant.id,
    mode: rail.mode,
    rail: rail.slug,
    event: told.event,
    type: told.type,
    reference: told.reference,
    state: "received",
    chargeId: null,
    attempts: 0,
    fault: null,
    receivedAt: at,
    workedAt: null,
  });
}

/** The job: works on a notice, and notes why when it could not. */
export async function workNotice(deps: Inside, noticeId: string, attempt: number): Promise<Done> {
  const done = await work(deps, noticeId, attempt).catch((error: unknown): Done => {
    deps.log("error", "notice.fault", { reason: noticeId, error: errorText(error) });
    return { again: "The network did not answer in time." };
  });
  if (done !== "done") await store.noteFault(deps.database.client, noticeId, done.again);
  return done;
}

/** Asks the network what became of what a callback named, and hands it to whoever is concerned. */
async function work(deps: Inside, noticeId: string, attempt: number): Promise<Done> {
  const { client } = deps.database;
  const notice = await store.findNotice(client, { id: noticeId });
  if (!notice) return "done";
  const end = async (state: Notice["state"], chargeId: string | null = null): Promise<Done> => {
    await store.endNotice(client, notice.id, { state, chargeId, at: deps.clock.now() });
    return "done";
  };
  const { reference } = notice;
  if (reference === null) return await end("ignored");
  const rail = await deps.rail(notice.merchantId, notice.rail);
  if (!rail) return { again: "The rail is not connected." };
  const standing = await look(deps, { rail, notice, reference });
  if (standing.outcome === "unavailable") return { again: standing.reason };
  const chargeId = await matched(deps, notice, { reference, standing });
  if (chargeId === null) {
    return attempt < attemptsMax ? { again: "Nothing is known under it yet." } : await end("unmatched");
  }
  const isTold = await tell(deps, chargeId, { rail, standing });
  return isTold ? await end("done", chargeId) : { again: "The network did not say." };
}

type Named = Readonly<{ rail: ConnectedRail; notice: Notice; reference: string }>;

const look = (deps: Inside, { rail, notice, reference }: Named): Promise<Standing> =>
  within(readLimitMs, (signal) =>
    rail.abilities.lookup(reference, {
      key: notice.id,
      mode: notice.mode,
      signal,
      now: () => deps.clock.now(),
    }),
  );

/** By the network's name for it, else by our key in the network's own object: our call may not have returned yet. */
async function matched(
  deps: Inside,
  { merchantId, rail }: Notice,
  { reference, standing }: { reference: string; standing: Standing },
): Promise<string | null> {
  const { client } = deps.database;
  const about = { merchantId, rail };
  const known = await store.findChargeId(client, about, { reference });
  if (known !== null || standing.outcome !== "found" || standing.key === undefined) return known;
  return await store.findChargeId(client, about, { effectKey: standing.key });
}

/** `false`: the network did not answer all that was asked. */
async function tell(
  deps: Inside,
  chargeId: string,
  { rail, standing }: { rail: ConnectedRail; standing: Standing },
): Promise<boolean> {
  const { client } = deps.database;
  const at = deps.clock.now();
  const found = await findById(client, chargeId);
  if (!found) return true;
  const { charge } = found;
  if (isOpen(charge.state)) {
    await deps.jobs.enqueue(client, charges.resolveJob(charge, at));
    return true;
  }
  if (charge.captured.units === 0n) return true;
  if (standing.outcome === "found") await bookFee(deps, charge, standing.fee);
  for (const refund of await store.listSubmitted(client, charge.id)) {
    await deps.jobs.enqueue(client, submitJob(refund, at));
  }
  return await followDisputes(deps, charge, rail);
}

/** What networks have told, newest first. */
export const listNotices = (
  { database: { client } }: Inside,
  filter: store.NoticeFilter,
  request: PageRequest = {},
): Promise<Page<Notice>> =>
  readPage<Notice, string>(request, {
    valueOf: ({ id }) => id,
    idOf: ({ id }) => id,
    parse: (text) => text,
    print: (id) => id,
    fetch: (ask) => store.pageOfNotices(client, filter, ask),
    countBefore: (edge) => store.countBefore(client, filter, edge),
  });

type Again = Readonly<{ merchantId: string; mode?: Mode; id: string }>;

/** Works on a notice once more. Harmless: it only asks the network again. */
export async function replayNotice(deps: Inside, { merchantId, mode, id }: Again): Promise<Notice> {
  const { client } = deps.database;
  const notice = await store.findNotice(client, { id, merchantId, ...(mode ? { mode } : {}) });
  if (!notice) throw new Problem("not-found", "There is no such notice.");
  await store.replay(client, notice.id, deps.clock.now());
  return { ...notice, state: "received" };
}
