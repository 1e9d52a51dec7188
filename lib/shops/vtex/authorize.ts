import type { Connector } from "@/lib/catalog";
import { newId, newToken, sha256 } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import * as store from "./authorization-store";
import type { VtexDeps } from "./deps";
import { mayCall } from "./hosts";
import { readToken } from "./read-body";
import { type Reply, reply, VtexRefusal } from "./reply";

const tokenMs = 10 * 60_000;
const codeMs = 5 * 60_000;
const keptMs = 24 * 60 * 60_000;
const openMax = 50;

const applicationIds = ["vtex"];

/** POST authorization/token: begins a request for credentials. Anybody may; nothing comes of it without a member. */
export async function beginAuthorization(
  deps: VtexDeps,
  connector: Connector,
  members: Readonly<Record<string, unknown>>,
): Promise<Reply> {
  const { applicationId, returnUrl } = readToken(members);
  if (!applicationIds.includes(applicationId))
    throw new VtexRefusal(400, "application_unknown", "applicationId: only vtex is known here.");
  if (!mayCall(connector, returnUrl))
    throw new VtexRefusal(400, "return_not_allowed", "returnUrl: this is not an https address of VTEX.");
  const { client } = deps.database;
  const now = deps.clock.now();
  const { merchantId, slug } = connector;
  if ((await store.countOpen(client, { merchantId, connector: slug, now })) >= openMax)
    throw new VtexRefusal(
      400,
      "too_many_requests",
      "Too many requests for credentials are open. Wait ten minutes.",
    );
  const token = newToken();
  await store.insertAuthorization(client, {
    ...{ id: newId("va", now.getTime()), merchantId, connector: slug, applicationId, returnUrl },
    tokenHash: sha256(token),
    tokenExpires: new Date(now.getTime() + tokenMs),
    createdAt: now,
  });
  return reply(200, { applicationId, token });
}

/** GET authorization/redirect: to a page of ours, where a member is asked; it knows the request by its token. */
export async function askMember(
  { origin, catalog }: VtexDeps,
  { merchantId, mode }: Connector,
  query: URLSearchParams,
): Promise<Reply> {
  const view = (await catalog.snapshot()).findMerchantById(merchantId);
  const address = new URL(`${origin}/m/${view?.merchant.slug}/vtex-consent`);
  address.searchParams.set("mode", mode);
  address.searchParams.set("token", query.get("token") ?? "");
  return { status: 302, text: address.href };
}

/** GET authorization/credentials: gives a new pair for a code, once. */
export async function giveCredentials(
  deps: VtexDeps,
  connector: Connector,
  query: URLSearchParams,
): Promise<Reply> {
  const { client } = deps.database;
  const now = deps.clock.now();
  const code = query.get("authorizationCode") ?? "";
  const found = await store.findByCode(client, sha256(code));
  const { merchantId, slug } = connector;
  const isOurs =
    found?.merchantId === merchantId &&
    found.connector === slug &&
    found.applicationId === query.get("applicationId");
  if (!found || !isOurs)
    throw new VtexRefusal(400, "code_unknown", "authorizationCode: there is no such code.");
  if (!(await store.spendCode(client, found.id, now))) {
    if (found.codeExpires && found.codeExpires > now)
      await deps.audit({ merchantId, act: "connector.code-reused", object: connector.id });
    throw new VtexRefusal(400, "code_used", "authorizationCode: this code was used, or its time has passed.");
  }
  const by = { actor: `vtex:${found.id}` };
  const { appKey, appToken } = await deps.catalog.connectors.keys.create({ merchantId, slug }, by);
  return reply(200, { applicationId: found.applicationId, appKey, appToken });
}

/** What a member is asked to agree to. */
export type ConsentRequest = Readonly<{
  merchantId: string;
  connector: string;
  returnHost: string;
  expires: Date;
}>;

/** The member's side of it: what is asked for, and the answer. */
export function consents(deps: VtexDeps) {
  const { client } = deps.database;

  async function find(token: string): Promise<ConsentRequest | null> {
    const found = await store.findByToken(client, sha256(token));
    if (!found || found.codeExpires !== null || found.tokenExpires <= deps.clock.now()) return null;
    const { merchantId, connector, returnUrl, tokenExpires } = found;
    return { merchantId, connector, returnHost: new URL(returnUrl).host, expires: tokenExpires };
  }

  return {
    find,
    /** Agrees, once; answers where the browser goes: the address of VTEX with the code at its end. */
    async agree({ token, actor }: Readonly<{ token: string; actor: string }>): Promise<string> {
      const now = deps.clock.now();
      const tokenHash = sha256(token);
      const code = newToken();
      const codeExpires = new Date(now.getTime() + codeMs);
      const isGiven = await store.giveCode(client, {
        tokenHash,
        codeHash: sha256(code),
        codeExpires,
        actor,
        now,
      });
      const found = isGiven ? await store.findByToken(client, tokenHash) : null;
      if (!found)
        throw new Problem(
          "conflict",
          "This request was answered, or its time has passed. Begin again at VTEX.",
        );
      return `${found.returnUrl}${code}`;
    },
    forget: () => store.forgetOld(client, new Date(deps.clock.now().getTime() - keptMs)),
  };
}
