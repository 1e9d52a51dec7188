"use server";

import { z } from "zod";
import { actorOf } from "@/lib/access";
import { currentMember } from "@/lib/http";
import { Problem } from "@/lib/problems";
import { runtime } from "@/lib/runtime";
import type { FormResult } from "./view";

const Owner = z.object({
  email: z.string().max(1_000),
  name: z.string().max(1_000),
  password: z.string().max(4_096),
});
const Token = z.string().max(200);
const Merchant = z.object({
  name: z.string().max(1_000),
  slug: z.string().max(1_000),
  currency: z.string().max(20),
  timeZone: z.string().max(100),
});

/** Answers a refusal as a value, so that the form can show it; anything else stays a fault of ours. */
async function answering(work: () => Promise<void>): Promise<FormResult> {
  try {
    await work();
    return { ok: true };
  } catch (error) {
    if (!Problem.is(error)) throw error;
    const { errors } = error.extras;
    return { ok: false, problem: { detail: error.message, ...(errors ? { errors } : {}) } };
  }
}

/** Makes the first owner. The set-up link is the permission: it works once, and only while there is no member. */
export async function createOwner(token: unknown, typed: unknown): Promise<FormResult> {
  return await answering(async () => {
    const link = Token.safeParse(token);
    const owner = Owner.safeParse(typed);
    if (!link.success || !owner.success) throw new Problem("bad-request");
    const { access, catalog } = await runtime();
    const merchants = await catalog.listMerchants();
    await access.redeemSetupLink(link.data, {
      ...owner.data,
      merchantIds: merchants.map(({ id }) => id),
    });
  });
}

/** Makes a merchant with nothing to sell yet; for the owner of the installation. */
export async function createMerchant(typed: unknown): Promise<FormResult> {
  return await answering(async () => {
    const who = await currentMember();
    if (!who) throw new Problem("unauthenticated");
    if (!who.isOperator) throw new Problem("forbidden");
    const merchant = Merchant.safeParse(typed);
    if (!merchant.success) throw new Problem("bad-request");

    const { catalog } = await runtime();
    const merchants = await catalog.listMerchants();
    if (merchants.some(({ slug }) => slug === merchant.data.slug)) {
      const errors = [
        { path: "merchant.slug", message: "Another merchant has this address; choose another." },
      ];
      throw new Problem("unprocessable", undefined, { errors });
    }
    const document = { version: 1, merchant: merchant.data, rails: [], services: [] };
    await catalog.putConfig(document, { actor: actorOf(who), mayCreate: true });
  });
}
