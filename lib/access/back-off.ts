import { type Clock, sha256 } from "@/lib/kit";
import { networkOf } from "./network";
import type { Attempts } from "./records";
import type { AccessStore } from "./store";

/** How a row grows: so many failures are free, then each doubles the wait up to a limit. */
type Limit = Readonly<{ free: number; firstMs: number; longestMs: number }>;

const second = 1_000;
const minute = 60 * second;

/**
 * A guesser is slowed where they sit: on one account from one network, and on all accounts from one network. Over all
 * networks an account is slowed late and little, and a network that has signed in to it before not at all, so that no
 * stranger keeps its owner out.
 */
const limits = {
  pair: { free: 5, firstMs: second, longestMs: 15 * minute },
  network: { free: 20, firstMs: second, longestMs: 15 * minute },
  account: { free: 50, firstMs: second, longestMs: 30 * second },
} as const satisfies Record<string, Limit>;

/** Failures this old are forgotten; so is the credit of a network that was not used for so long. */
const forgetMs = 24 * 60 * minute;
const forgetCreditMs = 90 * 24 * 60 * minute;

/** What a successful sign-in is worth: so many slips on that network do not count. */
const credit = -20;

type Kind = keyof typeof limits;
const kinds: readonly Kind[] = ["pair", "network", "account"];

function subjectsOf(email: string, address: string): Readonly<Record<Kind, string>> {
  const account = email.trim().toLowerCase();
  const network = networkOf(address);
  const name = (text: string) => sha256(text).toString("hex");
  return {
    pair: name(`account:${account}\nnetwork:${network}`),
    network: name(`network:${network}`),
    account: name(`account:${account}`),
  };
}

/** How long after its nth failure a row is closed. */
export function waitMs(failures: number, limit: Limit): number {
  const beyond = failures - limit.free;
  return beyond <= 0 ? 0 : Math.min(limit.longestMs, limit.firstMs * 2 ** Math.min(beyond - 1, 30));
}

const isStale = (row: Attempts, now: Date): boolean =>
  now.getTime() - row.updatedAt.getTime() > (row.failures < 0 ? forgetCreditMs : forgetMs);

export type Begun =
  | { outcome: "slowed"; retryAfter: number /* seconds */ }
  /** Counted as a failure until it is taken back: it was the owner. */
  | { outcome: "begun"; succeed(): Promise<void> };

/**
 * Counts one attempt before the password is looked at, so that a thousand at once get no more tries than one after
 * another; or says how long it must wait, and counts nothing.
 */
export async function beginSignIn(
  { store, clock }: { store: AccessStore; clock: Clock },
  { email, address }: { email: string; address: string },
): Promise<Begun> {
  const subjects = subjectsOf(email, address);
  return await store.transaction(async (tx) => {
    const now = clock.now();
    const rows = await tx.lockAttempts(Object.values(subjects), now);
    const current = (kind: Kind): Attempts => {
      const row = rows.find(({ subject }) => subject === subjects[kind]);
      const fresh = { subject: subjects[kind], failures: 0, blockedUntil: now, updatedAt: now };
      return row && !isStale(row, now) ? row : fresh;
    };
    const counted = current("pair").failures < 0 ? (["pair"] as const) : kinds;
    const blockedMs = Math.max(
      ...counted.map((kind) => current(kind).blockedUntil.getTime() - now.getTime()),
    );
    if (blockedMs > 0) return { outcome: "slowed", retryAfter: Math.ceil(blockedMs / second) };

    for (const kind of counted) {
      const failures = current(kind).failures + 1;
      const blockedUntil = new Date(now.getTime() + waitMs(failures, limits[kind]));
      await tx.saveAttempts({ subject: subjects[kind], failures, blockedUntil, updatedAt: now });
    }
    const others = counted.filter((kind) => kind !== "pair").map((kind) => subjects[kind]);
    return { outcome: "begun", succeed: () => takeBack({ store, clock }, { pair: subjects.pair, others }) };
  });
}

async function takeBack(
  { store, clock }: { store: AccessStore; clock: Clock },
  { pair, others }: { pair: string; others: readonly string[] },
): Promise<void> {
  await store.transaction(async (tx) => {
    const now = clock.now();
    for (const row of await tx.lockAttempts([pair, ...others], now)) {
      const failures = row.subject === pair ? credit : Math.max(0, row.failures - 1);
      await tx.saveAttempts({ subject: row.subject, failures, blockedUntil: now, updatedAt: now });
    }
    await tx.forgetAttempts({
      failuresBefore: new Date(now.getTime() - forgetMs),
      creditBefore: new Date(now.getTime() - forgetCreditMs),
    });
  });
}
