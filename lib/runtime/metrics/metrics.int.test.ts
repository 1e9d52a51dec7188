import { afterAll, beforeAll, expect, test } from "vitest";
import { createPaidWorld, type PaidWorld } from "@/lib/testing/paid-world";

let world: PaidWorld;
beforeAll(async () => {
  world = await createPaidWorld();
});
afterAll(() => world.close());

test("what was asked, taken, refused and served stands in the text that Prometheus reads", async () => {
  const authorization = await world.credential("/v1/cheap/secret-id-7");
  await world.ask("/v1/cheap/secret-id-7", { headers: { authorization } });
  await world.ask("/v1/cheap/secret-id-7", { headers: { authorization } }); // used
  const text = (await world.runtimes[0]?.metrics.text()) ?? "";
  const place = 'merchant="acme",service="api",endpoint="GET /v1/cheap/{id}"';
  expect(text).toContain(`farebox_challenges_total{${place}} 1\n`);
  expect(text).toContain(`farebox_requests_total{${place},status_class="2xx"} 1\n`);
  expect(text).toContain(`farebox_requests_total{${place},status_class="4xx"} 2\n`);
  expect(text).toContain(`farebox_charges_total{${place},rail="demo",intent="charge",outcome="settled"} 1\n`);
  expect(text).toContain('farebox_revenue_minor_units_total{currency="USD",rail="demo"} 1\n');
  expect(text).toContain('farebox_refusals_total{rail="demo",problem="invalid-challenge"} 1\n');
  expect(text).toContain('farebox_rail_up{merchant="acme",rail="demo"} 1\n');
  expect(text).toContain('farebox_rail_duration_seconds_count{rail="demo",operation="capture"} 1\n');
  expect(text).toContain(`farebox_upstream_duration_seconds_count{${place}} 1\n`);
  expect(text).toContain("farebox_undelivered_charges 0\n");
  expect(text).toContain("farebox_unknown_charges 0\n");
  expect(text).toMatch(/^farebox_build_info\{version="[^"]+"\} 1$/m);
  expect(text).not.toContain("secret-id-7"); // no raw path, payer or id is a label
});

test("a rail that does not answer is down, and what it left open is counted", async () => {
  const authorization = await world.credential("/v1/cheap/1", { behaviour: "down" });
  expect((await world.ask("/v1/cheap/1", { headers: { authorization } })).status).toBe(503);
  const text = (await world.runtimes[0]?.metrics.text()) ?? "";
  expect(text).toContain('farebox_rail_up{merchant="acme",rail="demo"} 0\n');
  expect(text).toMatch(/^farebox_charges_total\{.*outcome="unavailable"\} 1$/m);
});
