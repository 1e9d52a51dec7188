"use server";

import { z } from "zod";
import { action } from "@/lib/http";

/** Compares now what is advertised with what is asked. Takes nothing. */
export const runCheck = action({
  scope: "config:write",
  form: z.strictObject({}),
  async run({ runtime, merchant }) {
    const { report } = await runtime.drift.check(merchant.id);
    return { differs: report.rows.filter(({ state }) => state === "differs").length };
  },
});
