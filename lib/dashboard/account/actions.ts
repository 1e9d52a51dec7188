"use server";

import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { z } from "zod";
import { action, signOut } from "@/lib/http";

/** Ends the session, here and everywhere. */
export async function leave(): Promise<void> {
  await signOut();
  redirect("/sign-in");
}

const typed = z.string().max(4_096);

/** Replaces the member's own password, which ends every session; the page signs in again with the new one. */
export const changePassword = action({
  scope: "receipts:read",
  form: z.strictObject({ current: typed, next: typed }),
  async run({ runtime, who, form }) {
    const address = (await headers()).get("x-forwarded-for")?.split(",", 1)[0]?.trim() ?? "";
    await runtime.access.changePassword({ memberId: who.memberId, ...form, address });
    return {};
  },
});
