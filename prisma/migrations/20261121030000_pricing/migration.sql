-- How many of something limited were taken: free units of a quota in a window, uses of a code ever.
CREATE TABLE "pricing_count" (
    "merchant_id" TEXT NOT NULL,
    "endpoint_id" TEXT NOT NULL,
    "rule" TEXT NOT NULL,
    "span" TEXT NOT NULL,
    "identity" TEXT NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3),
    "used" INTEGER NOT NULL,
    "most" INTEGER NOT NULL,

    CONSTRAINT "pricing_count_pkey" PRIMARY KEY ("merchant_id", "endpoint_id", "rule", "span", "identity", "starts_at"),
    CONSTRAINT "pricing_count_used" CHECK ("used" >= 0)
);
CREATE INDEX "pricing_count_ends_at_idx" ON "pricing_count"("ends_at");

-- One use of a limited rule, held by the challenge that was priced with it.
CREATE TABLE "pricing_use" (
    "merchant_id" TEXT NOT NULL,
    "holder" TEXT NOT NULL,
    "rule" TEXT NOT NULL,
    "endpoint_id" TEXT NOT NULL,
    "identities" TEXT[],
    "state" TEXT NOT NULL,
    "reserved_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "pricing_use_pkey" PRIMARY KEY ("merchant_id", "holder", "rule"),
    CONSTRAINT "pricing_use_state" CHECK ("state" IN ('reserved', 'confirmed'))
);
CREATE INDEX "pricing_use_state_reserved_at_idx" ON "pricing_use"("state", "reserved_at");

-- What somebody paid for in a window.
CREATE TABLE "pricing_volume" (
    "merchant_id" TEXT NOT NULL,
    "endpoint_id" TEXT NOT NULL,
    "span" TEXT NOT NULL,
    "identity" TEXT NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "currency" TEXT NOT NULL,
    "ends_at" TIMESTAMPTZ(3),
    "requests" BIGINT NOT NULL,
    "amount" DECIMAL(78,0) NOT NULL,

    CONSTRAINT "pricing_volume_pkey" PRIMARY KEY ("merchant_id", "endpoint_id", "span", "identity", "starts_at", "currency")
);
CREATE INDEX "pricing_volume_ends_at_idx" ON "pricing_volume"("ends_at");

-- The charges whose volume is counted, so that each is counted once.
CREATE TABLE "pricing_volume_charge" (
    "merchant_id" TEXT NOT NULL,
    "charge_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "pricing_volume_charge_pkey" PRIMARY KEY ("merchant_id", "charge_id")
);
CREATE INDEX "pricing_volume_charge_at_idx" ON "pricing_volume_charge"("at");

-- The last rate that a merchant's source gave.
CREATE TABLE "pricing_rate" (
    "merchant_id" TEXT NOT NULL,
    "unit" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "rate" TEXT,
    "fetched_at" TIMESTAMPTZ(3),
    "tried_at" TIMESTAMPTZ(3) NOT NULL,
    "fault" TEXT,

    CONSTRAINT "pricing_rate_pkey" PRIMARY KEY ("merchant_id", "unit", "currency")
);
