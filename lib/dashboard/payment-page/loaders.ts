import { notFound } from "next/navigation";
import { showAmount } from "@/lib/money";
import { Problem } from "@/lib/problems";
import { type PaymentPage, runtime } from "@/lib/runtime";
import { loadBrand } from "../checkout/brand";
import { namedMoney } from "../shell/figures";
import { showTime, zoneName } from "../shell/times";
import type { ShopPaymentView, WayView } from "./view";

const codeNames: Readonly<Record<string, string>> = {
  pix: "Pix code",
  bolt11: "Lightning invoice",
  uri: "Payment code",
};

const wayOf = ({ way }: PaymentPage): WayView =>
  way.kind === "code"
    ? {
        kind: "code",
        name: codeNames[way.scheme] ?? "Payment code",
        text: way.text,
        link: way.link,
        ...way.qr,
      }
    : way;

/** A shop's payment, for whoever was sent to pay it. */
export async function loadShopPayment(id: string): Promise<ShopPaymentView> {
  const { paymentPages } = await runtime();
  const page = await paymentPages.view(id).catch((error: unknown) => {
    if (Problem.is(error) && error.slug === "not-found") notFound();
    throw error;
  });
  const { merchant, list, amount, expiresAt } = page;
  const isAlike = list.currency === amount.currency.code;
  return {
    id,
    merchant: merchant.name,
    brand: await loadBrand(merchant),
    isTest: page.mode === "test",
    title: page.title,
    price: isAlike ? namedMoney(amount) : showAmount(list.amount, list.currency),
    amount: isAlike ? null : namedMoney(amount),
    state: page.state,
    way: wayOf(page),
    expiresAt: expiresAt.toISOString(),
    expiresText: `${showTime(expiresAt, merchant.timeZone).text} ${zoneName(merchant.timeZone)}`,
    returnUrl: page.returnUrl,
  };
}
