import { type Database, listen, type Store } from "@/lib/db";
import { type Clock, type Log, type Seal, log as standardLog, systemClock } from "@/lib/kit";
import type { GuardedFetch } from "@/lib/net";
import { Problem } from "@/lib/problems";
import { type ApplyDeps, applyDocument, type By, type Changed } from "./apply";
import { createLogos, type Logos } from "./brand/logos";
import { createCache } from "./cache";
import { configOf } from "./config";
import { type Connectors, connectorFlows } from "./connectors/flows";
import { seedDemo } from "./demo";
import { createEdits, type Edits } from "./edits";
import { type Imported, type ImportInput, importDescription } from "./openapi";
import { createPriceHistory, type PriceHistory } from "./price-history";
import { listLivingPrices } from "./price-store";
import type { RailKinds } from "./read-rail";
import { noTermsReaders, type PriceOnRails, type TermsReaders } from "./readers";
import { type Resealed, resealCatalog, rotateChallengeKey } from "./rotate";
import type { ConfigDocument } from "./schema";
import { maskTree } from "./secrets";
import { findMerchantRow, listLivingKeys, listMerchantHeads, listMerchantRows, readVersion } from "./store";
import type { Snapshot } from "./types";
import { snapshotOf } from "./views";

type Options = Readonly<{
  database: Database;
  /** Where changes are listened for: a connection of its own. */
  databaseUrl: string;
  seal: Seal;
  /** Every kind of rail this installation can connect, by its name in the document. */
  railKinds: RailKinds;
  railOffers: PriceOnRails;
  /** What the pricing room judges; without it, whatever would move a price is refused. */
  readTerms?: TermsReaders["readTerms"];
  runCases?: TermsReaders["runCases"];
  readRates?: TermsReaders["readRates"];
  /** Why an upstream address must not be called; `null` when it may. */
  checkAddress(url: string): string | null;
  /** Why a host name cannot be bound to a merchant or a service; `null` when it can. */
  checkDomain?(host: string): string | null;
  /** Reads descriptions of APIs at their addresses; without it they are given as text. */
  fetch?: GuardedFetch;
  /** `false` hides demo merchants. */
  demo: boolean;
  clock?: Clock;
  log?: Log;
  /** Told of every change inside its transaction, so that a change and its record are both there or neither. */
  record?: ApplyDeps["record"];
}>;

const readersOf = ({ readTerms, runCases, readRates }: Options): TermsReaders => ({
  readTerms: readTerms ?? noTermsReaders.readTerms,
  runCases: runCases ?? noTermsReaders.runCases,
  readRates: readRates ?? noTermsReaders.readRates,
});

type MerchantHead = Readonly<{
  id: string;
  slug: string;
  name: string;
  currency: string;
  timeZone: string;
  isDemo: boolean;
}>;

type PutOptions = By &
  Readonly<{
    dryRun?: boolean | undefined;
    merchantSlug?: string | undefined;
    mayCreate?: boolean | undefined;
  }>;

export type Catalog = Edits &
  PriceHistory &
  Readonly<{
    /** The present catalogue from memory; never older than the last change this process made or was told of. */
    snapshot(): Promise<Snapshot>;
    /** The same without waiting; `null` when it has to be read first. */
    peek(): Snapshot | null;
    /** The configuration of a merchant, secrets as `{"$secret": null}`; putting it back changes nothing. */
    getConfig(merchantSlug: string): Promise<ConfigDocument>;
    /** Makes a merchant's configuration equal to the document: all of it, or none with every fault named. */
    putConfig(document: unknown, options: PutOptions): Promise<Changed>;
    listMerchants(): Promise<readonly MerchantHead[]>;
    /** Challenges are signed with a new key from now on; the old one verifies what it signed, and then no more. */
    rotateChallengeKey(merchantId: string): Promise<{ keyId: string; retiresAt: Date }>;
    /** Every key that may still verify, of every merchant. `retiresAt` is null for those that sign. */
    listLivingKeys(): Promise<readonly { keyId: string; retiresAt: Date | null }[]>;
    /** Seals anew what older secrets sealed. Can be stopped at any point and continued. */
    reseal(): Promise<Resealed>;
    /** Makes the endpoints of a service what an OpenAPI description says; prices of those that are there stay. */
    importDescription(merchant: string, service: string, input: ImportInput, by: By): Promise<Imported>;
    /** Creates the demo merchant on an empty database; answers whether it did. */
    seedDemo(options: { origin: string }): Promise<boolean>;
    /** Shops, and what lets them in. */
    connectors: Connectors;
    /** The pictures of merchants. */
    logos: Logos;
    close(): Promise<void>;
  }>;

/** Several queries that see the database at one instant. */
const atOneInstant = <T>({ client }: Database, read: (store: Store) => Promise<T>): Promise<T> =>
  client.$transaction(read, { isolationLevel: "RepeatableRead" });

async function getConfig({ database, seal }: Options, slug: string): Promise<ConfigDocument> {
  const row = await atOneInstant(database, (store) => findMerchantRow(store, slug));
  if (!row) throw new Problem("not-found", `There is no merchant "${slug}".`);
  return maskTree(configOf(seal, row)) as ConfigDocument; // safe: masking changes secrets only
}

async function readSnapshot(options: Options): Promise<Snapshot> {
  const { database, seal, railKinds, demo, clock = systemClock, log = standardLog } = options;
  const rows = await atOneInstant(database, async (store) => ({
    version: await readVersion(store),
    merchants: await listMerchantRows(store),
    prices: await listLivingPrices(store),
  }));
  const readers = readersOf(options);
  return snapshotOf(rows, { seal, kinds: Object.keys(railKinds), demo, log, now: clock.now(), readers });
}

/** Opens the catalogue: reads, writes, and a line on which other processes' changes are heard. */
export async function openCatalog(options: Options): Promise<Catalog> {
  const {
    database,
    databaseUrl,
    clock = systemClock,
    log = standardLog,
    railOffers,
    fetch,
    ...rest
  } = options;
  const cache = createCache({
    read: () => readSnapshot(options),
    readVersion: () => readVersion(database.client),
    clock,
    log,
  });
  const notices = await listen(databaseUrl, "farebox_catalog", {
    onNotice() {
      cache.setSilent(false);
      cache.invalidate();
    },
    onSilence: () => cache.setSilent(true),
    log,
  });

  // Whoever changed something sees it at once, whether the notice has come or not.
  const changed = () => cache.invalidate();
  const deps: ApplyDeps = {
    ...rest,
    database,
    priceOnRails: railOffers,
    readers: readersOf(options),
    changed,
  };

  const edits = createEdits(deps);
  const rotating = { database, seal: options.seal, clock };

  return {
    ...edits,
    ...createPriceHistory({ deps, reviseEndpoint: edits.reviseEndpoint }),
    snapshot: () => cache.current(),
    peek: () => cache.peek(),
    getConfig: (slug) => getConfig(options, slug),
    putConfig: (document, put) => applyDocument(deps, document, put),
    listMerchants: () => listMerchantHeads(database.client),
    rotateChallengeKey: (merchantId) => rotateChallengeKey(rotating, merchantId).finally(changed),
    listLivingKeys: () => listLivingKeys(database.client, clock.now()),
    reseal: () => resealCatalog(rotating).finally(changed),
    importDescription: (merchant, service, input, by) =>
      importDescription({ ...deps, fetch }, [merchant, service], { ...input, ...by }),
    seedDemo: (seed) => seedDemo(deps, seed).finally(changed),
    connectors: connectorFlows({ database, clock, snapshot: () => cache.current() }),
    logos: createLogos({ database, clock, changed }),
    close: () => notices.close(),
  };
}
