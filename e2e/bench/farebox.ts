import { openDatabase } from "@/lib/db";
import { createDemo } from "@/lib/demo";
import { systemClock } from "@/lib/kit";
import { readRequest } from "@/lib/protocol";
import { findEmbeddedPostgres } from "@/lib/server/embedded-postgres";
import { startServer } from "../harness/server";
import type { Challenge, Subject } from "./subject";

const metered = { intent: "session", unit: "unit", price: { amount: "1", currency: "SAT" } };

const service = (url: string, slug: string, terms: Record<string, unknown>) => ({
  ...{ slug, title: slug, mode: "test", kind: "http", upstream: { url } },
  rails: terms.free ? ["demo"] : ["ln"],
  endpoints: [{ method: "GET", path: "/v1/{kind}/{name}", ...terms }],
});

const document = (upstream: string, lightning: Record<string, unknown> | null) => ({
  version: 1,
  merchant: { slug: "acme", name: "Acme", currency: "USD", timeZone: "UTC" },
  rails: [
    { id: "demo", kind: "demo", mode: "test" },
    ...(lightning ? [{ id: "ln", kind: "lightning", mode: "test", settings: lightning }] : []),
  ],
  services: [
    {
      slug: "api",
      title: "API",
      mode: "test",
      kind: "http",
      upstream: { url: upstream },
      rails: ["demo"],
      endpoints: [{ method: "GET", path: "/v1/forecast/{city}", price: { amount: "0.01", currency: "USD" } }],
    },
    ...(lightning ? [service(upstream, "free", { free: true }), service(upstream, "metered", metered)] : []),
  ],
});

/** Where payers pay: beside the measured process, as a payment network is. */
async function openWallet(dataDir: string, origin: string) {
  const url = (await findEmbeddedPostgres(dataDir))?.url;
  if (!url) throw new Error("Farebox runs without a database of its own.");
  const database = openDatabase({ url });
  const { handle } = createDemo({ database, clock: systemClock, origin, enabled: true });
  return {
    async pay(challenge: Challenge): Promise<string> {
      const { amount, currency, recipient } = readRequest(challenge) ?? {};
      const body = JSON.stringify({ challengeId: challenge.id, amount, currency, recipient });
      const answer = await handle(new Request(`${origin}/demo/wallet/payments`, { method: "POST", body }));
      if (answer.status !== 201) throw new Error(`The wallet answered ${answer.status}.`);
      return ((await answer.json()) as { token: string }).token;
    },
    close: database.close,
  };
}

/** Farebox as it is run: the production build, its own database with every safety on, one priced endpoint. */
export async function startFarebox(
  upstream: string,
  { profile, lightning }: { profile: string | null; lightning: Record<string, unknown> | null },
) {
  const server = await startServer({ nodeArgs: profile ? ["--cpu-prof", `--cpu-prof-dir=${profile}`] : [] });
  const put = await fetch(`${server.origin}/api/v1/config`, {
    method: "PUT",
    headers: { authorization: `Bearer ${server.apiKey}`, "content-type": "application/json" },
    body: JSON.stringify(document(upstream, lightning)),
  });
  if (!put.ok) throw new Error(`The configuration was refused: ${await put.text()}`);
  const wallet = await openWallet(server.dataDir, server.origin);
  const subject: Subject = {
    name: "farebox",
    port: Number(new URL(server.origin).port),
    pid: server.pid,
    path: "/pay/acme/api/v1/forecast/berlin",
    pay: wallet.pay,
  };
  return {
    subject,
    async stop() {
      await wallet.close();
      await server.stop();
    },
  };
}
