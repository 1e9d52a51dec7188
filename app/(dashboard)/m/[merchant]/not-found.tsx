import type { Metadata } from "next";
import { EntryShell } from "@/components/shell/entry-shell";
import { WayBack } from "@/components/shell/way-back";

export const metadata: Metadata = { title: "Not found" };

export default function MerchantNotFound() {
  return (
    <EntryShell title="Nothing at this address">
      <p className="text-sm">
        The id is mistyped or not whole, or it belongs to a merchant you are not a member of. Paste it here to
        look for it everywhere.
      </p>
      <WayBack />
    </EntryShell>
  );
}
