import { Challenge as StockChallenge, Credential as StockCredential, Receipt as StockReceipt } from "mppx";
import { describe, expect, test } from "vitest";
import { type Challenge, formatChallenges, parseChallenges, readRequest } from "./challenge";
import { formatCredential, readCredential } from "./credential";
import { bodyDigest } from "./digest";
import { issueChallenge, randomNonce, type Terms } from "./issue";
import { formatReceipt, parseReceipt } from "./receipt";
import { scopeDigest } from "./scope";
import { verifyCredential } from "./verify";

const key = { id: "k1", bytes: Buffer.from("k".repeat(32)) };
const scope = scopeDigest({ merchant: "m", endpoint: "e", rail: "r", verb: "POST", path: "/a", query: null });
const digest = bodyDigest(Buffer.from("{}"));
const terms: Terms = {
  realm: "pay.example",
  method: "demo",
  intent: "charge",
  request: {
    amount: "1",
    currency: "usd",
    methodDetails: { wallet: "http://pay.example/demo/wallet", b: 1, a: "é" },
  },
  expires: new Date("2030-01-01T00:00:00Z"),
  digest,
  key,
  scope,
  priceVersion: "1",
  mode: "test",
  nonce: randomNonce(),
  description: 'Say "hi" — ☕ 😀 \\ é',
};
const offers = [
  issueChallenge(terms),
  issueChallenge({ ...terms, method: "tempo", header: "Payment-Authorization" }),
];
const headersOf = (challenges: readonly Challenge[]) =>
  new Headers({ "WWW-Authenticate": formatChallenges(challenges) ?? "" });

describe("the stock client", () => {
  test("reads every challenge of our line as we meant it", () => {
    const read = StockChallenge.fromHeadersList(headersOf(offers));
    expect(read).toHaveLength(2);
    read.forEach((challenge, place) => {
      const { request, description: _, ...bound } = offers[place] as Challenge;
      expect(challenge).toMatchObject({ ...bound, request: { ...readRequest({ request }) } });
    });
    expect(read[0]?.request).toEqual(terms.request);
  });

  test("writes a line that our client reads as it was meant, the description included", () => {
    const stock = StockChallenge.from({
      secretKey: "k".repeat(32),
      realm: "pay.example",
      method: "demo",
      intent: "charge",
      request: terms.request as Record<string, unknown>,
      expires: "2030-01-01T00:00:00Z",
      meta: { a: "b" },
    });
    const line = StockChallenge.serialize({ ...stock, description: terms.description });
    const [read] = parseChallenges(line);
    expect(read).toMatchObject({ id: stock.id, description: terms.description });
    expect({ ...(read && readRequest(read)) }).toEqual(terms.request);
  });

  test.each([0, 1])("pays challenge %i with a credential that verifies here", (place) => {
    const challenge = StockChallenge.fromHeadersList(headersOf(offers))[place];
    if (!challenge) throw new Error("no such challenge");
    const field = place === 0 ? "authorization" : "payment-authorization";
    expect(StockChallenge.credentialHeader(challenge).toLowerCase()).toBe(field);

    const sent = StockCredential.serialize({ challenge, payload: { token: "demo_1" }, source: "demo:ann" });
    const outcome = readCredential([[field, sent]], field);
    if (outcome.kind !== "credential") throw new Error("not read");
    expect(outcome.credential).toMatchObject({ payload: { token: "demo_1" }, source: "demo:ann" });
    const verdict = verifyCredential(outcome.credential, {
      keyOf: () => key.bytes,
      realm: "pay.example",
      scope,
      mode: "test",
      digest,
      field,
      now: new Date("2029-01-01T00:00:00Z"),
    });
    expect(verdict).toBe("ok");
  });

  test("reads the credentials and receipts we write, and we read its receipts", () => {
    const [challenge] = offers;
    if (!challenge) throw new Error("no offer");
    const credential = StockCredential.deserialize(
      formatCredential({ challenge, payload: { a: 1 }, source: "x" }),
    );
    expect(credential).toMatchObject({ payload: { a: 1 }, source: "x", challenge: { id: challenge.id } });

    const receipt = {
      method: "demo",
      reference: "r",
      status: "success",
      timestamp: "2026-01-01T00:00:00.000Z",
    } as const;
    const ours = { ...receipt, challengeId: challenge.id };
    expect(StockReceipt.deserialize(formatReceipt(ours))).toEqual(ours);
    expect(parseReceipt(StockReceipt.serialize(ours))).toEqual(ours);
  });
});
