import type { Metadata } from "next";
import { ShopPaymentScreen } from "@/components/shop-payment/shop-payment-screen";
import { loadShopPayment } from "@/lib/dashboard/payment-page/loaders";

export const metadata: Metadata = { title: "Checkout" };
export const dynamic = "force-dynamic";

type Props = { params: Promise<{ id: string }> };

export default async function Page({ params }: Props) {
  return <ShopPaymentScreen view={await loadShopPayment((await params).id)} />;
}
