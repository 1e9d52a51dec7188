-- Addresses that merchants send to be paid at.
CREATE TABLE "payment_link" (
    "id" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "description" TEXT,
    "amount" TEXT,
    "currency" TEXT,
    "target" TEXT,
    "uses_max" INTEGER,
    "expires_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by" TEXT NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "ended_by" TEXT,
    "request_key" TEXT NOT NULL,
    "request_hash" BYTEA NOT NULL,

    CONSTRAINT "payment_link_pkey" PRIMARY KEY ("id"),
    -- An amount, or something that is sold.
    CONSTRAINT "payment_link_subject" CHECK (("target" IS NULL) = ("amount" IS NOT NULL) AND ("amount" IS NULL) = ("currency" IS NULL)),
    CONSTRAINT "payment_link_uses" CHECK ("uses_max" IS NULL OR "uses_max" > 0)
);
CREATE UNIQUE INDEX "payment_link_token_key" ON "payment_link"("token");
CREATE UNIQUE INDEX "payment_link_merchant_id_request_key_key" ON "payment_link"("merchant_id", "request_key");
CREATE INDEX "payment_link_merchant_id_mode_id_idx" ON "payment_link"("merchant_id", "mode", "id" DESC);

-- A purchase that began at a link, and whether it counts as one of its uses.
ALTER TABLE "checkout" ADD COLUMN "link_id" TEXT;
ALTER TABLE "checkout" ADD COLUMN "holds_use" BOOLEAN NOT NULL DEFAULT false;
CREATE INDEX "checkout_link_id_idx" ON "checkout"("link_id");

-- The payment that was opened for an attempt which no endpoint stands behind.
ALTER TABLE "checkout_attempt" ADD COLUMN "payment_id" TEXT;
