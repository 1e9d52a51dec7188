import { afterAll, beforeAll, expect, test } from "vitest";
import { type CallbackDesk, type Called, homologateVtex } from "@/lib/conformance";
import { gatewayOf } from "@/lib/testing/vtex-gateway";
import { aConnector, createVtexWorld, pair, partner, type VtexWorld } from "@/lib/testing/vtex-world";

let v: VtexWorld;
const gateway = gatewayOf(() => v);

beforeAll(async () => {
  v = await createVtexWorld();
  const byItself = ["Pix", "BankInvoice", "Promissories"].map((name) => ({
    name,
    split: "disabled" as const,
  }));
  const shows = { Pix: "code", BankInvoice: "slip", Promissories: "redirect" } as Record<string, string>;
  for (const { name } of byItself) v.addSlips(name, { shows: shows[name], paid: "by-itself" });
  v.connectors.set(
    "acme/store",
    aConnector({
      methods: [
        { name: "Visa", rail: "demo-hold", split: "disabled" },
        ...byItself.map((method) => ({ ...method, rail: method.name })),
      ],
    }),
  );
});
afterAll(() => v.close());

/** The gateway's door in a world whose clock a test moves: to wait is to let its time go by. */
function deskOf(): CallbackDesk {
  const [taken, given] = [new Map<string, number>(), new Map<string, number>()];
  const answers = new Map<string, "redirect" | "hang">();
  v.receiver.answer = async () => {
    const how = answers.get(v.callbacks.at(-1)?.url ?? "");
    answers.delete(v.callbacks.at(-1)?.url ?? "");
    if (how === "hang") throw new Error("It did not answer in time.");
    return new Response(
      null,
      how === "redirect" ? { status: 302, headers: { location: "/" } } : { status: 200 },
    );
  };
  return {
    urlFor(paymentId) {
      const url = `https://shop.test/${paymentId}?an=acme&X-VTEX-signature=s%20t+q`;
      given.set(url, v.world.clock.now().getTime());
      return url;
    },
    answerNext: (url, how) => void answers.set(url, how),
    async next(url, withinMs) {
      const seen = taken.get(url) ?? 0;
      for (let passed = 0; passed <= withinMs; passed += 1_000) {
        const callback = v.callbacks.filter((one) => one.url === url)[seen];
        if (callback) {
          taken.set(url, seen + 1);
          return {
            url,
            headers: callback.headers,
            text: JSON.stringify(callback.body),
            afterMs: v.world.clock.now().getTime() - (given.get(url) ?? 0),
          } satisfies Called;
        }
        await gateway.pass(1_000);
      }
      return null;
    },
    close: async () => undefined,
  };
}

const homologate = () => {
  const baseUrl = "http://farebox.test/api/processor/vtex/acme/store";
  return homologateVtex({
    target: {
      ...{ baseUrl, pair, partner, currency: "USD", desk: deskOf(), now: () => performance.now() },
      fetch: (url, init) => v.vtex.handle(new Request(url, init)),
    },
  });
};

test("passes every case of the suite and beyond it, none skipped", async () => {
  const report = await homologate();
  expect(report.cases.filter(({ outcome }) => outcome !== "passed")).toEqual([]);
  expect(report.passed).toBe(20);
  expect(report.cases.every(({ slowestMs }) => slowestMs < 5_000)).toBe(true);
  const { violations } = await v.process.processor.verify({ rails: true });
  expect(violations).toEqual([]);
}, 120_000);
