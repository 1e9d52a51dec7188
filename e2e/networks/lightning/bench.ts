import { type BackendKind, backendKinds, type StartedBackend, startBackend } from "./backends";
import { honest } from "./dialect";
import { type Pair, startPair, walletOf } from "./pair";

export type Bench = Readonly<{
  pair: Pair;
  wallet: ReturnType<typeof walletOf>;
  door(kind: BackendKind): StartedBackend;
  /** Everything honest and up again. */
  calm(): Promise<void>;
  stop(): Promise<void>;
}>;

/** Two nodes, and all five doors in front of the merchant's. */
export async function startBench(): Promise<Bench> {
  const pair = await startPair();
  const doors = new Map<BackendKind, StartedBackend>();
  for (const kind of backendKinds) doors.set(kind, await startBackend(kind, pair.merchant));
  return {
    pair,
    wallet: walletOf(pair.payer),
    door(kind) {
      const found = doors.get(kind);
      if (!found) throw new Error("This back-end was not started.");
      return found;
    },
    async calm() {
      pair.payer.release();
      pair.merchant.release();
      for (const { knobs, up, wallet } of doors.values()) {
        Object.assign(knobs, honest());
        if (wallet) Object.assign(wallet, { encryption: "nip44", isForging: false });
        await up();
      }
    },
    async stop() {
      for (const { down } of doors.values()) await down();
      pair.stop();
    },
  };
}
