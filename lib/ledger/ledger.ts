import type { Database, Store } from "@/lib/db";
import type { Entry } from "./entry";
import type { Balance, Posted, Scope } from "./store";
import * as store from "./store";

export type Violation = Readonly<{ rule: string; subject: string; detail: string }>;

export type Ledger = Readonly<{
  /** Posts one entry. A key that has posted before is a unique violation: a cause posts once. */
  post(store: Store, entry: Entry): Promise<void>;
  /** Sums per account and currency. */
  balances(scope: Scope): Promise<readonly Balance[]>;
  postingsOf(chargeId: string): Promise<readonly Posted[]>;
  /** What moved the deposit of a channel: what was put in, spent and sent back. */
  postingsOfChannel(channelId: string): Promise<readonly Posted[]>;
  /** What does not agree with a rail's own record and waits for somebody to look. */
  suspense(scope: Scope): Promise<readonly Posted[]>;
  /** I1: each group sums to zero in every currency. */
  verify(scope: Scope): Promise<{ checked: number; violations: readonly Violation[] }>;
}>;

export function createLedger({ database }: { database: Pick<Database, "client"> }): Ledger {
  const { client } = database;
  return {
    post: (target, entry) => store.insertEntry(target, entry),
    balances: (scope) => store.sumAccounts(client, scope),
    postingsOf: (chargeId) => store.listOfCharge(client, chargeId),
    postingsOfChannel: (channelId) => store.listOfChannel(client, channelId),
    suspense: (scope) => store.listSuspense(client, scope),
    async verify(scope) {
      const [checked, unbalanced] = await Promise.all([
        store.countGroups(client, scope),
        store.findUnbalanced(client, scope),
      ]);
      return {
        checked,
        violations: unbalanced.map(({ key, currency, off }) => ({
          rule: "I1",
          subject: key,
          detail:
            currency === null
              ? "The group has no postings."
              : `The group is off by ${off} ${currency} units.`,
        })),
      };
    },
  };
}
