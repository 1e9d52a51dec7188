import { request } from "undici";
import { formatCredential, parseChallenges, readRequest } from "@/lib/protocol";
import { headOf, type Subject } from "./subject";

/** The same upstream asked directly, through Farebox without a price, and through Farebox from prepaid sessions. */
export type Metered = Readonly<{ upstream: Subject; free: Subject; metered: Subject }>;

/** A merchant's node with its door, and a payer's wallet beside it. */
export type Lightning = Readonly<{
  settings: Record<string, unknown>;
  pay(invoice: string): Promise<string>;
  invoice(): string;
  stop(): Promise<void>;
}>;

/** Two real nodes in this process with one channel between them; they are asked only while sessions are opened. */
export async function startLightning(): Promise<Lightning> {
  const [{ startPair, walletOf }, { startBackend }] = await Promise.all([
    import("../networks/lightning/pair"),
    import("../networks/lightning/backends"),
  ]);
  const pair = await startPair();
  const node = await startBackend("lnd", pair.merchant);
  const wallet = walletOf(pair.payer);
  const { macaroon, ...settings } = node.settings();
  const session = { depositUnits: 50_000, maxDeposit: "50000", idleTimeoutSeconds: 86_400 };
  return {
    settings: { ...settings, macaroon: { $secret: macaroon }, session },
    pay: (invoice) => wallet.pay(invoice),
    invoice: () => wallet.invoice({ expirySeconds: 86_400 }),
    async stop() {
      await node.down();
      pair.stop();
    },
  };
}

/** Opens a session with a real payment; the credential that pays from it again and again. */
async function openSession({ port, path }: Subject, lightning: Lightning): Promise<string> {
  const url = `http://127.0.0.1:${port}${path}`;
  const demand = await request(url);
  await demand.body.dump();
  const [challenge] = parseChallenges(String(demand.headers["www-authenticate"] ?? ""));
  if (!challenge) throw new Error(`No session is offered, but ${demand.statusCode}.`);
  const { depositInvoice, paymentHash: sessionId } = readRequest(challenge) ?? {};
  const preimage = await lightning.pay(String(depositInvoice));
  const open = { action: "open", preimage, returnInvoice: lightning.invoice() };
  const opened = await request(url, {
    headers: { authorization: formatCredential({ challenge, payload: open }) },
  });
  await opened.body.dump();
  if (opened.statusCode !== 200) throw new Error(`A session was not opened, but ${opened.statusCode}.`);
  return formatCredential({ challenge, payload: { action: "bearer", sessionId, preimage } });
}

/** Everybody of one part, with as many sessions as there are connections. */
export async function meteredSubjects(
  { upstream, farebox }: { upstream: Subject; farebox: Subject },
  { path, lightning, count }: { path: string; lightning: Lightning; count: number },
): Promise<Metered> {
  const sold = (slug: "free" | "metered"): Subject => ({
    ...farebox,
    name: slug,
    path: `/pay/acme/${slug}${path}`,
    pay: null,
  });
  const metered = sold("metered");
  const heads: string[] = [];
  for (let opened = 0; opened < count; opened += 1)
    heads.push(headOf(metered, await openSession(metered, lightning)));
  return { upstream: { ...upstream, path }, free: sold("free"), metered: { ...metered, heads } };
}
