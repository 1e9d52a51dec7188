import type { GatewayDeps } from "@/lib/gateway";
import type { Charge, ConnectedRail, Processor, Taken, TakePayment } from "@/lib/processor";
import { type Metrics, toMetric } from "./metrics";

/** Counts what the gateway answers. */
export const observeGateway = (metrics: Metrics): Pick<GatewayDeps, "observe"> => ({
  observe: {
    answered({ offering, status, ms }) {
      metrics.requestSeconds.observe({}, ms / 1000);
      if (offering) metrics.tally.answered(offering, status);
    },
    refused: (rail, problem) => metrics.refusals.inc({ rail, problem }),
  },
});

const chargePlace = ({ merchantSlug, service, endpoint }: TakePayment) => ({
  merchant: merchantSlug,
  service: service.slug,
  endpoint: endpoint.label,
});

/** The processor, counted: how payments end, what they bring, and how long the upstream takes to serve them. */
export function observeProcessor(metrics: Metrics, processor: Processor): Processor {
  const noteTaken = (payment: TakePayment, taken: Taken): void => {
    if (taken.outcome === "in-progress" || (taken.outcome === "settled" && taken.again)) return;
    const { rail, intent } = payment;
    metrics.charges.inc({ ...chargePlace(payment), rail: rail.slug, intent, outcome: taken.outcome });
    if (taken.outcome !== "settled") return;
    const { captured } = taken.charge;
    metrics.revenue.inc({ currency: captured.currency.code, rail: rail.slug }, toMetric(captured));
  };
  const timed =
    <F extends { upstreamMs: number }, R>(
      merchantOf: (charge: Charge) => string,
      act: (charge: Charge, facts: F) => R,
    ) =>
    (charge: Charge, facts: F): R => {
      const { service, endpoint } = charge;
      const labels = { merchant: merchantOf(charge), service, endpoint };
      metrics.upstreamSeconds.observe(labels, facts.upstreamMs / 1000);
      return act(charge, facts);
    };
  const slugs = new Map<string, string>();
  const slugOf = ({ merchantId }: Charge): string => slugs.get(merchantId) ?? merchantId;
  return {
    ...processor,
    async take(payment) {
      slugs.set(payment.merchantId, payment.merchantSlug);
      const taken = await processor.take(payment);
      noteTaken(payment, taken);
      return taken;
    },
    delivered: timed(slugOf, processor.delivered),
    undelivered: timed(slugOf, processor.undelivered),
    cutShort: timed(slugOf, processor.cutShort),
  };
}

type Verb = (...given: unknown[]) => unknown;

/** A connected rail that times each verb and remembers whether it answered. What a rail lacks stays absent. */
export function observeRail(metrics: Metrics, rail: ConnectedRail): ConnectedRail {
  const labels = { merchant: rail.merchant.slug, rail: rail.slug };
  const time =
    (operation: string, verb: Verb): Verb =>
    (...given) => {
      const started = performance.now();
      const answer = verb(...given);
      if (!(answer instanceof Promise)) return answer;
      const note = (isUp: boolean): void => {
        metrics.railSeconds.observe({ rail: rail.slug, operation }, (performance.now() - started) / 1000);
        metrics.railUp.set(labels, isUp ? 1 : 0);
      };
      answer.then(
        (said) => note((said as { outcome?: unknown } | null)?.outcome !== "unavailable"),
        () => note(false),
      );
      return answer;
    };
  const wrap = (verbs: object, under: string): object =>
    Object.fromEntries(
      Object.entries(verbs).map(([name, verb]) => {
        if (typeof verb === "function") return [name, time(`${under}${name}`, verb as Verb)];
        const isVerbs = typeof verb === "object" && verb !== null && !Array.isArray(verb);
        return [name, isVerbs ? wrap(verb, `${name}.`) : verb];
      }),
    );
  // safe: the same verbs under the same names, each called with what it is given
  return { ...rail, abilities: wrap(rail.abilities, "") as ConnectedRail["abilities"] };
}
