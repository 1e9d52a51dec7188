"use client";

import { signOut } from "next-auth/react";
import { MenuItem } from "@/components/ui/menu";

export function SignOutItem() {
  return <MenuItem onSelect={() => void signOut({ callbackUrl: "/sign-in" })}>Sign out</MenuItem>;
}
