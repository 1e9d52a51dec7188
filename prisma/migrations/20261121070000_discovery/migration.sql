-- The last comparison of a merchant's documents with its challenges.
CREATE TABLE "discovery_check" (
    "merchant_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "version" BIGINT NOT NULL,
    "ok" BOOLEAN NOT NULL,
    "report" JSONB NOT NULL,

    CONSTRAINT "discovery_check_pkey" PRIMARY KEY ("merchant_id")
);
