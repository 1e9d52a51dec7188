import type { Metadata } from "next";
import { EntryShell } from "@/components/shell/entry-shell";

export const metadata: Metadata = { title: "No merchant" };

export default function NoMerchantPage() {
  return (
    <EntryShell title="You are not a member of any merchant">
      <p className="text-sm">
        Your account works, but it sees nothing yet. An owner can make you a member of a merchant.
      </p>
    </EntryShell>
  );
}
