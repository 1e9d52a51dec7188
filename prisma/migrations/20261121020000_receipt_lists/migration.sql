-- Found by the caller's own key, like by every other identifier of a payment.
CREATE INDEX "charge_idempotency_key" ON "charge" ("idempotency_key") WHERE "idempotency_key" IS NOT NULL;

-- Sums, counts and figures over all receipts of a range are read from the index alone.
CREATE INDEX "charge_income" ON "charge" ("merchant_id", "mode", "captured_at")
  INCLUDE ("currency", "exponent", "captured", "refunded", "fee", "delivery", "service_slug", "payer")
  WHERE "captured_at" IS NOT NULL;

-- Receipts in the order of their amounts.
CREATE INDEX "charge_by_amount" ON "charge" ("merchant_id", "mode", "captured", "id") WHERE "captured_at" IS NOT NULL;
