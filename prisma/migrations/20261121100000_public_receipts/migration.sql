-- CreateTable
CREATE TABLE "public_receipt" (
    "id" TEXT NOT NULL,
    "charge_id" TEXT NOT NULL,
    "receipt_id" TEXT NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_by" TEXT,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "public_receipt_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "public_receipt_token_hash_key" ON "public_receipt"("token_hash");

-- CreateIndex
CREATE INDEX "public_receipt_charge_id_idx" ON "public_receipt"("charge_id");

-- CreateIndex
CREATE INDEX "public_receipt_merchant_id_idx" ON "public_receipt"("merchant_id");

-- One address stands per charge: of two that are made at once, one is.
CREATE UNIQUE INDEX "public_receipt_standing" ON "public_receipt" ("charge_id") WHERE "revoked_at" IS NULL;
