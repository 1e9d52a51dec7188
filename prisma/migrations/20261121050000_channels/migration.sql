-- AlterTable
ALTER TABLE "charge" ADD COLUMN     "channel_id" TEXT;

-- AlterTable
ALTER TABLE "claim" ADD COLUMN     "deposit_id" TEXT,
ALTER COLUMN "charge_id" DROP NOT NULL;

-- AlterTable
ALTER TABLE "posting_group" ADD COLUMN     "channel_id" TEXT;

-- CreateTable
CREATE TABLE "issued_offer" (
    "id" TEXT NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "service_id" TEXT NOT NULL,
    "service_slug" TEXT NOT NULL,
    "endpoint_id" TEXT NOT NULL,
    "endpoint_label" TEXT NOT NULL,
    "price_version" INTEGER NOT NULL,
    "rail_slug" TEXT NOT NULL,
    "rail_kind" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "intent" TEXT NOT NULL,
    "amount" DECIMAL(78,0) NOT NULL,
    "currency" TEXT NOT NULL,
    "exponent" INTEGER NOT NULL,
    "list_amount" TEXT NOT NULL,
    "list_currency" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "fingerprint" BYTEA NOT NULL,
    "challenge_id" TEXT,
    "money_key" TEXT,
    "reference" TEXT,
    "offer" JSONB,
    "request_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "look_at" TIMESTAMPTZ(3) NOT NULL,
    "looks" INTEGER NOT NULL DEFAULT 0,
    "paid_at" TIMESTAMPTZ(3),

    CONSTRAINT "issued_offer_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "channel" (
    "id" TEXT NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "service_id" TEXT NOT NULL,
    "service_slug" TEXT NOT NULL,
    "rail_slug" TEXT NOT NULL,
    "rail_kind" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "payer" TEXT,
    "status" TEXT NOT NULL,
    "deposit" DECIMAL(78,0) NOT NULL,
    "accepted" DECIMAL(78,0) NOT NULL,
    "spent" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "reserved" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "closing_spent" DECIMAL(78,0),
    "settled" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "refunded" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "fee" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "currency" TEXT NOT NULL,
    "exponent" INTEGER NOT NULL,
    "prepaid" BOOLEAN NOT NULL,
    "data" JSONB NOT NULL,
    "idle_ms" INTEGER NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3) NOT NULL,
    "closing_at" TIMESTAMPTZ(3),
    "closed_at" TIMESTAMPTZ(3),
    "closed_by" TEXT,
    "close_credential" BYTEA,
    "close_answer" JSONB,
    "sealed_close" BYTEA,
    "refund_state" TEXT,
    "refund_reference" TEXT,
    "failure" TEXT,
    "effect_key" TEXT,
    "effects" INTEGER NOT NULL DEFAULT 0,
    "owner" INTEGER,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "channel_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "channel_deposit" (
    "id" TEXT NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "service_id" TEXT NOT NULL,
    "service_slug" TEXT NOT NULL,
    "endpoint_id" TEXT NOT NULL,
    "rail_slug" TEXT NOT NULL,
    "rail_kind" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "verb" TEXT NOT NULL,
    "channel_id" TEXT,
    "challenge_id" TEXT NOT NULL,
    "credential_hash" BYTEA NOT NULL,
    "fingerprint" BYTEA NOT NULL,
    "offer" JSONB NOT NULL,
    "sealed_payload" BYTEA,
    "state" TEXT NOT NULL,
    "amount" DECIMAL(78,0),
    "payer" TEXT,
    "owner" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "credited_at" TIMESTAMPTZ(3),

    CONSTRAINT "channel_deposit_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "channel_use" (
    "id" TEXT NOT NULL,
    "channel_id" TEXT NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "service_id" TEXT NOT NULL,
    "service_slug" TEXT NOT NULL,
    "endpoint_id" TEXT NOT NULL,
    "endpoint_label" TEXT NOT NULL,
    "price_version" INTEGER NOT NULL,
    "list_amount" TEXT NOT NULL,
    "list_currency" TEXT NOT NULL,
    "challenge_id" TEXT NOT NULL,
    "credential_hash" BYTEA NOT NULL,
    "fingerprint" BYTEA NOT NULL,
    "spent" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "reserved" DECIMAL(78,0) NOT NULL,
    "units" BIGINT NOT NULL DEFAULT 0,
    "request_id" TEXT NOT NULL,
    "idempotency_key" TEXT,
    "owner" INTEGER NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "channel_use_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "channel_event" (
    "id" BIGSERIAL NOT NULL,
    "channel_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "type" TEXT NOT NULL,
    "detail" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "channel_event_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "issued_offer_challenge_id_key" ON "issued_offer"("challenge_id");

-- CreateIndex
CREATE UNIQUE INDEX "issued_offer_money_key_key" ON "issued_offer"("money_key");

-- CreateIndex
CREATE INDEX "issued_offer_merchant_id_rail_slug_expires_at_idx" ON "issued_offer"("merchant_id", "rail_slug", "expires_at");

-- CreateIndex
CREATE INDEX "issued_offer_look_at_idx" ON "issued_offer"("look_at");

-- CreateIndex
CREATE INDEX "channel_merchant_id_mode_opened_at_id_idx" ON "channel"("merchant_id", "mode", "opened_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "channel_merchant_id_payer_idx" ON "channel"("merchant_id", "payer");

-- CreateIndex
CREATE INDEX "channel_deposit_channel_id_idx" ON "channel_deposit"("channel_id");

-- CreateIndex
CREATE INDEX "channel_use_channel_id_idx" ON "channel_use"("channel_id");

-- CreateIndex
CREATE INDEX "channel_use_owner_idx" ON "channel_use"("owner");

-- CreateIndex
CREATE INDEX "channel_event_channel_id_id_idx" ON "channel_event"("channel_id", "id");

-- CreateIndex
CREATE INDEX "charge_channel_id_idx" ON "charge"("channel_id");

-- CreateIndex
CREATE INDEX "claim_deposit_id_idx" ON "claim"("deposit_id");

-- CreateIndex
CREATE INDEX "posting_group_channel_id_idx" ON "posting_group"("channel_id");

-- AddForeignKey
ALTER TABLE "channel_deposit" ADD CONSTRAINT "channel_deposit_channel_id_fkey" FOREIGN KEY ("channel_id") REFERENCES "channel"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "channel_use" ADD CONSTRAINT "channel_use_channel_id_fkey" FOREIGN KEY ("channel_id") REFERENCES "channel"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "channel_event" ADD CONSTRAINT "channel_event_channel_id_fkey" FOREIGN KEY ("channel_id") REFERENCES "channel"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "claim" ADD CONSTRAINT "claim_deposit_id_fkey" FOREIGN KEY ("deposit_id") REFERENCES "channel_deposit"("id") ON DELETE RESTRICT ON UPDATE CASCADE;


-- A claim is spent by a charge or by a deposit.
ALTER TABLE "claim" ADD CONSTRAINT "claim_has_one_owner" CHECK (num_nonnulls("charge_id", "deposit_id") = 1);

-- A channel holds whatever the code does (contracts/rail.md §3, Sessions).
ALTER TABLE "channel" ADD CONSTRAINT "channel_amounts_hold" CHECK (
  "deposit" > 0 AND "spent" >= 0 AND "reserved" >= 0 AND "spent" + "reserved" <= "accepted" AND "accepted" <= "deposit"
  AND "settled" >= 0 AND "settled" <= "deposit" AND "refunded" >= 0 AND "spent" + "refunded" <= "deposit" AND "fee" >= 0
);
ALTER TABLE "channel" ADD CONSTRAINT "channel_status_known" CHECK ("status" IN ('open', 'closing', 'closed'));
ALTER TABLE "channel" ADD CONSTRAINT "channel_refund_known" CHECK ("refund_state" IN ('settled', 'pending', 'failed', 'skipped'));
ALTER TABLE "channel" ADD CONSTRAINT "channel_times_hold" CHECK (
  ("status" = 'open') = ("closing_at" IS NULL) AND ("status" = 'open') = ("closing_spent" IS NULL) AND ("status" = 'closed') = ("closed_at" IS NOT NULL)
);
ALTER TABLE "channel_deposit" ADD CONSTRAINT "channel_deposit_known" CHECK (
  "verb" IN ('open', 'topUp') AND "state" IN ('asked', 'credited')
  AND ("state" = 'credited') = ("amount" IS NOT NULL) AND ("amount" IS NULL OR "amount" > 0)
);
ALTER TABLE "channel_use" ADD CONSTRAINT "channel_use_amounts_hold" CHECK ("spent" >= 0 AND "reserved" >= 0 AND "units" >= 0);

-- What was put in, what may be spent and what was spent only grow, and a channel never opens again.
CREATE FUNCTION "channel_only_grows"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW."deposit" < OLD."deposit" OR NEW."accepted" < OLD."accepted" OR NEW."spent" < OLD."spent" OR NEW."refunded" < OLD."refunded"
    OR (OLD."status" = 'closing' AND NEW."status" = 'open') OR (OLD."status" = 'closed' AND NEW."status" <> 'closed') THEN
    RAISE EXCEPTION 'channel % only grows', OLD."id" USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER "channel_only_grows" BEFORE UPDATE ON "channel" FOR EACH ROW EXECUTE FUNCTION "channel_only_grows"();

-- What the worker looks for.
CREATE INDEX "channel_unclosed" ON "channel" ("opened_at") WHERE "status" <> 'closed';
CREATE INDEX "channel_deposit_asked" ON "channel_deposit" ("created_at") WHERE "state" = 'asked';
