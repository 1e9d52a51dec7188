import { openDatabase, openPresence } from "@/lib/db";
import { createDemo } from "@/lib/demo";
import { createSeal, log, systemClock } from "@/lib/kit";
import { createGuardedFetch, createGuardedSocket } from "@/lib/net";
import type { Env } from "./env";
import type { MasterSecrets } from "./master-secrets";

export type RuntimeOptions = Readonly<{
  env: Env;
  databaseUrl: string;
  secret: string | MasterSecrets;
  /** Called once, when this process no longer owns what it works on. */
  onLost?: () => void;
}>;

export type Known = RuntimeOptions & Readonly<{ secrets: MasterSecrets }>;

/** Database, presence and everything that stands on them alone. */
export async function openGround({ env, databaseUrl, secrets, onLost = () => {} }: Known) {
  const database = openDatabase({ url: databaseUrl, log });
  const presence = await openPresence(databaseUrl, { onLost, log });
  const demo = createDemo({ database, clock: systemClock, origin: env.publicOrigin, enabled: env.demo });
  const guard = {
    allowPrivateNetworks: env.allowPrivateNetworks,
    isLocal: demo.owns,
    ownOrigin: env.publicOrigin,
    ownPorts: () => [env.port, Number(new URL(databaseUrl).port || 5432)],
  };
  // The pretend network obeys our own rail; an upstream that a merchant names meets it as anybody does.
  const railNet = createGuardedFetch({ ...guard, dispatchLocal: demo.handleInside });
  const railSockets = createGuardedSocket(guard);
  const upstreamNet = createGuardedFetch({ ...guard, dispatchLocal: demo.handle });
  return { database, presence, demo, railNet, railSockets, upstreamNet, seal: createSeal(secrets.all) };
}

export type Ground = Awaited<ReturnType<typeof openGround>>;
