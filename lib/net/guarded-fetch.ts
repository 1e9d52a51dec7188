import { lookup } from "node:dns/promises";
import { Agent } from "undici";
import { createConnector, type Resolve } from "./connector";
import { exchange, headerBytesMax } from "./exchange";
import { createGuard, type GuardOptions } from "./guard";
import { callInside, type DispatchLocal } from "./local";
import { NetError } from "./net-error";
import { type GuardedInit, readOutgoing } from "./outgoing";

export type GuardedFetch = (input: string | URL | Request, init?: GuardedInit) => Promise<Response>;

export type GuardedNet = Readonly<{
  /**
   * The only way out of this process. Follows no redirect, decompresses nothing, repeats nothing. Rejects with a
   * `NetError`; a body that is not read to its end must be cancelled.
   */
  fetch: GuardedFetch;
  /** What is wrong with an address as it is written, or `null`. Names are looked up only when they are called. */
  checkAddress(url: string): string | null;
  /** Ends all calls and closes all sockets. */
  close(): Promise<void>;
}>;

type Options = GuardOptions &
  Readonly<{
    resolve?: Resolve;
    dispatchLocal?: DispatchLocal;
    /** Which addresses `dispatchLocal` answers, so that they pass `checkAddress` and no other call asks it. */
    isLocal?: (url: string) => boolean;
    connectTimeoutMs?: number;
  }>;

const pinnedAgentsMax = 32;
/** A socket that is not open after this is given up, however long single calls would wait. */
const connectCeilingMs = 60_000;
const poolOptions = {
  connections: 1_000, // per origin; what comes on top waits within its own time limit
  pipelining: 1,
  keepAliveTimeout: 4_000, // shorter than what most servers keep, so that a socket is rarely closed under a request
  keepAliveMaxTimeout: 15_000,
  maxHeaderSize: headerBytesMax,
  headersTimeout: 0, // each exchange keeps its own time
  bodyTimeout: 0,
} as const;

const resolveByPlatform: Resolve = async (hostname) =>
  (await lookup(hostname, { all: true, verbatim: true })).map(({ address }) => address);

/** One pool for the public authorities and one for each pinned certificate, of which the oldest make room. */
function createPools(connector: (certificate: string | undefined) => ReturnType<typeof createConnector>) {
  const open = new Agent({ ...poolOptions, connect: connector(undefined) });
  const pinned = new Map<string, Agent>();
  return {
    get(certificate: string | undefined): Agent {
      if (certificate === undefined) return open;
      const agent = pinned.get(certificate) ?? new Agent({ ...poolOptions, connect: connector(certificate) });
      pinned.delete(certificate);
      pinned.set(certificate, agent);
      const [oldest] = pinned;
      if (oldest && pinned.size > pinnedAgentsMax) {
        pinned.delete(oldest[0]);
        void oldest[1].close();
      }
      return agent;
    },
    async close(): Promise<void> {
      const end = new NetError("broken", "Farebox is stopping.");
      await Promise.all([open, ...pinned.values()].map((agent) => agent.destroy(end)));
    },
  };
}

/** Makes the guarded fetch of `security.md` 2.6. Throws for a network that is not written as CIDR. */
export function createGuardedFetch(options: Options): GuardedNet {
  const { resolve = resolveByPlatform, dispatchLocal, isLocal, connectTimeoutMs: usualMs = 5_000 } = options;
  const guard = createGuard(options);
  const pools = createPools((certificate) =>
    createConnector({ guard, resolve, timeoutMs: connectCeilingMs, certificate }),
  );

  return {
    async fetch(input, init = {}) {
      const outgoing = await readOutgoing(input, init);
      const { timeoutMs = 30_000, headersTimeoutMs = timeoutMs, bodyTimeoutMs = timeoutMs } = init;
      const { connectTimeoutMs = usualMs } = init;
      if (dispatchLocal && (isLocal?.(outgoing.href) ?? URL.canParse(outgoing.href))) {
        const answer = callInside(dispatchLocal, outgoing, headersTimeoutMs);
        if (answer) return await answer;
      }
      const read = guard.readUrl(outgoing.href);
      if ("fault" in read) throw new NetError("blocked", read.fault);
      const limits = { connectTimeoutMs, headersTimeoutMs, bodyTimeoutMs };
      return await exchange(pools.get(init.tlsCertificate), outgoing, { ...read, limits });
    },

    checkAddress(url) {
      if (isLocal?.(url)) return null;
      const read = guard.readUrl(url);
      return "fault" in read ? read.fault : null;
    },

    close: () => pools.close(),
  };
}
