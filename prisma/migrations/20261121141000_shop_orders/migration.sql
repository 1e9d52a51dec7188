-- CreateIndex
CREATE INDEX "payment_merchant_id_external_ref_idx" ON "payment"("merchant_id", "external_ref");
