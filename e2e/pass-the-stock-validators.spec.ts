import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";
import { newMerchant } from "./harness/merchant";
import { started } from "./harness/started";
import { demoClient } from "./networks/demo-payer";

const root = fileURLToPath(new URL("..", import.meta.url));

type Ran = Readonly<{ code: number; stdout: string; text: string }>;

/** Runs a script of the project, or of a package, as a person would. */
const run = (script: string, args: readonly string[]): Promise<Ran> =>
  new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { cwd: root }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, text: `${stdout}${stderr}` });
    });
  });

const mppx = (...args: string[]): Promise<Ran> => run("node_modules/mppx/dist/bin.js", args);

const documents = (merchant: string) => [
  ...[`/pay/${merchant}/openapi.json`, `/pay/${merchant}/llms.txt`],
  ...["/openapi.json", "/llms.txt"],
];

test("the stock validator accepts every discovery document", async () => {
  const { origin } = started();
  const merchant = await newMerchant();
  for (const path of documents(merchant).filter((name) => name.endsWith("openapi.json"))) {
    const { code, text } = await mppx("discover", "validate", `${origin}${path}`);
    expect([code, text]).toEqual([0, expect.stringContaining("Discovery document is valid.")]);
  }
});

for (const endpoint of ["GET:/v1/forecast/berlin", "POST:/v1/echo"]) {
  test(`the stock validator finds nothing wrong with ${endpoint}`, async () => {
    const { origin } = started();
    const merchant = await newMerchant();
    const address = endpoint.replace(":", `:/pay/${merchant}/weather`);
    const { code, stdout } = await mppx("validate", origin, "--endpoint", address, "--outputJson");
    const { summary, endpoints } = JSON.parse(stdout);
    expect(summary).toMatchObject({ failed: 0 });
    const labels = [...endpoints[0].challenge, ...endpoints[0].errorHandling]
      .filter(({ severity }: { severity: string }) => severity === "pass")
      .map(({ label }: { label: string }) => label);
    expect(labels).toEqual([
      "Returns 402 without credentials",
      "WWW-Authenticate header present",
      "Challenge parseable",
      "Challenge has id",
      "Challenge has realm",
      "Challenge expires in the future",
      ...(labels.includes("Realm matches server hostname") ? ["Realm matches server hostname"] : []),
      "Malformed credential returns 402",
      "Error response includes fresh challenge",
    ]);
    expect(code).toBe(0);
  });
}

test("our own examination passes against the running server", async () => {
  const { origin } = started();
  const merchant = await newMerchant();
  const base = `${origin}/pay/${merchant}/weather`;
  const get = ["--base-url", `${base}/v1/forecast/berlin`];
  const post = ["--base-url", `${base}/v1/echo?page=1`, "-d", '{"a":1}'];
  for (const request of [get, post]) {
    const { code, text } = await run("scripts/farebox.mjs", ["conformance", "--demo", ...request]);
    expect(text).not.toContain("✗");
    expect(text).toMatch(/\n\d+ passed, 0 failed/);
    expect(code).toBe(0);
  }
});

test("our own examination fails, and says how often, where the flows are not sold", async () => {
  const merchant = await newMerchant();
  const base = `${started().origin}/pay/${merchant}/weather`;
  const { code, text } = await run("scripts/farebox.mjs", ["conformance", "--base-url", base]);
  expect(text).toContain("✗ success_charge");
  expect(text).toMatch(/\n\d+ passed, \d+ failed/);
  expect(code).toBe(1);
});

test("the stock client pays the first listed offer from the document alone", async () => {
  const { origin } = started();
  const merchant = await newMerchant();
  const { servers, paths } = await (await fetch(`${origin}/pay/${merchant}/openapi.json`)).json();
  const [path = ""] =
    Object.entries<Record<string, object>>(paths).find(([, item]) => "x-payment-info" in (item.get ?? {})) ??
    [];
  const answer = await demoClient().fetch(`${servers[0].url}${path.replace("{city}", "berlin")}`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("payment-receipt")).toBeTruthy();
});

test("documents are public and cacheable, with the same headers for GET and HEAD", async () => {
  const { origin } = started();
  const merchant = await newMerchant();
  for (const path of documents(merchant)) {
    const [whole, head] = await Promise.all([fetch(origin + path), fetch(origin + path, { method: "HEAD" })]);
    const own = (answer: Response) =>
      ["content-type", "cache-control", "etag", "access-control-allow-origin"].map((name) =>
        answer.headers.get(name),
      );
    expect([whole.status, own(whole)]).toEqual([head.status, own(head)]);
    expect(own(whole)).toEqual([
      path.endsWith("json") ? "application/json" : "text/plain; charset=utf-8",
      "public, max-age=300",
      expect.stringMatching(/^"[\w-]{43}"$/),
      "*",
    ]);
    expect(await head.text()).toBe("");
    const etag = whole.headers.get("etag") ?? "";
    const known = await fetch(origin + path, { headers: { "if-none-match": etag } });
    expect([known.status, await known.text()]).toEqual([304, ""]);
    const written = await fetch(origin + path, { method: "POST", body: "{}" });
    expect([written.status, written.headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
  }
  expect((await fetch(`${origin}/pay/nobody-at-all/openapi.json`)).status).toBe(404);
});
