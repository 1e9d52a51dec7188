"use server";

import { z } from "zod";
import { action } from "@/lib/http";
import { Problem } from "@/lib/problems";

/** Lets VTEX fetch a pair of credentials, once; answers where the browser takes the code. */
export const agreeToVtex = action({
  scope: "keys:write",
  form: z.strictObject({ token: z.string().min(1).max(200) }),
  async run({ runtime, merchant, actor, audit, form: { token } }) {
    const asked = await runtime.shops.vtexConsents.find(token);
    if (asked?.merchantId !== merchant.id)
      throw new Problem(
        "not-found",
        "There is no such request, or its time has passed. Begin again at VTEX.",
      );
    const href = await runtime.shops.vtexConsents.agree({ token, actor: actor.actor });
    await audit("connector.consented", `connector:${asked.connector}`, {
      after: { returnHost: asked.returnHost },
    });
    return { href };
  },
});
