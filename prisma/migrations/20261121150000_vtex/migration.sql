-- CreateTable
CREATE TABLE "vtex_payment" (
    "id" TEXT NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "connector" TEXT NOT NULL,
    "payment_id" TEXT NOT NULL,
    "transaction_id" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "rail" TEXT NOT NULL,
    "units" DECIMAL(78,0) NOT NULL,
    "rail_currency" TEXT NOT NULL,
    "rail_exponent" INTEGER NOT NULL,
    "rate" JSONB,
    "ttl_seconds" INTEGER NOT NULL,
    "external_ref" TEXT NOT NULL,
    "return_url" TEXT,
    "verification_only" BOOLEAN NOT NULL DEFAULT false,
    "sealed_callback" TEXT NOT NULL,
    "charge_id" TEXT,
    "status" TEXT,
    "said" JSONB,
    "undefined_at" TIMESTAMPTZ(3),
    "notice_type" TEXT,
    "settled" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "settle_closed_at" TIMESTAMPTZ(3),
    "surplus_at" TIMESTAMPTZ(3),
    "cancellation_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "vtex_payment_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "vtex_payment_status" CHECK ("status" IN ('approved', 'denied')),
    CONSTRAINT "vtex_payment_settled" CHECK ("settled" >= 0 AND "settled" <= "units")
);

-- CreateTable
CREATE TABLE "vtex_operation" (
    "id" TEXT NOT NULL,
    "vtex_payment_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "request_hash" BYTEA NOT NULL,
    "status" INTEGER,
    "answer" TEXT,
    "reference" TEXT,
    "units" DECIMAL(78,0),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "answered_at" TIMESTAMPTZ(3),

    CONSTRAINT "vtex_operation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "vtex_authorization" (
    "id" TEXT NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "connector" TEXT NOT NULL,
    "application_id" TEXT NOT NULL,
    "return_url" TEXT NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "token_expires" TIMESTAMPTZ(3) NOT NULL,
    "code_hash" BYTEA,
    "code_expires" TIMESTAMPTZ(3),
    "actor" TEXT,
    "used_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "vtex_authorization_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "vtex_payment_charge_id_key" ON "vtex_payment"("charge_id");

-- CreateIndex
CREATE INDEX "vtex_payment_surplus_at_idx" ON "vtex_payment"("surplus_at");

-- CreateIndex
CREATE UNIQUE INDEX "vtex_payment_merchant_id_connector_payment_id_key" ON "vtex_payment"("merchant_id", "connector", "payment_id");

-- CreateIndex
CREATE UNIQUE INDEX "vtex_operation_vtex_payment_id_kind_request_id_key" ON "vtex_operation"("vtex_payment_id", "kind", "request_id");

-- CreateIndex
CREATE UNIQUE INDEX "vtex_authorization_token_hash_key" ON "vtex_authorization"("token_hash");

-- CreateIndex
CREATE UNIQUE INDEX "vtex_authorization_code_hash_key" ON "vtex_authorization"("code_hash");

-- CreateIndex
CREATE INDEX "vtex_authorization_token_expires_idx" ON "vtex_authorization"("token_expires");
