-- AlterTable
ALTER TABLE "charge" ADD COLUMN     "dispute_state" TEXT;

-- CreateTable
CREATE TABLE "notice" (
    "id" TEXT NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "rail_slug" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "reference" TEXT,
    "state" TEXT NOT NULL,
    "charge_id" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "worked_at" TIMESTAMPTZ(3),

    CONSTRAINT "notice_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "dispute" (
    "id" TEXT NOT NULL,
    "charge_id" TEXT NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "rail_slug" TEXT NOT NULL,
    "reference" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "amount" DECIMAL(78,0) NOT NULL,
    "withheld" DECIMAL(78,0) NOT NULL,
    "fee" DECIMAL(78,0) NOT NULL,
    "currency" TEXT NOT NULL,
    "exponent" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,
    "needs_response" BOOLEAN NOT NULL,
    "respond_by" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "dispute_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "notice_merchant_id_rail_slug_event_id_key" ON "notice"("merchant_id", "rail_slug", "event_id");

-- CreateIndex
CREATE INDEX "notice_merchant_id_mode_id_idx" ON "notice"("merchant_id", "mode", "id" DESC);

-- CreateIndex
CREATE INDEX "notice_charge_id_idx" ON "notice"("charge_id");

-- CreateIndex
CREATE UNIQUE INDEX "dispute_merchant_id_rail_slug_reference_key" ON "dispute"("merchant_id", "rail_slug", "reference");

-- CreateIndex
CREATE INDEX "dispute_charge_id_idx" ON "dispute"("charge_id");

-- CreateIndex
CREATE INDEX "dispute_state_updated_at_idx" ON "dispute"("state", "updated_at");

ALTER TABLE "notice" ADD CONSTRAINT "notice_known" CHECK ("state" IN ('received', 'done', 'ignored', 'unmatched'));
ALTER TABLE "dispute" ADD CONSTRAINT "dispute_known" CHECK ("state" IN ('warning', 'open', 'won', 'lost'));
ALTER TABLE "dispute" ADD CONSTRAINT "dispute_amounts" CHECK ("amount" >= 0 AND "withheld" >= 0 AND "fee" >= 0);
