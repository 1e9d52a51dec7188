import type { Metadata } from "next";
import { EntryShell } from "@/components/shell/entry-shell";

export const metadata: Metadata = { title: "No merchant" };

export default function NoMerchantPage() {
  return (
    <EntryShell title="You are not a member of any merchant">
      <p className="text-sm">
        Your account works, but it sees nothing yet. Ask an owner of this installation.
      </p>
    </EntryShell>
  );
}
