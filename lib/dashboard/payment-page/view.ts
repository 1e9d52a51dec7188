import type { BrandView, CardFields } from "../checkout/view";

/** What a payer can do about a shop's payment. */
export type WayView =
  | Readonly<{ kind: "press"; choices: readonly Readonly<{ name: string; title: string }>[] }>
  | Readonly<{ kind: "code"; name: string; text: string; link: string | null; size: number; path: string }>
  | Readonly<{ kind: "slip"; url: string; digits: string; formatted: string }>
  | Readonly<{ kind: "go"; url: string }>
  | Readonly<{ kind: "card"; card: CardFields }>
  | Readonly<{ kind: "shop" }>;

/** A shop's payment, for the page on which its customer pays. */
export type ShopPaymentView = Readonly<{
  id: string;
  merchant: string;
  brand: BrandView;
  isTest: boolean;
  title: string;
  /** In the shop's currency. */
  price: string;
  /** In the rail's, when that is another. */
  amount: string | null;
  state: "open" | "pending" | "paid" | "not-paid";
  way: WayView;
  expiresAt: string;
  expiresText: string;
  returnUrl: string | null;
}>;
