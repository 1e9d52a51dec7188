import { hkdfSync } from "node:crypto";
import { createAccess } from "@/lib/access";
import { openCatalog } from "@/lib/catalog";
import { openDatabase, openPresence } from "@/lib/db";
import { createDemo } from "@/lib/demo";
import { createDiscovery } from "@/lib/discovery";
import { createGateway, type GatewayDeps } from "@/lib/gateway";
import { createJobs } from "@/lib/jobs";
import { configureFailpoints, createSeal, log, systemClock, within } from "@/lib/kit";
import { createLedger } from "@/lib/ledger";
import { createGuardedFetch } from "@/lib/net";
import { railOffers } from "@/lib/pricing";
import { createProcessor } from "@/lib/processor";
import { rails } from "@/lib/rails";
import { connectRails } from "./connect-rails";
import { type Env, tellNextAuth } from "./env";
import { challengeKeys, fixedSecrets, type MasterSecrets } from "./master-secrets";
import { payDoor } from "./pay-door";
import { createPreview } from "./preview";
import { railKinds } from "./rail-kinds";
import { rotateSecret } from "./rotate-secret";
import { createWorker } from "./worker";

export type Runtime = Awaited<ReturnType<typeof createRuntime>>;

export type RuntimeOptions = Readonly<{
  env: Env;
  databaseUrl: string;
  secret: string | MasterSecrets;
  /** Called once, when this process no longer owns what it works on. */
  onLost?: () => void;
}>;

type Known = RuntimeOptions & Readonly<{ secrets: MasterSecrets }>;

/** Database, presence and everything that stands on them alone. */
async function openGround({ env, databaseUrl, secrets, onLost = () => {} }: Known) {
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
  const upstreamNet = createGuardedFetch({ ...guard, dispatchLocal: demo.handle });
  return { database, presence, demo, railNet, upstreamNet, seal: createSeal(secrets.all) };
}

type Ground = Awaited<ReturnType<typeof openGround>>;

/** What merchants set up, and who may change it. Each change of the catalogue is on the audit. */
async function openRecords({ env, databaseUrl }: RuntimeOptions, { database, upstreamNet, seal }: Ground) {
  const access = createAccess({ database, clock: systemClock, bootstrapKey: env.bootstrapKey });
  const kinds = railKinds(env);
  const catalog = await openCatalog({
    database,
    databaseUrl,
    seal,
    railKinds: kinds,
    railOffers,
    checkAddress: upstreamNet.checkAddress,
    demo: env.demo,
    clock: systemClock,
    log,
    async record(store, { merchantId, actor, changes }) {
      await access.audit.append(store, {
        merchantId,
        actor,
        act: "config.changed",
        object: merchantId,
        after: changes,
      });
    },
  });
  return { access, catalog, kinds };
}

type Records = Awaited<ReturnType<typeof openRecords>>;

/** The flows that move money, over the rails that merchants configured. */
function openFlows(
  { env, secrets }: Known,
  { database, presence, railNet, upstreamNet, seal }: Ground,
  { catalog }: Records,
) {
  const connections = connectRails({ fetch: railNet.fetch, origin: env.publicOrigin, log: railLog }, log);
  const ledger = createLedger({ database });
  const jobs = createJobs({ database, clock: systemClock, log });
  const processor = createProcessor({
    database,
    presence,
    clock: systemClock,
    ledger,
    jobs,
    seal,
    log,
    async rail(merchantId, railSlug) {
      const view = (await catalog.snapshot()).findMerchantById(merchantId);
      return view ? connections.find(view, railSlug) : null;
    },
  });
  const gatewayDeps: GatewayDeps = {
    origin: env.publicOrigin,
    production: env.nodeEnv === "production",
    catalog,
    processor,
    rails: connections.ofService,
    railsPaid: connections.everOfService,
    knowsMethod: (method) => rails.some(({ names }) => names?.mpp === method),
    challengeKey: challengeKeys(secrets),
    fetch: upstreamNet.fetch,
    clock: systemClock,
    count: () => {},
    log,
  };
  const discovery = createDiscovery({
    origin: env.publicOrigin,
    catalog,
    rails: connections.ofService,
    log,
  });
  const gateway = payDoor(createGateway(gatewayDeps), discovery);
  return { connections, ledger, jobs, processor, discovery, gateway, gatewayDeps };
}

const railLog = (event: string, facts: Record<string, unknown> = {}): void =>
  log("info", `rail.${event}`, { reason: typeof facts.reason === "string" ? facts.reason : undefined });

/** Signs sessions: 64 hex digits, another key than any that touches money. */
function sessionSecretOf({ all }: MasterSecrets): string {
  const [newest = ""] = all();
  return Buffer.from(hkdfSync("sha256", newest, "", "farebox session", 32)).toString("hex");
}

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
  const { connections, ledger, jobs, processor, discovery, gateway, gatewayDeps } = flows;
  const { access, catalog, kinds } = records;
  const { database, presence, demo, railNet, upstreamNet } = ground;
  const worker = createWorker(
    [...processor.worker, { kind: "jobs", everyMs: 250, run: () => jobs.work(processor.handlers) }],
    log,
  );
  let isDraining = false;

  return {
    env,
    log,
    clock: systemClock,
    access,
    catalog,
    processor,
    ledger,
    jobs,
    gateway,
    discovery,
    demo,
    database,
    worker,
    /** The kinds of rail that can be set up here, and each configured rail as it is connected. */
    rails: { kinds, find: connections.find },
    preview: createPreview({
      origin: env.publicOrigin,
      gateway: createGateway({ ...gatewayDeps, count: () => {} }),
    }),
    /** New challenge keys, and a new secret where we keep it; `fresh` is one the operator made. */
    rotateSecret: (input: { fresh: string | null }) =>
      rotateSecret({ secrets, catalog, processor, clock: systemClock }, input),
    sessionSecret: sessionSecretOf(secrets),

    /** Is the database there, and are we not about to stop? */
    async ready(): Promise<boolean> {
      if (isDraining) return false;
      return await within(2_000, () => database.client.$queryRaw`select 1`).then(
        () => true,
        () => false,
      );
    },
    setDraining(): void {
      isDraining = true;
    },

    /** What an empty installation gets: the demo merchant, and an owner or a link to make one. */
    async firstRun(): Promise<{ setupUrl: string | null; payCommand: string | null }> {
      if (env.demo) await catalog.seedDemo({ origin: env.publicOrigin });
      if (env.admin) await access.ensureFirstOwner(env.admin);
      const link = await access.createSetupLink();
      const isDemoThere = (await catalog.snapshot()).findMerchant("demo")?.merchant.isDemo === true;
      const address = `${env.publicOrigin}/pay/demo/weather/v1/forecast/berlin`;
      return {
        setupUrl: link ? `${env.publicOrigin}/setup/${link.token}` : null,
        payCommand: isDemoThere && env.demo ? `npm run farebox -- pay ${address}` : null,
      };
    },

    async close(): Promise<void> {
      await catalog.close();
      await railNet.close();
      await upstreamNet.close();
      await presence.close();
      await database.close();
    },
  };
}
