import type { Metadata } from "next";
import { CheckoutScreen } from "@/components/checkout/checkout-screen";
import { loadCheckout } from "@/lib/dashboard/checkout/loaders";

export const metadata: Metadata = { title: "Checkout" };
export const dynamic = "force-dynamic";

type Props = { params: Promise<{ id: string }> };

export default async function Page({ params }: Props) {
  return <CheckoutScreen view={await loadCheckout((await params).id)} />;
}
