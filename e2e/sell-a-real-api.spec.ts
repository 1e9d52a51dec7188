import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";
import { parseChallenges, readRequest } from "../lib/protocol";
import { manage, newMerchant } from "./harness/merchant";
import { started } from "./harness/started";

const price = { amount: "0.01", currency: "USD" };
const root = fileURLToPath(new URL("..", import.meta.url));
const fixture = (name: string) => readFileSync(`${root}lib/testing/openapi/${name}`, "utf8");

type Offer = Readonly<{ method: string; intent: string; amount: string; currency: string }>;
type Operation = Readonly<{ "x-payment-info"?: { offers: Offer[] } }>;
type Document = Readonly<{ paths: Record<string, Record<string, Operation>> }>;

const validates = (address: string): Promise<string> =>
  new Promise((resolve) => {
    const args = ["node_modules/mppx/dist/bin.js", "discover", "validate", address];
    execFile(process.execPath, args, { cwd: root }, (_error, stdout, stderr) =>
      resolve(`${stdout}${stderr}`),
    );
  });

/** What the live 402 of an operation asks for. */
async function liveOffers(method: string, path: string): Promise<Offer[]> {
  const target = path.replace(/\{[^}]+\}/g, "sample");
  const body = method === "get" ? {} : { body: "{}" };
  const answer = await fetch(`${started().origin}${target}`, { method: method.toUpperCase(), ...body });
  expect(answer.status, `${method} ${target}`).toBe(402);
  return parseChallenges(answer.headers.get("www-authenticate") ?? "").map((challenge) => {
    const { amount, currency } = readRequest(challenge) ?? {};
    return { intent: challenge.intent, method: challenge.method, amount, currency } as Offer;
  });
}

for (const { name, least } of [
  { name: "github.json", least: 100 },
  { name: "blockfrost.yaml", least: 100 },
]) {
  test(`the description of a real API (${name}) is imported, priced, told and sold`, async () => {
    test.setTimeout(180_000);
    const merchant = await newMerchant([]);
    const imported = await manage(`/services/weather/import?merchant=${merchant}`, {
      method: "POST",
      body: JSON.stringify({ document: fixture(name), prices: { default: { price } } }),
    });
    expect(imported.status, await imported.clone().text()).toBe(200);

    const address = `${started().origin}/pay/${merchant}/openapi.json`;
    expect(await validates(address)).toMatch(/Discovery document is valid/);
    const document = (await (await fetch(address)).json()) as Document;
    const operations = Object.entries(document.paths).flatMap(([path, verbs]) =>
      Object.entries(verbs).map(([method, operation]) => ({ path, method, operation })),
    );
    expect(operations.length).toBeGreaterThanOrEqual(least);
    for (const { path, method, operation } of operations) {
      const published = operation["x-payment-info"]?.offers.map(
        ({ intent, method: by, amount, currency }) => ({
          ...{ intent, method: by, amount, currency },
        }),
      );
      expect(await liveOffers(method, path)).toEqual(published);
    }
  });
}
