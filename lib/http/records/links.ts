import { z } from "zod";
import type { Mode } from "@/lib/access";
import { Problem } from "@/lib/problems";
import type { LinkView, Runtime } from "@/lib/runtime";
import type { MerchantFacts, Visit } from "../context";
import { listResponse, pageQuery, readCursor, writeCursor } from "../page";
import { given, scopeOf } from "./query";

const text = (longest: number) =>
  z.string().trim().min(1, "Write something.").max(longest, `Use at most ${longest} characters.`);

/** What `POST /api/v1/payment-links` takes: an amount with a description, or an endpoint. */
export const CreateLink = z.strictObject({
  description: text(200).optional(),
  amount: z.strictObject({ amount: z.string().max(80), currency: z.string().max(20) }).optional(),
  endpoint: z.strictObject({ service: text(100), path: text(2_000) }).optional(),
  uses: z.number().int("Write a whole number.").optional(),
  expiresAt: z.iso
    .datetime({ offset: true, message: "Write a time such as 2026-12-01T12:00:00Z." })
    .transform((written) => new Date(written))
    .optional(),
});
export type CreateLink = z.infer<typeof CreateLink>;

export const LinkQuery = z.strictObject(pageQuery);

/** A link as programs see it. */
export const linkItem = (link: LinkView) => ({
  id: link.id,
  createdAt: link.createdAt.toISOString(),
  mode: link.mode,
  state: link.state,
  address: link.address,
  description: link.description,
  amount: link.subject.kind === "amount" ? link.subject.price : null,
  target: link.subject.kind === "endpoint" ? link.subject.target : null,
  uses: link.usesMax,
  paid: link.uses.paid,
  paying: link.uses.held,
  expiresAt: link.expiresAt?.toISOString() ?? null,
  endedAt: link.endedAt?.toISOString() ?? null,
});

type Detail = Awaited<ReturnType<Runtime["checkouts"]["links"]["get"]>>;

export const linkDetail = (link: Detail) => ({
  ...linkItem(link),
  payments: link.paid.map(({ receiptId, paidAt }) => ({ receiptId, at: paidAt?.toISOString() ?? null })),
});

type Asked = Visit<{ checkouts: Pick<Runtime["checkouts"], "links"> }> &
  Readonly<{ merchant: MerchantFacts; mode: Mode | null }>;

/** Makes a link; without an `Idempotency-Key` each call is a wish of its own. */
export async function makeLink(asked: Asked & { body: CreateLink; key: string | null }): Promise<LinkView> {
  const { runtime, merchant, mode, actor, requestId, key, body } = asked;
  if (mode === null) {
    const errors = [{ path: "mode", message: "Say which mode: ?mode=test or ?mode=live." }];
    throw new Problem("unprocessable", "A payment link belongs to one mode.", { errors });
  }
  const { uses, ...wish } = body;
  const link = await runtime.checkouts.links.make({
    merchant,
    mode,
    wish: given({ ...wish, usesMax: uses }),
    key: key ?? requestId,
    actor: actor.actor,
  });
  await asked.audit("payment-link.created", `payment-link:${link.id}`, { after: { ...linkItem(link) } });
  return link;
}

/** Ends a link at once; one that had ended is answered as it is. */
export async function endLink(asked: Asked & { id: string }): Promise<LinkView> {
  const { runtime, merchant, mode, actor, id } = asked;
  const about = { merchantId: merchant.id, ...scopeOf({ merchant, mode }), id };
  const { link, isNews } = await runtime.checkouts.links.end({ ...about, actor: actor.actor });
  if (isNews) await asked.audit("payment-link.ended", `payment-link:${id}`);
  return link;
}

type Listed = Pick<Asked, "runtime" | "merchant" | "mode"> &
  Readonly<{ query: { limit: number; cursor?: string | undefined } }>;

export async function listLinks({ runtime, merchant, mode, query }: Listed): Promise<Response> {
  const before = query.cursor === undefined ? null : readCursor(query.cursor);
  const about = { merchantId: merchant.id, ...scopeOf({ merchant, mode }), limit: query.limit };
  const { data, next } = await runtime.checkouts.links.list({ ...about, before });
  return listResponse({ data, nextCursor: next === null ? null : writeCursor(next) }, linkItem);
}
