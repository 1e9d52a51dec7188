import { describe, expect, test } from "vitest";
import { type CheckedOffer, checkDiscovery, compareOffers } from "./check";

const offer = (more: Partial<CheckedOffer> = {}): CheckedOffer => ({
  intent: "charge",
  method: "card",
  amount: "50",
  currency: "usd",
  ...more,
});
const lightning = offer({ method: "lightning", amount: "21", currency: "sat" });
const up = () => false;

describe("an advertised offer and the challenge", () => {
  test("agree when every field does", () => {
    expect(compareOffers([offer(), lightning], [offer(), lightning], up)).toEqual({
      differs: [],
      unclear: [],
    });
  });

  test.each([
    ["amount", offer({ amount: "51" }), "card/charge: amount 50 is advertised, 51 is asked"],
    ["currency", offer({ currency: "eur" }), "card/charge: currency usd is advertised, eur is asked"],
  ])("differ in the %s", (_, live, words) => {
    expect(compareOffers([offer()], [live], up).differs).toEqual([words]);
  });

  test("differ when one is on one side only", () => {
    expect(compareOffers([offer(), lightning], [offer()], up).differs).toEqual([
      "lightning/charge: advertised, and not in the challenge",
    ]);
    expect(compareOffers([offer()], [offer(), lightning], up).differs).toEqual([
      "lightning/charge: in the challenge, and not advertised",
    ]);
    expect(compareOffers([offer({ intent: "session" })], [offer()], up).differs).toHaveLength(2);
  });

  test("differ in their order, which is the merchant's preference", () => {
    expect(compareOffers([offer(), lightning], [lightning, offer()], up).differs).toEqual([
      "The order of the offers differs",
    ]);
  });

  test("do not differ while a network is down: the document keeps what the 402 leaves out", () => {
    const { differs, unclear } = compareOffers(
      [offer(), lightning],
      [offer()],
      (method) => method === "lightning",
    );
    expect([differs, unclear.length]).toEqual([[], 1]);
  });

  test("agree on any amount that is told to depend on the request", () => {
    expect(compareOffers([offer({ amount: null })], [offer({ amount: "7" })], up)).toEqual({
      differs: [],
      unclear: [],
    });
    expect(compareOffers([offer({ amount: null })], [offer({ currency: "eur" })], up).differs).toHaveLength(
      1,
    );
  });
});

describe("a check of a document", () => {
  const operation = (more: object = {}) => ({ "x-payment-info": { offers: [offer()] }, ...more });
  const documentOf = (paths: object) => ({ paths });
  const asked: string[] = [];

  const check = async (document: object, answer: (target: string) => Response) => {
    asked.length = 0;
    const report = await checkDiscovery(
      {
        async ask({ method, target, headers, body }) {
          if (target === "/openapi.json") return Response.json(document);
          asked.push(
            [method, target, ...headers.map(([name, value]) => `${name}: ${value}`), body].join(" ").trim(),
          );
          return answer(target);
        },
        isDown: () => false,
      },
      [{ origin: "https://pay.example", document: "/openapi.json" }],
    );
    return report;
  };

  test("asks with what the document says of parameters and bodies", async () => {
    const parameters = [
      { name: "city", in: "path", required: true, schema: { type: "string", enum: ["oslo", "rome"] } },
      { name: "days", in: "query", required: true, schema: { type: "integer", minimum: 3 } },
      { name: "units", in: "query", schema: { type: "string" } },
      { name: "x-plan", in: "header", required: true, schema: { type: "string", default: "a b" } },
    ];
    const content = {
      "application/json": {
        schema: {
          type: "object",
          required: ["model", "n"],
          properties: {
            model: { type: "string", examples: ["small"] },
            n: { type: "array", items: { type: "number" } },
          },
        },
      },
    };
    const document = documentOf({
      "/v1/{city}": { post: operation({ parameters, requestBody: { content } }) },
    });
    await check(document, () => new Response(null, { status: 503 }));
    expect(asked).toEqual([
      'POST /v1/oslo?days=3 x-plan: a b content-type: application/json {"model":"small","n":[1]}',
    ]);
  });

  test("passes over what is free, and says where a document was cut", async () => {
    const document = { ...documentOf({ "/free": { get: {} } }), "x-truncated": true };
    const report = await check(document, () => new Response());
    expect(asked).toEqual([]);
    expect(report).toEqual({ ok: true, rows: [], truncated: ["https://pay.example/openapi.json"] });
  });

  test.each([
    [204, "unclear"],
    [403, "unclear"],
    [404, "differs"],
    [500, "differs"],
    [503, "differs"],
    [400, "differs"],
  ])("calls an answer of %d %s", async (status, state) => {
    const report = await check(
      documentOf({ "/a": { get: operation() } }),
      () => new Response(null, { status }),
    );
    expect(report.rows).toMatchObject([{ state, words: [expect.any(String)] }]);
    expect(report.ok).toBe(state !== "differs");
  });

  test("forgives a sample that lacks what a price is read from", async () => {
    const paths = { "/a": { post: { "x-payment-info": { offers: [offer({ amount: null })] } } } };
    const report = await check(documentOf(paths), () => new Response(null, { status: 400 }));
    expect(report.rows).toMatchObject([{ state: "unclear" }]);
  });
});
