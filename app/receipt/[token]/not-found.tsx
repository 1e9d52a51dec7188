import type { Metadata } from "next";
import { EntryShell } from "@/components/shell/entry-shell";

export const metadata: Metadata = { title: "No receipt" };

export default function NoReceipt() {
  return (
    <EntryShell title="No receipt at this address">
      <p className="text-sm">
        The address is not whole, or the merchant has ended it. Ask the merchant you paid for a new one.
      </p>
    </EntryShell>
  );
}
