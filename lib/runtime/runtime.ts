import { hkdfSync } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { configureFailpoints, errorText, log, systemClock, within } from "@/lib/kit";
import { type Env, tellNextAuth } from "./env";
import { openFlows } from "./flows";
import { type Ground, type Known, openGround, type RuntimeOptions } from "./ground";
import { fixedSecrets, type MasterSecrets } from "./master-secrets";
import { openPaymentPages } from "./payment-pages";
import { createPreview, previewGateway } from "./preview";
import { openRecords, type Records } from "./records";
import { rotateSecret } from "./rotate-secret";
import { createSimulator } from "./simulate";
import { createUpstreamTest } from "./test-upstream";
import { createTryIt } from "./try-it/try-it";
import { createWorker } from "./worker";

export type { RuntimeOptions } from "./ground";

export type Runtime = Awaited<ReturnType<typeof createRuntime>>;

/** Signs sessions: 64 hex digits, another key than any that touches money. */
function sessionSecretOf({ all }: MasterSecrets): string {
  const [newest = ""] = all();
  return Buffer.from(hkdfSync("sha256", newest, "", "farebox session", 32)).toString("hex");
}

async function firstRun(
  env: Env,
  { access, catalog }: Records,
): Promise<{ setupUrl: string | null; payCommand: string | null }> {
  if (env.demo) await catalog.seedDemo({ origin: env.publicOrigin });
  if (env.admin) await access.ensureFirstOwner(env.admin);
  const link = await access.createSetupLink();
  const isDemoThere = (await catalog.snapshot()).findMerchant("demo")?.merchant.isDemo === true;
  const address = `${env.publicOrigin}/pay/demo/weather/v1/forecast/berlin`;
  return {
    setupUrl: link ? `${env.publicOrigin}/setup/${link.token}` : null,
    payCommand: isDemoThere && env.demo ? `npm run farebox -- pay ${address}` : null,
  };
}

/** What is done again and again in the background. */
const choresOf = ({ processor, pricing, jobs, drift, checkouts, shops }: ReturnType<typeof openFlows>) => [
  ...processor.worker,
  ...checkouts.steps,
  ...shops.steps,
  ...pricing.workerSteps(processor.charges.paidAmong),
  { kind: "jobs", everyMs: 250, run: () => jobs.work({ ...processor.handlers, ...drift.handlers }) },
];

const isThere = ({ client }: Ground["database"]): Promise<boolean> =>
  within(2_000, () => client.$queryRaw`select 1`).then(
    () => true,
    () => false,
  );

/** Wires every room to its neighbours, once per process. */
export async function createRuntime(given: RuntimeOptions) {
  const { env } = given;
  const secrets = typeof given.secret === "string" ? fixedSecrets(given.secret) : given.secret;
  const options: Known = { ...given, secrets };
  tellNextAuth(env.publicOrigin);
  configureFailpoints(env.failpoint);
  const ground = await openGround(options);
  const records = await openRecords(options, ground);
  const flows = openFlows(options, ground, records);
  const { metrics, connections, ledger, jobs, processor, pricing, discovery, gateway, gatewayDeps } = flows;
  const { access, catalog, kinds } = records;
  const { database, presence, demo, railNet, railSockets, upstreamNet } = ground;
  let isDraining = false;

  return {
    env,
    log,
    clock: systemClock,
    access,
    catalog,
    processor,
    pricing,
    ledger,
    jobs,
    gateway,
    discovery,
    checkouts: flows.checkouts,
    /** The faces that shops talk to. */
    shops: flows.shops,
    paymentPages: openPaymentPages({ catalog, connections, processor }),
    demo,
    database,
    worker: createWorker(choresOf(flows), log),
    /** The kinds of rail that can be set up here, and each configured rail as it is connected. */
    rails: { kinds, find: connections.find },
    preview: createPreview({
      origin: env.publicOrigin,
      gateway: previewGateway(gatewayDeps),
      connections,
      pricing,
    }),
    simulate: createSimulator({ connections, pricing }),
    /** Is a service's upstream there? */
    testUpstream: createUpstreamTest(upstreamNet.fetch),
    /** Does what is advertised agree with what is asked? */
    drift: { check: flows.drift.check, last: flows.drift.last },
    /** The dashboard's own payer, in test mode. */
    tryIt: createTryIt({ gateway: gatewayDeps, demo, processor, wait: (ms) => setTimeout(ms) }),
    /** New challenge keys, and a new secret where we keep it; `fresh` is one the operator made. */
    rotateSecret: (input: { fresh: string | null }) =>
      rotateSecret({ secrets, catalog, processor, shops: flows.shops, clock: systemClock }, input),
    sessionSecret: sessionSecretOf(secrets),
    metrics,

    /** Is the database there, and are we not about to stop? */
    ready: async (): Promise<boolean> => !isDraining && (await isThere(database)),
    setDraining(): void {
      isDraining = true;
    },

    /** What an empty installation gets: the demo merchant, and an owner or a link to make one. */
    firstRun: () => firstRun(env, records),

    async close(): Promise<void> {
      // Counters are no promise: a database that is gone must not keep the process from stopping.
      await processor.traffic
        .flush()
        .catch((error) => log("warn", "traffic.lost", { error: errorText(error) }));
      await Promise.all([processor.close(), catalog.close()]);
      await railNet.close();
      await railSockets.close();
      await upstreamNet.close();
      await presence.close();
      await database.close();
    },
  };
}
