import { encode } from "next-auth/jwt";
import type { Runtime } from "@/lib/runtime";
import { aPng } from "@/lib/testing/pictures";
import type { Ground } from "./ground";
import { origin } from "./ground";
import { payAtWallet } from "./payer";

/** Somebody who calls: with a key, or with the cookie of a member. */
export type Caller = Readonly<{ name: string; headers: Readonly<Record<string, string>> }>;

export type Side = Readonly<{
  slug: string;
  id: string;
  service: string;
  /** Names of what this merchant has; none of them may ever reach another. */
  names: readonly string[];
}>;

const by = { actor: "system" };

const globex = (url: string) => ({
  version: 1,
  merchant: { slug: "globex", name: "Globex Canary", currency: "USD", timeZone: "UTC" },
  rails: [{ id: "globex-rail", kind: "demo", mode: "test" }],
  services: [
    {
      slug: "globex-api",
      title: "Globex Canary API",
      mode: "test",
      kind: "http",
      upstream: { url },
      rails: ["globex-rail"],
      endpoints: [{ method: "GET", path: "/v1/{id}", price: { amount: "1.00", currency: "USD" } }],
    },
  ],
  connectors: [{ id: "globex-shop", kind: "rest", mode: "test" }],
});

/** Pays for a path; the receipt, or nothing when the network declines. */
async function sell(
  runtime: Runtime,
  path: string,
  behaviour: "approve" | "decline" = "approve",
): Promise<string> {
  const demand = await runtime.gateway.handle(new Request(origin + path));
  const { credential, challengeId } = await payAtWallet(
    runtime,
    demand.headers.get("www-authenticate") ?? "",
    behaviour,
  );
  const answer = await runtime.gateway.handle(
    new Request(origin + path, { headers: { authorization: credential } }),
  );
  await answer.arrayBuffer();
  if (answer.status !== (behaviour === "approve" ? 200 : 402))
    throw new Error(`A sale at ${path} ended with ${answer.status}.`);
  const { receiptId } = await runtime.database.client.charge.findFirstOrThrow({ where: { challengeId } });
  return receiptId ?? "";
}

/** Every identifier in every row that belongs to this merchant, whatever tables there are. */
async function identifiersOf({ database }: Runtime, merchantId: string): Promise<string[]> {
  const columns = await database.client.$queryRaw<{ name: string; column: string }[]>`
    select table_name as name, column_name as column from information_schema.columns
    where table_schema = 'public' and data_type = 'text' and (column_name = 'id' or column_name like '%\\_id')
      and table_name in (select table_name from information_schema.columns where table_schema = 'public' and column_name = 'merchant_id')`;
  const found: string[] = [];
  for (const { name, column } of columns) {
    const rows = await database.client.$queryRawUnsafe<{ id: string }[]>(
      `select distinct "${column}" as id from "${name}" where merchant_id = $1 and "${column}" is not null`,
      merchantId,
    );
    found.push(...rows.map(({ id }) => id));
  }
  return [...new Set(found)];
}

async function sideOf(
  runtime: Runtime,
  { slug, service }: { slug: string; service: string },
  names: readonly string[],
): Promise<Side> {
  const id = (await runtime.catalog.snapshot()).findMerchant(slug)?.merchant.id ?? "";
  return { slug, service, id, names: [...names, id, ...(await identifiersOf(runtime, id))] };
}

async function cookieOf(runtime: Runtime, merchantId: string, role: "viewer" | "owner"): Promise<string> {
  const email = `${role}@acme.test`;
  const member = await runtime.access.createMember(
    { email, password: "a long enough phrase", memberships: [{ merchantId, role }] },
    by,
  );
  const token = await encode({ token: { sub: member.id, version: 1 }, secret: runtime.sessionSecret });
  return `farebox.session=${token}`;
}

export type TenancyWorld = Readonly<{
  own: Side;
  other: Side;
  callers: Readonly<Record<"own" | "live" | "narrow" | "viewer" | "owner" | "nobody" | "unknown", Caller>>;
}>;

/** A channel in the records: whose it is counts here, not how it was opened. */
async function putChannel(
  { database }: Runtime,
  { merchantId, slug }: { merchantId: string; slug: string },
): Promise<void> {
  const at = new Date();
  await database.client.channel.create({
    data: {
      ...{ id: `ch_channel-of-${slug}`, merchantId, mode: "test", method: "demo", status: "closed" },
      ...{
        serviceId: `service-of-${slug}`,
        serviceSlug: `service-of-${slug}`,
        railSlug: "demo",
        railKind: "demo",
      },
      ...{ deposit: "100", accepted: "100", currency: "USD", exponent: 2, prepaid: true },
      ...{
        data: {},
        idleMs: 60_000,
        openedAt: at,
        lastUsedAt: at,
        closingAt: at,
        closingSpent: "0",
        closedAt: at,
        refunded: "100",
        refundState: "settled",
      },
    },
  });
}

/** What a merchant's pages for payers have: a link to be paid at, and a picture. */
async function putPage(
  { checkouts, catalog }: Runtime,
  { merchantId, slug }: { merchantId: string; slug: string },
): Promise<void> {
  const amount = { amount: "1.00", currency: "USD" };
  await checkouts.links.make({
    ...{ merchant: { id: merchantId, slug }, mode: "test", key: `link-of-${slug}`, actor: "system" },
    wish: { amount, description: `Link of ${slug}` },
  });
  await catalog.logos.save(merchantId, aPng());
}

/** Two merchants with sales, refunds and keys, and everybody who might ask on behalf of the first. */
export async function openTenancy({ runtime, upstream }: Ground): Promise<TenancyWorld> {
  await runtime.catalog.putConfig(globex(upstream.url), { actor: "system", mayCreate: true });
  await runtime.catalog.createConnector("acme", { id: "acme-shop", kind: "rest", mode: "test" }, by);
  const snapshot = await runtime.catalog.snapshot();
  for (const [slug, path] of [
    ["acme", "/pay/acme/api/v1/item/"],
    ["globex", "/pay/globex/globex-api/v1/"],
  ] as const) {
    const merchantId = snapshot.findMerchant(slug)?.merchant.id ?? "";
    await sell(runtime, `${path}${slug}-declined`, "decline");
    await putChannel(runtime, { merchantId, slug });
    await putPage(runtime, { merchantId, slug });
    for (let count = 0; count < 3; count += 1) {
      const receiptId = await sell(runtime, `${path}${slug}-${count}`);
      if (count > 0) continue;
      await runtime.processor.requestRefund({
        merchantId,
        receiptId,
        key: `${slug}-refund`,
        actor: "system",
      });
    }
  }
  const merchantId = snapshot.findMerchant("acme")?.merchant.id ?? "";
  const otherId = snapshot.findMerchant("globex")?.merchant.id ?? "";
  await runtime.access.createKey({ merchantId: otherId, mode: "test", name: "globex key" }, by);
  const withKey = async (name: string, mode: "test" | "live", more: object = {}): Promise<Caller> => {
    const { key } = await runtime.access.createKey({ merchantId, mode, name, ...more }, by);
    return { name, headers: { authorization: `Bearer ${key}` } };
  };
  const withCookie = async (role: "viewer" | "owner"): Promise<Caller> => ({
    name: `member as ${role}`,
    headers: { cookie: await cookieOf(runtime, merchantId, role), origin, "sec-fetch-site": "same-origin" },
  });
  const callers = {
    own: await withKey("own key", "test"),
    live: await withKey("live key", "live"),
    narrow: await withKey("key that may read metrics only", "test", { scopes: ["metrics:read"] }),
    viewer: await withCookie("viewer"),
    owner: await withCookie("owner"),
    nobody: { name: "nobody", headers: {} },
    unknown: { name: "unknown key", headers: { authorization: "Bearer fbx_test_unknown" } },
  };
  return {
    own: await sideOf(runtime, { slug: "acme", service: "api" }, ["acme-shop"]),
    other: await sideOf(runtime, { slug: "globex", service: "globex-api" }, [
      "Globex Canary",
      "globex-api",
      "globex-rail",
      "globex-shop",
      "globex-0",
    ]),
    callers,
  };
}
