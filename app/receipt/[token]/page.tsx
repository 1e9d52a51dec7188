import type { Metadata } from "next";
import { PublicReceipt } from "@/components/public-receipt/public-receipt";
import { KeepWatching } from "@/components/receipts/keep-watching";
import { loadPublicReceipt } from "@/lib/dashboard/public-receipt/loaders";

type Props = { params: Promise<{ token: string }> };

export const dynamic = "force-dynamic";

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { merchant } = await loadPublicReceipt((await params).token);
  return {
    title: { absolute: `Receipt of ${merchant}` },
    description: null,
    referrer: "no-referrer", // the address is the key
    robots: { index: false, follow: false },
  };
}

export default async function PublicReceiptPage({ params }: Props) {
  const view = await loadPublicReceipt((await params).token);
  return (
    <>
      {view.isMoving && <KeepWatching />}
      <PublicReceipt view={view} />
    </>
  );
}
