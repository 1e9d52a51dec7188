-- AlterTable
ALTER TABLE "charge" ADD COLUMN     "authorized" DECIMAL(78,0) NOT NULL DEFAULT 0,
ADD COLUMN     "kind" TEXT NOT NULL DEFAULT 'request',
ADD COLUMN     "parent_id" TEXT,
ADD COLUMN     "released" DECIMAL(78,0) NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "payment" (
    "charge_id" TEXT NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "connector" TEXT NOT NULL,
    "external_ref" TEXT NOT NULL,
    "automatic" BOOLEAN NOT NULL,
    "description" TEXT,
    "return_url" TEXT,
    "action" JSONB,
    "sequence" INTEGER NOT NULL DEFAULT 1,
    "looked_at" TIMESTAMPTZ(3),
    "closed_at" TIMESTAMPTZ(3),
    "arrived" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "payment_pkey" PRIMARY KEY ("charge_id")
);

-- CreateTable
CREATE TABLE "payment_operation" (
    "id" TEXT NOT NULL,
    "charge_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "effect_key" TEXT NOT NULL,
    "request_key" TEXT,
    "request_hash" BYTEA,
    "amount" DECIMAL(78,0) NOT NULL,
    "is_final" BOOLEAN NOT NULL,
    "state" TEXT NOT NULL,
    "code" TEXT,
    "reason" TEXT,
    "reference" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "payment_operation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "demo_hold" (
    "seq" BIGSERIAL NOT NULL,
    "token" TEXT NOT NULL,
    "hold_key" TEXT NOT NULL,
    "amount" DECIMAL(78,0) NOT NULL,
    "currency" TEXT NOT NULL,
    "recipient" TEXT NOT NULL,
    "payer" TEXT NOT NULL,
    "behaviour" TEXT NOT NULL,
    "captured" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "refunded" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "held_at" TIMESTAMPTZ(3) NOT NULL,
    "taken_at" TIMESTAMPTZ(3),
    "closed_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "demo_hold_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "demo_slip" (
    "id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "amount" DECIMAL(78,0) NOT NULL,
    "currency" TEXT NOT NULL,
    "recipient" TEXT NOT NULL,
    "arrived" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "refunded" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "payer" TEXT NOT NULL DEFAULT '',
    "behaviour" TEXT NOT NULL DEFAULT 'approve',
    "paid_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "demo_slip_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "demo_hold_token_key" ON "demo_hold"("token");

-- CreateIndex
CREATE UNIQUE INDEX "demo_hold_hold_key_key" ON "demo_hold"("hold_key");

-- CreateIndex
CREATE UNIQUE INDEX "demo_slip_key_key" ON "demo_slip"("key");

-- CreateIndex
CREATE INDEX "charge_parent_id_idx" ON "charge"("parent_id");

-- CreateIndex
CREATE INDEX "payment_merchant_id_connector_external_ref_idx" ON "payment"("merchant_id", "connector", "external_ref");

-- CreateIndex
CREATE UNIQUE INDEX "payment_operation_effect_key_key" ON "payment_operation"("effect_key");

-- CreateIndex
CREATE UNIQUE INDEX "payment_operation_request_key_key" ON "payment_operation"("request_key");

-- CreateIndex
CREATE INDEX "payment_operation_charge_id_idx" ON "payment_operation"("charge_id");

-- A charge has at most one unfinished effect, whatever the code does (contracts/rail.md §2).
CREATE UNIQUE INDEX "payment_operation_running" ON "payment_operation" ("charge_id") WHERE "state" = 'running';
ALTER TABLE "payment_operation" ADD CONSTRAINT "payment_operation_known" CHECK (
  "kind" IN ('offer', 'authorize', 'capture', 'void') AND "state" IN ('running', 'settled', 'failed')
);

-- The invariants of a charge that was opened first (contracts/rail.md §3).
ALTER TABLE "charge" ADD CONSTRAINT "charge_kind_known" CHECK ("kind" IN ('request', 'payment', 'stray'));
ALTER TABLE "charge" ADD CONSTRAINT "charge_stray_has_parent" CHECK (("kind" = 'stray') = ("parent_id" IS NOT NULL));
ALTER TABLE "charge" ADD CONSTRAINT "charge_payment_holds" CHECK (
  "kind" <> 'payment' OR (
    "authorized" >= 0 AND "released" >= 0 AND "authorized" <= "requested" AND "captured" + "released" <= "authorized"
    AND ("state" NOT IN ('created', 'requires_action', 'pending', 'denied') OR "authorized" = 0)
    AND ("state" <> 'authorized' OR "captured" + "released" < "authorized")
    AND ("state" <> 'captured' OR ("captured" > 0 AND "captured" + "released" = "authorized"))
    AND ("state" NOT IN ('voided', 'expired') OR ("captured" = 0 AND "released" = "authorized"))
  )
);

-- What the worker looks for: payments whose time may have passed.
CREATE INDEX "charge_payment_open" ON "charge" ("challenge_expires")
  WHERE "kind" = 'payment' AND "state" IN ('created', 'requires_action', 'pending', 'authorized');
