import type { Metadata } from "next";
import { MerchantForm } from "@/components/entry/merchant-form";
import { EntryShell } from "@/components/shell/entry-shell";
import { loadMerchantSetup } from "@/lib/dashboard/entry/loaders";

export const metadata: Metadata = { title: "New merchant" };

export default async function MerchantSetupPage() {
  const view = await loadMerchantSetup();
  return (
    <EntryShell title="Who is paid?" note="A merchant owns rails, services and receipts." width="wide">
      <MerchantForm {...view} />
    </EntryShell>
  );
}
