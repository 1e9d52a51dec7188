import { within } from "@/lib/kit";
import type { Money, Price } from "@/lib/money";
import { networkOf } from "@/lib/pricing";
import type { ConnectedRail } from "@/lib/processor";
import { requestFingerprint } from "@/lib/protocol";
import type { GatewayDeps, Visit } from "./deps";

const offerTimeoutMs = 5_000;
/** A network object that takes longer to make is left out. */
const drawTimeoutMs = 2_000;

/** No more network objects may stand unpaid for this asker, endpoint or merchant. */
export class OfferCapped extends Error {
  override name = "OfferCapped";
  readonly retryAfterMs: number;
  constructor(retryAfterMs: number) {
    super("Too many offers stand unpaid.");
    this.retryAfterMs = retryAfterMs;
  }
}

export type Offering = Readonly<{ rail: ConnectedRail; money: Money; list: Price; nonce: string }>;

/** What a rail asks for, and what is to be done once its challenge has an id and before it leaves. */
export type RailRequest = Readonly<{
  request: Record<string, unknown>;
  name(challengeId: string): Promise<void>;
}>;

/** What the rail asks the payer for, or `null` when it cannot be paid on right now. Throws {@link OfferCapped}. */
export async function requestOf(
  deps: GatewayDeps,
  visit: Visit,
  offered: Offering,
): Promise<RailRequest | null> {
  const { rail } = offered;
  const make = () => askRail(deps, visit, offered);
  if (!rail.abilities.draws) {
    const request = await make();
    return "outcome" in request ? null : { request, name: async () => undefined };
  }
  const drawn = await deps.processor.issued.draw({ ...drawOf(visit, offered), make });
  if (drawn.outcome === "capped") throw new OfferCapped(drawn.retryAfterMs);
  if (drawn.outcome === "left-out") return null;
  const { offer, offerId } = drawn;
  return {
    request: offer,
    name: (challengeId) => deps.processor.issued.name({ offerId, challengeId, rail, offer }),
  };
}

const depositOf = ({ rail, money }: Offering): Money => rail.abilities.sessions?.deposit(money) ?? money;

async function askRail(deps: GatewayDeps, visit: Visit, offered: Offering): Promise<Record<string, unknown>> {
  const { rail, money, nonce } = offered;
  const { merchant, endpoint } = visit.offering;
  const { sessions, draws } = rail.abilities;
  return await within(draws ? drawTimeoutMs : offerTimeoutMs, async (signal) => {
    const ask: Ask = {
      key: `${nonce}:offer:1`,
      mode: rail.mode,
      signal,
      now: () => deps.clock.now(),
      reference: nonce,
      ttlSeconds: rail.definition.ttl.default,
      recipients: [
        { id: merchant.merchant.slug, name: merchant.merchant.name, role: "seller", amount: money },
      ],
      ...(endpoint.description ? { description: endpoint.description } : {}),
    };
    if (endpoint.intent !== "session") {
      return { ...(await rail.abilities.offer(money, ask)) };
    }
    if (!sessions) return { outcome: "unavailable", reason: "This rail has no sessions now." };
    const unit = endpoint.unit === null ? {} : { unit: endpoint.unit };
    return await sessions.offer(money, { ...ask, deposit: depositOf(offered), ...unit });
  });
}

type Ask = Parameters<ConnectedRail["abilities"]["offer"]>[1];

/** What is counted and kept of a network object. */
function drawOf(visit: Visit, offered: Offering) {
  const { merchant, service, endpoint, verb, path, query } = visit.offering;
  const { rail, money, list } = offered;
  const isSession = endpoint.intent === "session";
  return {
    merchantId: merchant.merchant.id,
    mode: service.mode,
    service: { id: service.id, slug: service.slug },
    endpoint: {
      id: endpoint.id,
      label: `${endpoint.method} ${endpoint.path}`,
      priceVersion: endpoint.priceVersion,
    },
    rail,
    method: rail.definition.names?.mpp ?? "",
    intent: endpoint.intent,
    amount: isSession ? depositOf(offered) : money,
    list,
    address: networkOf(visit.arrival?.peer ?? "") ?? "unknown",
    fingerprint: requestFingerprint({ verb, path, query, digest: visit.digest }),
    requestId: visit.requestId,
    mayDraw: visit.request.method !== "HEAD",
  };
}
