import { setTimeout as pause } from "node:timers/promises";

type Listen = (handlers: {
  onNotice: () => void;
  onSilence: () => void;
}) => Promise<{ close(): Promise<void> }>;
type Pause = (ms: number, signal: AbortSignal) => Promise<unknown>;

/** Somebody who waits for a channel to change. Armed before the channel is looked at, so that nothing is missed. */
export type Waiter = Readonly<{
  /** Ends when the channel changed, when the time has passed, or when the signal is aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  leave(): void;
}>;

export type Wakes = Readonly<{
  wake(channelId: string): void;
  arm(channelId: string): Waiter;
  close(): Promise<void>;
}>;

const realPause: Pause = (ms, signal) => pause(ms, undefined, { signal, ref: false });

/**
 * Wakes streams that wait for more money. Changes made by this process wake at once; those of others are told by the
 * database, which is listened to from the first wait on. Whoever waits looks again after a while in any case.
 */
export function createWakes(listen: Listen | null, wait: Pause = realPause): Wakes {
  const waiting = new Map<string, Set<() => void>>();
  let listening: ReturnType<Listen> | null = null;

  const wake = (channelId: string) => {
    for (const act of waiting.get(channelId) ?? []) act();
  };
  const wakeAll = () => {
    for (const channelId of waiting.keys()) wake(channelId);
  };

  return {
    wake,
    arm(channelId) {
      listening ??= listen?.({ onNotice: wakeAll, onSilence: () => undefined }) ?? null;
      listening?.catch(() => {
        listening = null;
      });
      let isWoken = false;
      let act = () => {
        isWoken = true;
      };
      const call = () => act();
      const all = waiting.get(channelId) ?? new Set();
      waiting.set(channelId, all.add(call));
      return {
        async wait(ms, signal) {
          if (isWoken || signal.aborted) return;
          const done = new AbortController();
          const woken = new Promise<void>((resolve) => {
            act = resolve;
          });
          const ends = wait(ms, AbortSignal.any([signal, done.signal])).catch(() => undefined);
          await Promise.race([woken, ends]);
          done.abort();
        },
        leave() {
          all.delete(call);
          if (all.size === 0 && waiting.get(channelId) === all) waiting.delete(channelId);
        },
      };
    },
    async close() {
      const notices = await listening?.catch(() => null);
      await notices?.close();
    },
  };
}
