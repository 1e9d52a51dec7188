"use server";

import { redirect } from "next/navigation";
import { signOut } from "@/lib/http";

/** Ends the session, here and everywhere. */
export async function leave(): Promise<void> {
  await signOut();
  redirect("/sign-in");
}
