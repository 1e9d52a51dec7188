-- Purchases that people make in a browser.
CREATE TABLE "checkout" (
    "id" TEXT NOT NULL,
    "open_key" BYTEA NOT NULL,
    "visitor" BYTEA NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "headers" JSONB NOT NULL,
    "title" TEXT NOT NULL,
    "methods" JSONB NOT NULL,
    "list_amount" TEXT NOT NULL,
    "list_currency" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "attempt_id" TEXT NOT NULL,
    "charge_id" TEXT,
    "receipt_id" TEXT,
    "look_at" TIMESTAMPTZ(3),
    "tries" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "paid_at" TIMESTAMPTZ(3),
    "answer_status" INTEGER,
    "answer_headers" JSONB,
    "answer_body" BYTEA,
    "answer_until" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "checkout_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "checkout_open_key_key" ON "checkout"("open_key");
CREATE INDEX "checkout_visitor_target_idx" ON "checkout"("visitor", "target");
CREATE INDEX "checkout_look_at_idx" ON "checkout"("look_at");
CREATE INDEX "checkout_answer_until_idx" ON "checkout"("answer_until");

-- The challenges they may be paid by.
CREATE TABLE "checkout_attempt" (
    "id" TEXT NOT NULL,
    "checkout_id" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "rail" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "challenge" JSONB NOT NULL,
    "units" DECIMAL(78,0) NOT NULL,
    "currency" TEXT NOT NULL,
    "exponent" INTEGER NOT NULL,
    "action" JSONB,
    "choice" TEXT,
    "sealed_proof" TEXT,
    "failure" TEXT,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "checkout_attempt_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "checkout_attempt_checkout_id_idx" ON "checkout_attempt"("checkout_id");
