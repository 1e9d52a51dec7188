"use server";

import { z } from "zod";
import { action } from "@/lib/http";
import { newToken } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import type { Runtime } from "@/lib/runtime";

const keyBytes = 24;

async function namesOf({ catalog }: Runtime, merchant: string, service: string): Promise<string[]> {
  const config = await catalog.getConfig(merchant);
  const found = config.services.find(({ slug }) => slug === service);
  if (!found) throw new Problem("not-found", `There is no service "${service}".`);
  return found.callers?.keys.map(({ name }) => name) ?? [];
}

const kept = (names: readonly string[]) => names.map((name) => ({ name, key: { $secret: null } }));

/** Makes a key for a caller. It is answered once and never shown again. */
export const createCaller = action({
  scope: "config:write",
  form: z.strictObject({ service: z.string(), name: z.string().max(200) }),
  async run({ runtime, merchant, actor, form: { service, name } }) {
    const names = await namesOf(runtime, merchant.slug, service);
    if (names.includes(name.trim())) {
      const errors = [{ path: "name", message: "Another key has this name." }];
      throw new Problem("unprocessable", undefined, { errors });
    }
    const key = `fbc_${newToken(keyBytes)}`;
    const keys = [...kept(names), { name: name.trim(), key: { $secret: key } }];
    await runtime.catalog.reviseService(merchant.slug, service, { callers: { keys } }, actor);
    return { key };
  },
});

/** Ends a key. With the last one the service is open to everybody again. */
export const endCaller = action({
  scope: "config:write",
  form: z.strictObject({ service: z.string(), name: z.string().max(200) }),
  async run({ runtime, merchant, actor, form: { service, name } }) {
    const names = await namesOf(runtime, merchant.slug, service);
    const left = kept(names.filter((each) => each !== name));
    const callers = left.length > 0 ? { keys: left } : null;
    await runtime.catalog.reviseService(merchant.slug, service, { callers }, actor);
    return {};
  },
});
