import { newId, newToken, sameSecret, sha256 } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import type { CheckoutDeps } from "../deps";
import { type Sold, soldAt } from "../sold";
import { offersFor, soldForAmount } from "./amount";
import {
  closedWords,
  faultsOf,
  fullWords,
  type LinkState,
  type LinkWish,
  type PaymentLink,
  refuseFaults,
  stateOf,
  tokenPattern,
  type Uses,
} from "./link";
import * as store from "./store";

/** A link with what has become of it. */
export type LinkView = PaymentLink & Readonly<{ address: string; state: LinkState; uses: Uses }>;

type Mode = PaymentLink["mode"];
type Named = Readonly<{ merchantId: string; mode?: Mode; id: string }>;

export const pathOf = ({ token }: Pick<PaymentLink, "token">): string => `/checkout/links/${token}`;

async function viewsOf(deps: CheckoutDeps, links: readonly PaymentLink[]): Promise<LinkView[]> {
  const uses = await store.usesOf(
    deps.database.client,
    links.map(({ id }) => id),
  );
  const now = deps.clock.now();
  return links.map((link) => ({
    ...link,
    address: `${deps.origin}${pathOf(link)}`,
    uses: uses(link.id),
    state: stateOf(link, uses(link.id), now),
  }));
}

const viewOf = async (deps: CheckoutDeps, link: PaymentLink): Promise<LinkView> => {
  const [view] = await viewsOf(deps, [link]);
  if (!view) throw new Error("One link has one view.");
  return view;
};

type Making = Readonly<{
  merchant: Readonly<{ id: string; slug: string }>;
  mode: Mode;
  wish: LinkWish;
  /** The caller's: the same key and wish are the same link. */
  key: string;
  actor: string;
}>;

const hashOf = ({ mode, wish }: Making): Buffer => {
  const { description, amount, endpoint, usesMax, expiresAt } = wish;
  const about = [amount?.amount, amount?.currency, endpoint?.service, endpoint?.path];
  return sha256(JSON.stringify([mode, description, ...about, usesMax, expiresAt?.toISOString()]));
};

/** Makes a link, after everything that its payers would meet was tried. */
export async function makeLink(deps: CheckoutDeps, making: Making): Promise<LinkView> {
  const { merchant, mode, wish, key, actor } = making;
  const now = deps.clock.now();
  const requestHash = hashOf(making);
  const asked = { merchantId: merchant.id, requestKey: key };
  const before = await store.findByRequest(deps.database.client, asked);
  if (before) return await madeBefore(deps, before, requestHash);
  refuseFaults(faultsOf(wish, now));
  const link: PaymentLink = {
    id: newId("pl", now.getTime()),
    token: newToken(16),
    merchantId: merchant.id,
    mode,
    description: wish.description ?? null,
    subject: await subjectOf(deps, making),
    usesMax: wish.usesMax ?? null,
    expiresAt: wish.expiresAt ?? null,
    createdAt: now,
    createdBy: actor,
    endedAt: null,
  };
  if (await store.insertLink(deps.database.client, { ...link, requestKey: key, requestHash })) {
    return await viewOf(deps, link);
  }
  const first = await store.findByRequest(deps.database.client, asked);
  if (!first) throw new Error("A key that is taken has a link.");
  return await madeBefore(deps, first, requestHash);
}

type Before = NonNullable<Awaited<ReturnType<typeof store.findByRequest>>>;

async function madeBefore(deps: CheckoutDeps, before: Before, hash: Uint8Array): Promise<LinkView> {
  if (!sameSecret(before.requestHash, hash)) throw new Problem("idempotency-mismatch");
  return await viewOf(deps, before.link);
}

/** What is paid for, tried out: an amount that some rail takes, or a priced GET that a browser can pay for. */
async function subjectOf(deps: CheckoutDeps, making: Making): Promise<PaymentLink["subject"]> {
  const { merchant, mode, wish } = making;
  if (wish.amount) {
    const offers = await offersFor(deps, { merchantId: merchant.id, mode }, wish.amount);
    if (offers.payable.length > 0) return { kind: "amount", price: wish.amount };
    const whys = offers.all.flatMap((offer) => (offer.state === "offered" ? [] : [offer.why]));
    const message = `No rail in ${mode} mode can be paid this in a browser. ${whys.join(" ")}`.trim();
    throw new Problem("unprocessable", undefined, { errors: [{ path: "amount", message }] });
  }
  const { service = "", path = "" } = wish.endpoint ?? {};
  const target = `/pay/${merchant.slug}/${service}${path}`;
  const isAddress = /^\/pay\/[\x21-\x7e]{1,2000}$/.test(target) && path.startsWith("/");
  const sold = isAddress
    ? await soldAt(deps, { target, headers: [["accept", "text/html"]], peer: "127.0.0.1" }).catch(refused)
    : null;
  const fault = (message: string) =>
    new Problem("unprocessable", undefined, { errors: [{ path: "endpoint.path", message }] });
  if (path.includes("{")) throw fault("Write what stands for the names in braces: /v1/forecast/berlin.");
  if (sold === null)
    throw fault("Nothing is sold to browsers at this address. Name one of your priced GETs.");
  if (sold === "free") throw fault("What stands at this address is free.");
  if (sold.methods.length === 0) throw fault("None of its rails can be paid in a browser.");
  if (sold.mode !== mode) throw fault(`This service is in ${sold.mode} mode; the link would be in ${mode}.`);
  return { kind: "endpoint", target };
}

const refused = (error: unknown): null => {
  if (Problem.is(error)) return null;
  throw error;
};

type Listing = Readonly<{ merchantId: string; mode?: Mode; limit: number; before: string | null }>;

/** Newest first; `next` is where the list goes on. */
export async function listLinks(
  deps: CheckoutDeps,
  { limit, ...where }: Listing,
): Promise<{ data: readonly LinkView[]; next: string | null }> {
  const found = await store.listLinks(deps.database.client, { ...where, limit: limit + 1 });
  const data = await viewsOf(deps, found.slice(0, limit));
  return { data, next: found.length > limit ? (data.at(-1)?.id ?? null) : null };
}

export const linkOfId = (deps: CheckoutDeps, merchantId: string, id: string): Promise<PaymentLink> =>
  getLink(deps, { merchantId, id });

async function getLink(deps: CheckoutDeps, named: Named): Promise<PaymentLink> {
  const link = await store.findLink(deps.database.client, named);
  if (!link) throw new Problem("not-found", "There is no such payment link.");
  return link;
}

const usesShown = 200;

/** A link, and what was paid at it, newest first. */
export async function readLink(
  deps: CheckoutDeps,
  named: Named,
): Promise<LinkView & { paid: readonly store.LinkUse[] }> {
  const link = await getLink(deps, named);
  const paid = await store.listUses(deps.database.client, link.id, usesShown);
  return { ...(await viewOf(deps, link)), paid };
}

/** Ends a link at once; what is being paid goes on. `isNews` is false when it had ended before. */
export async function endLink(
  deps: CheckoutDeps,
  { actor, ...named }: Named & { actor: string },
): Promise<{ link: LinkView; isNews: boolean }> {
  await getLink(deps, named);
  const isNews = await store.endLink(deps.database.client, named, { at: deps.clock.now(), actor });
  return { link: await viewOf(deps, await getLink(deps, named)), isNews };
}

const linkPath = /^\/checkout\/links\/([\w-]{22})$/;

/** The link that a target names; `null` for a target that is none. */
export async function linkAt(deps: CheckoutDeps, target: string): Promise<PaymentLink | null> {
  const token = linkPath.exec(target)?.[1];
  return token === undefined ? null : await linkOfToken(deps, token);
}

export async function linkOfToken(deps: CheckoutDeps, token: string): Promise<PaymentLink> {
  const link = tokenPattern.test(token) ? await store.findByToken(deps.database.client, token) : null;
  if (!link) throw new Problem("not-found", "There is no such payment link. Nothing was charged.");
  return link;
}

/** How long somebody has for their payment before they are not counted among those who are at it. */
const begunMs = 10 * 60_000;
const begunMost = 200;

/** Refuses whoever comes too late; says nothing when something can be paid. */
export async function refuseClosed(deps: CheckoutDeps, link: PaymentLink): Promise<void> {
  const { client } = deps.database;
  const now = deps.clock.now();
  const uses = (await store.usesOf(client, [link.id]))(link.id);
  const state = stateOf(link, uses, now);
  if (state !== "open") throw new Problem("not-found", closedWords[state]);
  if (link.usesMax !== null && uses.paid + uses.held >= link.usesMax)
    throw new Problem("conflict", fullWords);
  const begun = await store.countBegun(client, link.id, new Date(now.getTime() - begunMs));
  if (begun >= begunMost)
    throw new Problem("rate-limited", "Too many people are opening this link. Try again in a few minutes.");
}

/** Where a link can be paid; `null` when it cannot. */
export async function openPathOf(deps: CheckoutDeps, link: PaymentLink): Promise<string | null> {
  try {
    await refuseClosed(deps, link);
    return pathOf(link);
  } catch (error) {
    if (Problem.is(error)) return null;
    throw error;
  }
}

type Visiting = Readonly<{ headers: readonly (readonly [string, string])[]; peer: string }>;

/** What a link sells, as it is now. */
export async function soldAtLink(
  deps: CheckoutDeps,
  link: PaymentLink,
  visiting: Visiting,
): Promise<Sold | "free"> {
  const { subject } = link;
  if (subject.kind === "amount") return await soldForAmount(deps, link, subject.price);
  const sold = await soldAt(deps, { target: subject.target, ...visiting });
  return sold === "free" || link.description === null ? sold : { ...sold, title: link.description };
}
