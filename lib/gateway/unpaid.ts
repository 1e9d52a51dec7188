import { Problem } from "@/lib/problems";
import { paymentRequired, type Refusal } from "./challenge";
import type { GatewayDeps, Visit } from "./deps";
import { quoteOf } from "./price";
import { quotaHeaders } from "./quota-headers";
import { serveFree } from "./serve-free";

const hookRetryAfterSeconds = 5;

/** Answers a request that nothing pays for yet: what it costs, or that it costs nothing, or that it is not sold. */
export async function answerUnpaid(deps: GatewayDeps, visit: Visit, refusal: Refusal): Promise<Response> {
  const { merchant, service } = visit.offering;
  refusePaused(visit);
  visit.upstream.assertUp(); // what is known broken is not sold
  const rails = deps.rails(merchant, service).filter((rail) => rail.definition.names?.mpp);
  const quote = await quoteOf(deps, visit, rails);
  switch (quote.kind) {
    case "priced":
      if (refusal.slug === "payment-required") deps.count(visit.offering, "challenged");
      return await paymentRequired(deps, visit, { ...refusal, rails, priced: quote });
    case "free":
      return await serveFree(deps, visit, {
        body: visit.body,
        headers: quotaHeaders(quote.quotas, deps.clock.now()),
        onFailed: () => deps.pricing.giveBack(quote.taken),
      });
    case "rejected":
      throw new Problem(quote.by === "rule" ? "forbidden" : "bad-request", quote.message);
    case "unavailable":
      deps.log("warn", "price.unavailable", { merchant: merchant.merchant.slug, reason: quote.why });
      throw new Problem("unavailable", "The price of this request cannot be told at the moment.", {
        retryAfter: hookRetryAfterSeconds,
      });
  }
}

const pausedRetryAfterSeconds = 60;

/** What is paused is sold to nobody; what was paid before is still served. */
export function refusePaused({ offering: { service, endpoint } }: Visit): void {
  if (!service.paused && !endpoint.paused) return;
  throw new Problem("unavailable", "This is not sold at the moment. Nothing was charged.", {
    retryAfter: pausedRetryAfterSeconds,
  });
}
