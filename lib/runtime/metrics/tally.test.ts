import { describe, expect, test } from "vitest";
import { anEndpoint, aService } from "@/lib/testing/visit";
import { createMetrics } from "./metrics";

type Offering = Parameters<ReturnType<typeof createMetrics>["tally"]["answered"]>[0];

const offeringOf = (path: string): Offering =>
  ({
    merchant: { merchant: { slug: "acme" } },
    service: aService({ url: "http://up.test" }),
    endpoint: anEndpoint({ path }),
  }) as unknown as Offering; // safe: a tally reads names only

describe("what was answered", () => {
  test("is told whole whenever the counters are read, and once", async () => {
    const metrics = createMetrics();
    const offering = offeringOf("/v1/a");
    for (const status of [402, 402, 200]) metrics.tally.answered(offering, status);
    metrics.tally.challenged(offering);
    const place = 'merchant="acme",service="api",endpoint="GET /v1/a"';
    for (const times of [1, 2]) {
      const text = await metrics.text();
      expect(text).toContain(`farebox_requests_total{${place},status_class="4xx"} ${2 * times}`);
      expect(text).toContain(`farebox_requests_total{${place},status_class="2xx"} ${times}`);
      expect(text).toContain(`farebox_challenges_total{${place}} ${times}`);
      expect(await metrics.text()).toBe(text);
      for (const status of [402, 402, 200]) metrics.tally.answered(offering, status);
      metrics.tally.challenged(offering);
    }
  });

  test("at endpoints of many catalogues is not forgotten, though few are kept", async () => {
    const metrics = createMetrics();
    for (let change = 0; change < 2_500; change += 1) metrics.tally.answered(offeringOf("/v1/a"), 402);
    expect(await metrics.text()).toContain('status_class="4xx"} 2500');
  });
});
