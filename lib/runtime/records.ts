import { createAccess } from "@/lib/access";
import { openCatalog } from "@/lib/catalog";
import { createJobs } from "@/lib/jobs";
import { log, systemClock } from "@/lib/kit";
import { type RateTable, railOffers, ratesAt, readRates, readTerms, runCases } from "@/lib/pricing";
import { readCase } from "./draft-endpoint";
import { driftJob } from "./drift/drift";
import type { Ground, RuntimeOptions } from "./ground";
import { railKinds } from "./rail-kinds";

/** What merchants set up, and who may change it. Each change of the catalogue is on the audit. */
export async function openRecords(
  { env, databaseUrl }: RuntimeOptions,
  { database, upstreamNet, seal }: Ground,
) {
  const access = createAccess({ database, clock: systemClock, bootstrapKey: env.bootstrapKey });
  const kinds = railKinds(env);
  const jobs = createJobs({ database, clock: systemClock, log });
  const catalog = await openCatalog({
    database,
    databaseUrl,
    seal,
    railKinds: kinds,
    railOffers(price, { rates, ...sold }, rails) {
      // safe: what the catalogue keeps as a merchant's rates is what `readRates` gave it
      const table = (rates ?? {}) as RateTable;
      return railOffers(price, { ...sold, rates: ratesAt(table, [], systemClock.now()) }, rails);
    },
    // safe: rules arrive as the document has them, and are read by their schema
    readTerms: (terms, about) => readTerms(terms as object, about),
    runCases: ({ cases, ...given }) =>
      runCases(
        given,
        cases.map((value) => readCase(given.endpoint, value)),
      ),
    readRates,
    checkAddress: upstreamNet.checkAddress,
    checkDomain: (host) =>
      host === new URL(env.publicOrigin).hostname ? "This is the name of the installation itself." : null,
    fetch: upstreamNet.fetch,
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
      await jobs.enqueue(store, driftJob(merchantId, systemClock.now()));
    },
  });
  return { access, catalog, kinds, jobs };
}

export type Records = Awaited<ReturnType<typeof openRecords>>;
