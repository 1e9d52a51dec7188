import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { findEmbeddedPostgres } from "../lib/server/embedded-postgres";
import { newMerchant } from "./harness/merchant";
import { freePort } from "./harness/server";
import { started } from "./harness/started";
import { payAtWallet } from "./networks/demo-payer";

let next: ChildProcess;
let nextOrigin: string;

/** Next alone, without the server in front of it, on the same database, with the same secret and public origin. */
test.beforeAll(async () => {
  const { dataDir, origin } = started();
  const database = await findEmbeddedPostgres(dataDir);
  const port = await freePort();
  nextOrigin = `http://127.0.0.1:${port}`;
  next = spawn(process.execPath, ["node_modules/next/dist/bin/next", "start", "-p", String(port)], {
    env: {
      ...process.env,
      NODE_ENV: "production",
      PORT: String(port),
      DATABASE_URL: database?.url ?? "",
      FAREBOX_SECRET: readFileSync(join(dataDir, "secret"), "utf8").trim(),
      PUBLIC_ORIGIN: origin,
      FAREBOX_ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise<void>((resolve, reject) => {
    next.stdout?.on("data", (part) => String(part).includes("Ready") && resolve());
    next.once("exit", () => reject(new Error("next start ended.")));
  });
});
test.afterAll(() => void next.kill());

/** Headers of one connection and of how its messages are framed, not of the answer. */
const ofTheConnection = ["connection", "content-length", "date", "keep-alive", "transfer-encoding"];
/** Next says on every route of its own that its navigation headers matter; the gateway does not read them. */
const nextVary = /\b(?:rsc|next-[a-z-]+)(?:, )?/g;

/** An answer as it reads, with the bytes blanked that differ from one request to the next. */
async function readable(answer: Response): Promise<string> {
  const lines: string[] = [String(answer.status)];
  for (const [name, value] of answer.headers) {
    if (ofTheConnection.includes(name)) continue;
    const text = name === "vary" ? value.replace(nextVary, "").replace(/, $/, "") : value;
    if (text) lines.push(`${name}: ${text}`);
  }
  const text = `${lines.join("\n")}\n\n${await answer.text()}`;
  return text
    .replace(/\b(id|expires|opaque)="[^"]*"/g, '$1="…"')
    .replace(/"challengeId":"[^"]*"/g, '"challengeId":"…"')
    .replace(/fb-ch_[0-9A-Z]+/g, "fb-…")
    .replace(/^(x-request-id|payment-receipt): .*$/gm, "$1: …");
}

async function credentialFor(merchant: string, path: string, init: RequestInit): Promise<string> {
  const { Challenge, Credential } = await import("mppx");
  const unpaid = await fetch(`${started().origin}/pay/${merchant}/weather${path}`, init);
  const challenge = Challenge.fromResponse(unpaid);
  const token = await payAtWallet(challenge as never);
  return Credential.serialize({ challenge, payload: { token } });
}

test("both doors answer the same bytes for the same request", async () => {
  const merchant = await newMerchant();
  const body = '{"hello":"world"}';
  const requests: [path: string, init: RequestInit & { isPaid?: boolean }][] = [
    ["/v1/forecast/berlin", {}],
    ["/v1/forecast/berlin?days=3&unit=c", { headers: { "accept-payment": "demo/charge" } }],
    ["/v1/forecast/s%C3%A3o%20paulo", {}],
    ["/v1/forecast/berlin?", {}],
    ["/v1/forecast/berlin", { headers: { "accept-payment": "card/charge" } }],
    ["/v1/forecast/berlin", { headers: { "accept-payment": ";;;" } }],
    ["/v1/forecast/berlin", { headers: { origin: "https://shop.example" } }],
    ["/v1/forecast/berlin", { headers: { authorization: "Bearer abc" } }],
    ["/v1/forecast/berlin", { headers: { "payment-authorization": "Payment abc" } }],
    ["/v1/forecast/berlin", { method: "HEAD" }],
    ["/v1/forecast/berlin", { method: "OPTIONS" }],
    ["/v1/forecast/berlin", { method: "DELETE" }],
    ["/v1/forecast/berlin", { headers: { authorization: "Payment junk" } }],
    ["/v1/nothing", {}],
    ["/v1/status", {}],
    ["/v1/echo", { method: "POST", body }],
    ["/v1/echo", { method: "POST", body: "x".repeat(1024 * 1024 + 1) }],
    ["/v1/forecast/berlin", { isPaid: true }],
    ["/v1/stream/berlin", { isPaid: true }],
    ["/v1/echo", { method: "POST", body, headers: { "content-type": "application/json" }, isPaid: true }],
  ];
  for (const [path, { isPaid, ...init }] of requests) {
    const answers: string[] = [];
    // Twice at our own: a stranger who is not the first takes the short cut there.
    for (const origin of [started().origin, started().origin, nextOrigin]) {
      const headers = new Headers(init.headers);
      if (isPaid) headers.set("authorization", await credentialFor(merchant, path, init));
      const answer = await fetch(`${origin}/pay/${merchant}/weather${path}`, { ...init, headers });
      if (isPaid) expect(answer.status, `${path} at ${origin}`).toBe(200);
      answers.push(await readable(answer));
    }
    for (const answer of answers) expect(answer, `${init.method ?? "GET"} ${path}`).toBe(answers[0]);
  }
});
