import { expect, test } from "vitest";
import type { Recipient } from "@/lib/rails";
import { bench, type Exam } from "./bench";

export function examineOffer<C, O extends object, P>(exam: Exam<C, O, P>): void {
  const { rail, config } = exam;

  test("its names fit the grammars of the faces they stand on", () => {
    expect(rail.id).toMatch(/^[a-z][a-z0-9-]*$/);
    if (rail.names?.mpp !== undefined) expect(rail.names.mpp).toMatch(/^[a-z]+$/);
    if (rail.names?.pmi !== undefined) expect(rail.names.pmi).toMatch(/^[a-z0-9-]+$/);
    if (rail.names?.medusa !== undefined) expect(rail.names.medusa).toMatch(/^[a-z0-9-]+$/);
    expect(rail.ttl.min).toBeLessThanOrEqual(rail.ttl.default);
    expect(rail.ttl.default).toBeLessThanOrEqual(rail.ttl.max);
  });

  test("it has exactly one shape", async () => {
    const { abilities } = await bench(exam);
    const shapes = [
      abilities.capture,
      abilities.holds,
      abilities.capture || abilities.holds ? undefined : rail.watch,
    ];
    expect(shapes.filter(Boolean)).toHaveLength(1);
    expect(rail.proof !== undefined).toBe(Boolean(abilities.capture || abilities.holds));
  });

  test("its settings are parsed, and a wrong one is named by its path", () => {
    expect(rail.config.safeParse(config).success).toBe(true);
    for (const { value, path } of exam.badConfigs) {
      const parsed = rail.config.safeParse(value);
      expect(parsed.success).toBe(false);
      expect(parsed.error?.issues.map((issue) => issue.path.join("."))).toContain(path);
    }
  });

  test("an offer parses with its own schema, survives JSON, moves nothing and shows no secret", async () => {
    const { offer, network } = await bench(exam);
    const made = await offer();
    expect(made).not.toHaveProperty("outcome");
    const parsed = rail.offer.safeParse(JSON.parse(JSON.stringify(made)));
    expect(parsed.success && parsed.data).toEqual(made);
    expect(await network.moves()).toEqual([]);
    for (const secret of exam.secrets) expect(JSON.stringify(made)).not.toContain(secret);
  });

  test("the same key gives the same network object", async () => {
    const { abilities, call } = await bench(exam);
    const ask = { ...call("offer-same"), reference: "r", ttlSeconds: rail.ttl.default };
    const recipients: Recipient[] = [{ id: "acme", role: "seller", amount: exam.price }];
    const first = await abilities.offer(exam.price, { ...ask, recipients });
    expect(await abilities.offer(exam.price, { ...ask, recipients })).toEqual(first);
  });

  test("prices it does not take are refused, never offered", async () => {
    const { offer } = await bench(exam);
    for (const price of exam.refusedPrices) await expect(offer(price)).rejects.toThrow(/invalid|declined/);
  });

  test("what is pure stays so: claims, watch, expires and show answer the same twice", async () => {
    const { paid } = await bench(exam);
    const { offer, proof } = await paid();
    for (const ask of [
      () => rail.claims?.(proof, offer),
      () => rail.watch?.(offer),
      () => rail.expires?.(offer),
      () => rail.show?.(offer),
    ]) {
      expect(ask()).toEqual(ask());
    }
  });
}
