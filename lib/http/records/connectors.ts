import { z } from "zod";
import type { Mode } from "@/lib/access";
import { Problem } from "@/lib/problems";
import type { Runtime } from "@/lib/runtime";
import type { MerchantFacts, Visit } from "../context";

type Connectors = Runtime["catalog"]["connectors"];
type Connector = NonNullable<Awaited<ReturnType<Connectors["find"]>>>;
type ShopKey = Awaited<ReturnType<Connectors["keys"]["list"]>>[number];
type Call = Awaited<ReturnType<Runtime["shops"]["calls"]["list"]>>[number];

type Asked = Readonly<{
  runtime: Pick<Runtime, "catalog" | "shops" | "env">;
  merchant: MerchantFacts;
  mode: Mode | null;
}>;
type Acting = Asked & Pick<Visit<unknown>, "actor" | "audit">;

const overlapSecondsMax = 30 * 24 * 60 * 60;

/** What `POST /api/v1/connectors/{id}/keys` takes. */
export const CreateShopKey = z.strictObject({
  /** The keys that live now end after this; 0 ends them at once. Left out, they live on. */
  endOthersAfterSeconds: z.int().min(0).max(overlapSecondsMax).optional(),
});

/** What the shop is given to call: the base of every address it asks. */
function connectorAddress(
  { kind, slug }: Connector,
  { merchant, runtime }: Pick<Asked, "merchant" | "runtime">,
) {
  const base = `${runtime.env.publicOrigin}/api/processor`;
  return kind === "vtex" ? `${base}/vtex/${merchant.slug}/${slug}` : `${base}/v1`;
}

/** A connector without its settings; those are part of the configuration document. */
const connectorItem = (connector: Connector, asked: Asked) => ({
  id: connector.slug,
  kind: connector.kind,
  mode: connector.mode,
  title: connector.title,
  enabled: connector.enabled,
  homologation: connector.homologation,
  methods: connector.methods,
  address: connectorAddress(connector, asked),
});

const keyItem = ({ id, prefix, createdBy, createdAt, endsAt, lastUsedAt }: ShopKey) => ({
  id,
  prefix,
  createdBy,
  createdAt,
  endsAt,
  lastUsedAt,
});

const callItem = ({ at, method, path, status, durationMs, requestId, request, response }: Call) => ({
  at,
  method,
  path,
  status,
  durationMs,
  requestId,
  request,
  response,
});

/** The connector of this name, as far as the caller's mode reaches. */
async function getConnector({ runtime, merchant, mode }: Asked, slug: string): Promise<Connector> {
  const found = await runtime.catalog.connectors.find(merchant.slug, slug);
  if (!found || (mode && found.mode !== mode))
    throw new Problem("not-found", `There is no connector "${slug}".`);
  return found;
}

export async function listConnectors(asked: Asked): Promise<Response> {
  const view = (await asked.runtime.catalog.snapshot()).findMerchantById(asked.merchant.id);
  const all = [...(view?.connectors.values() ?? [])].filter(({ mode }) => !asked.mode || mode === asked.mode);
  return Response.json({ data: all.map((connector) => connectorItem(connector, asked)) });
}

export async function readConnector(asked: Asked, slug: string): Promise<Response> {
  return Response.json(connectorItem(await getConnector(asked, slug), asked));
}

export async function listShopKeys(asked: Asked, slug: string): Promise<Response> {
  await getConnector(asked, slug);
  const keys = await asked.runtime.catalog.connectors.keys.list({ merchantId: asked.merchant.id, slug });
  return Response.json({ data: keys.map(keyItem) });
}

/** Makes a key, whose text is in this answer and nowhere else. */
export async function createShopKey(
  asked: Acting,
  { slug, endOthersAfterSeconds }: Readonly<{ slug: string }> & z.infer<typeof CreateShopKey>,
) {
  await getConnector(asked, slug);
  const { runtime, merchant, actor, audit } = asked;
  const wish = { merchantId: merchant.id, slug, endOthersAfterSeconds };
  const { connector: _connector, ...made } = await runtime.catalog.connectors.keys.create(wish, actor);
  await audit("connector-key.created", `connector:${slug}`, {
    after: { id: made.id, endOthersAfterSeconds: endOthersAfterSeconds ?? null },
  });
  return made;
}

/** Ends a key at once. */
export async function endShopKey(
  asked: Acting,
  { slug, id }: Readonly<{ slug: string; id: string }>,
): Promise<void> {
  await getConnector(asked, slug);
  const { runtime, merchant, audit } = asked;
  await runtime.catalog.connectors.keys.end({ merchantId: merchant.id, slug, id });
  await audit("connector-key.ended", `connector:${slug}`, { after: { id } });
}

export async function listShopCalls(asked: Asked, slug: string): Promise<Response> {
  const connector = await getConnector(asked, slug);
  return Response.json({ data: (await asked.runtime.shops.calls.list(connector.id)).map(callItem) });
}
