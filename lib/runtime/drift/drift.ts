import { canonicalPath, type MerchantView, matchEndpoint } from "@/lib/catalog";
import type { Database } from "@/lib/db";
import {
  type Asked,
  type CheckedSite,
  checkDiscovery,
  type Discovery,
  type DriftReport,
} from "@/lib/discovery";
import { createGateway, type GatewayDeps } from "@/lib/gateway";
import type { Job, JobHandlers } from "@/lib/jobs";
import type { Clock } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import type { ConnectedRail } from "@/lib/processor";
import { originOfDomain, type PayDoor, payDoor } from "../pay-door";
import { type CheckedReport, findCheck, type LastCheck, saveCheck } from "./store";

const kind = "discovery.check";
/** Changes that come close after each other are checked together. */
const restMs = 1_000;

/** The job that compares a merchant's documents with its challenges; a change of the configuration enqueues it. */
export const driftJob = (merchantId: string, now: Date): Job => ({
  kind,
  key: `${kind}:${merchantId}`,
  payload: { merchantId },
  runAt: new Date(now.getTime() + restMs),
});

type Deps = Readonly<{
  database: Pick<Database, "client">;
  gateway: GatewayDeps;
  discovery: Discovery;
  clock: Clock;
}>;

export type Drift = Readonly<{
  /** Compares now, keeps the result, and answers it. */
  check(merchantId: string): Promise<LastCheck>;
  last(merchantId: string): Promise<LastCheck | null>;
  handlers: JobHandlers;
}>;

/**
 * A rail that makes an object of its network for each challenge, such as an invoice, without that: a check of hundreds
 * of addresses would use up what payers may draw.
 */
function undrawn(
  rail: ConnectedRail,
  listed: NonNullable<ConnectedRail["abilities"]["listed"]>,
): ConnectedRail {
  const { draws: _draws, ...abilities } = rail.abilities;
  const { expires: _expires, ...definition } = rail.definition;
  // safe: an offer of amount and currency is all that is compared
  const offer = async (price: Parameters<typeof listed>[0]) => listed(price);
  return { ...rail, definition, abilities: { ...abilities, offer } } as ConnectedRail;
}

/** A gateway that answers as payers are answered, takes nothing and reaches no upstream. */
function dryDoor({ gateway, discovery }: Deps) {
  const down = new Set<string>();
  const watched = (rail: ConnectedRail): ConnectedRail => {
    const { abilities, definition } = rail;
    const method = definition.names?.mpp ?? "";
    if (abilities.draws && abilities.listed) return undrawn(rail, abilities.listed);
    return {
      ...rail,
      abilities: {
        ...abilities,
        async offer(price, ask) {
          const offer = await abilities.offer(price, ask).catch(() => ({ outcome: "unavailable" }));
          if ("outcome" in offer) down.add(method);
          return offer;
        },
      },
    } as ConnectedRail; // safe: the same rail, watched
  };
  const door: PayDoor = payDoor(
    createGateway({
      ...gateway,
      pricing: { ...gateway.pricing, quote: (ask) => gateway.pricing.quote({ ...ask, dry: true }) },
      rails: (merchant, service) => gateway.rails(merchant, service).map(watched),
      fetch: async () => new Response(null, { status: 204 }),
      count: () => undefined,
      observe: { answered: () => undefined, refused: () => undefined },
    }),
    discovery,
    gateway,
  );
  return { door, isDown: (method: string) => down.has(method) };
}

function ask(door: PayDoor, { origin, method, target, headers, body }: Asked): Promise<Response> {
  const { host } = new URL(origin);
  const rawHeaders = [["host", host] as const, ...headers];
  const request = new Request(`${origin}${target}`, {
    method,
    headers: headers.map(([name, value]) => [name, value]),
    ...(body === "" ? {} : { body }),
  });
  return door.handle(request, { target, rawHeaders, peer: "127.0.0.1", secure: true, host });
}

/** Every host on which this merchant's documents stand. */
function sitesOf({ merchant, services }: MerchantView, origin: string): CheckedSite[] {
  const domains = [merchant.domain, ...[...services.values()].map(({ domain }) => domain)];
  return [
    { origin, document: `/pay/${merchant.slug}/openapi.json` },
    ...domains
      .filter((domain) => domain !== null)
      .map((domain) => ({ origin: originOfDomain(domain, origin), document: "/openapi.json" })),
  ];
}

/** Finds the endpoints that rows are about, so that a screen can lead there. */
function withEndpoints(report: DriftReport, view: MerchantView, origin: string): CheckedReport {
  const prefixes = [...view.services.values()].flatMap((service) => [
    { service, at: `${origin}/pay/${view.merchant.slug}/${service.slug}` },
    ...(view.merchant.domain
      ? [{ service, at: `${originOfDomain(view.merchant.domain, origin)}/${service.slug}` }]
      : []),
    ...(service.domain ? [{ service, at: originOfDomain(service.domain, origin) }] : []),
  ]);
  const rows = report.rows.map((row) => {
    const [path = ""] = `${row.origin}${row.target}`.split("?", 1);
    const prefix = prefixes.find(({ at }) => path.startsWith(`${at}/`));
    const canonical = prefix ? canonicalPath(path.slice(prefix.at.length)) : null;
    const found = prefix && canonical?.ok ? matchEndpoint(prefix.service, row.method, canonical) : null;
    return {
      ...row,
      service: prefix?.service.slug ?? null,
      endpoint: found?.kind === "match" ? found.endpoint.id : null,
    };
  });
  return { ...report, rows };
}

/** Does what is advertised agree with what is asked? Checked after every change, and when somebody wants to know. */
export function createDrift(deps: Deps): Drift {
  const { database, gateway, clock } = deps;

  async function check(merchantId: string): Promise<LastCheck> {
    const { version, findMerchantById } = await gateway.catalog.snapshot();
    const view = findMerchantById(merchantId);
    if (!view) throw new Problem("not-found", "There is no such merchant.");
    const { door, isDown } = dryDoor(deps);
    const checked = await checkDiscovery(
      { ask: (asked) => ask(door, asked), isDown },
      sitesOf(view, gateway.origin),
    );
    const report = withEndpoints(checked, view, gateway.origin);
    if (!report.ok) {
      const reason = report.rows.find(({ state }) => state === "differs")?.words[0];
      gateway.log("error", "discovery.drift", { merchant: view.merchant.slug, reason });
    }
    const result = { at: clock.now(), version, report };
    await saveCheck(database.client, merchantId, result);
    return result;
  }

  return {
    check,
    last: (merchantId) => findCheck(database.client, merchantId),
    handlers: {
      async [kind]({ merchantId }) {
        const { findMerchantById } = await gateway.catalog.snapshot();
        if (typeof merchantId !== "string" || !findMerchantById(merchantId)) return "done";
        const { version } = await check(merchantId);
        const isChanged = (await gateway.catalog.snapshot()).version !== version;
        return isChanged
          ? { again: "the configuration has changed meanwhile", at: driftJob(merchantId, clock.now()).runAt }
          : "done";
      },
    },
  };
}
