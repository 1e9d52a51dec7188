import { Mppx, stripe } from "mppx/client";
import type { StripeDouble } from "./double";

type Wish = Readonly<{ amount: string; currency: string }>;

/**
 * The stock client, unmodified. Its wallet asks the double for a token of exactly what is charged, or gives the one that
 * it is told to give.
 */
export function stripeClient(
  double: StripeDouble,
  fetch: typeof globalThis.fetch,
  give?: (wish: Wish) => string,
) {
  return Mppx.create({
    polyfill: false,
    fetch,
    methods: [
      stripe({
        paymentMethod: "pm_card_visa",
        async createToken({ amount, currency, expiresAt, networkId, paymentMethod }) {
          if (give) return give({ amount, currency });
          const body = new URLSearchParams({
            payment_method: paymentMethod ?? "",
            "usage_limits[max_amount]": amount,
            "usage_limits[currency]": currency,
            "usage_limits[expires_at]": String(expiresAt),
            "seller_details[network_id]": networkId ?? "",
          });
          const answer = await globalThis.fetch(
            `${double.url}/v1/test_helpers/shared_payment/granted_tokens`,
            {
              method: "POST",
              headers: {
                authorization: `Bearer ${double.settings().secretKey}`,
                "stripe-version": "2026-07-29.preview",
              },
              body,
            },
          );
          const { id } = (await answer.json()) as { id: string };
          return id;
        },
      }),
    ],
  });
}
