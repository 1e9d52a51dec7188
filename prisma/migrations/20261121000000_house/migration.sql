-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "member" (
    "id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT,
    "password_hash" TEXT NOT NULL,
    "session_version" INTEGER NOT NULL DEFAULT 1,
    "is_operator" BOOLEAN NOT NULL DEFAULT false,
    "disabled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3),

    CONSTRAINT "member_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "membership" (
    "member_id" TEXT NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "membership_pkey" PRIMARY KEY ("member_id","merchant_id")
);

-- CreateTable
CREATE TABLE "setup_link" (
    "id" TEXT NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "setup_link_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_key" (
    "id" TEXT NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "scopes" TEXT[],
    "prefix" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sign_in_failure" (
    "subject" TEXT NOT NULL,
    "failures" INTEGER NOT NULL,
    "blocked_until" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sign_in_failure_pkey" PRIMARY KEY ("subject")
);

-- CreateTable
CREATE TABLE "audit_entry" (
    "seq" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "merchant_id" TEXT,
    "actor" TEXT NOT NULL,
    "act" TEXT NOT NULL,
    "object" TEXT NOT NULL,
    "before" JSONB,
    "after" JSONB,
    "network" TEXT,
    "request_id" TEXT,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "merchant" (
    "id" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "time_zone" TEXT NOT NULL,
    "challenge_key_id" TEXT NOT NULL,
    "is_demo" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "merchant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "challenge_key" (
    "merchant_id" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "retires_at" TIMESTAMPTZ(3),

    CONSTRAINT "challenge_key_pkey" PRIMARY KEY ("merchant_id","key_id")
);

-- CreateTable
CREATE TABLE "rail" (
    "id" TEXT NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "title" TEXT,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "settings" JSONB NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "rail_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "service" (
    "id" TEXT NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "upstream" JSONB NOT NULL,
    "rails" TEXT[],
    "position" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "service_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "endpoint" (
    "id" TEXT NOT NULL,
    "service_id" TEXT NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "shape" TEXT NOT NULL,
    "description" TEXT,
    "free" BOOLEAN NOT NULL DEFAULT false,
    "intent" TEXT NOT NULL DEFAULT 'charge',
    "unit" TEXT,
    "price_amount" TEXT,
    "price_currency" TEXT,
    "price_version" INTEGER NOT NULL DEFAULT 1,
    "options" JSONB NOT NULL DEFAULT '{}',
    "position" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "endpoint_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "price_version" (
    "endpoint_id" TEXT NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "amount" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "price_version_pkey" PRIMARY KEY ("endpoint_id","version")
);

-- CreateTable
CREATE TABLE "catalog_version" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "version" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "catalog_version_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "demo_payment" (
    "token" TEXT NOT NULL,
    "challenge_id" TEXT NOT NULL,
    "amount" DECIMAL(78,0) NOT NULL,
    "currency" TEXT NOT NULL,
    "recipient" TEXT NOT NULL,
    "payer" TEXT NOT NULL,
    "behaviour" TEXT NOT NULL,
    "capture_key" TEXT,
    "captured_at" TIMESTAMPTZ(3),
    "refunded" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "demo_payment_pkey" PRIMARY KEY ("token")
);

-- CreateTable
CREATE TABLE "demo_log_entry" (
    "seq" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "type" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "challenge_id" TEXT NOT NULL,
    "amount" DECIMAL(78,0) NOT NULL,
    "currency" TEXT NOT NULL,
    "recipient" TEXT NOT NULL,
    "payer" TEXT NOT NULL,
    "effect_key" TEXT,

    CONSTRAINT "demo_log_entry_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "job" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'due',
    "run_at" TIMESTAMPTZ(3) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "job_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "posting_group" (
    "id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "charge_id" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "posting_group_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "posting" (
    "id" BIGSERIAL NOT NULL,
    "group_id" TEXT NOT NULL,
    "account" TEXT NOT NULL,
    "units" DECIMAL(78,0) NOT NULL,
    "currency" TEXT NOT NULL,
    "exponent" INTEGER NOT NULL,

    CONSTRAINT "posting_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "charge" (
    "id" TEXT NOT NULL,
    "receipt_id" TEXT,
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
    "state" TEXT NOT NULL,
    "requested" DECIMAL(78,0) NOT NULL,
    "captured" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "refunded" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "pending_refund" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "fee" DECIMAL(78,0) NOT NULL DEFAULT 0,
    "currency" TEXT NOT NULL,
    "exponent" INTEGER NOT NULL,
    "list_amount" TEXT NOT NULL,
    "list_currency" TEXT NOT NULL,
    "rate" TEXT,
    "rate_source" TEXT,
    "rate_at" TIMESTAMPTZ(3),
    "payer" TEXT,
    "reference" TEXT,
    "challenge_id" TEXT NOT NULL,
    "challenge_expires" TIMESTAMPTZ(3) NOT NULL,
    "credential_hash" BYTEA NOT NULL,
    "fingerprint" BYTEA NOT NULL,
    "sealed_proof" BYTEA,
    "offer" JSONB NOT NULL,
    "effect_key" TEXT NOT NULL,
    "effect_state" TEXT NOT NULL,
    "effect_reason" TEXT,
    "effect_attempts" INTEGER NOT NULL DEFAULT 0,
    "owner" INTEGER,
    "delivery" TEXT NOT NULL DEFAULT 'none',
    "redeemable_until" TIMESTAMPTZ(3),
    "remedy" TEXT NOT NULL DEFAULT 'deliver',
    "remedy_reason" TEXT,
    "upstream_status" INTEGER,
    "upstream_bytes" BIGINT,
    "delivery_attempts" INTEGER NOT NULL DEFAULT 0,
    "rail_ms" INTEGER,
    "upstream_ms" INTEGER,
    "total_ms" INTEGER,
    "request_id" TEXT NOT NULL,
    "idempotency_key" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "captured_at" TIMESTAMPTZ(3),
    "delivered_at" TIMESTAMPTZ(3),

    CONSTRAINT "charge_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "claim" (
    "key" TEXT NOT NULL,
    "charge_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "claim_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "charge_event" (
    "id" BIGSERIAL NOT NULL,
    "charge_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "type" TEXT NOT NULL,
    "detail" JSONB NOT NULL DEFAULT '{}',
    "duration_ms" INTEGER,

    CONSTRAINT "charge_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "stored_answer" (
    "key" TEXT NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "endpoint_id" TEXT NOT NULL,
    "fingerprint" BYTEA NOT NULL,
    "charge_id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "status" INTEGER,
    "headers" JSONB,
    "body" BYTEA,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "stored_answer_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "refund" (
    "id" TEXT NOT NULL,
    "charge_id" TEXT NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "amount" DECIMAL(78,0) NOT NULL,
    "currency" TEXT NOT NULL,
    "exponent" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "effect_key" TEXT NOT NULL,
    "reason" TEXT,
    "note" TEXT,
    "destination" TEXT,
    "requested_by" TEXT NOT NULL,
    "reference" TEXT,
    "failure" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "owner" INTEGER,
    "request_key" TEXT,
    "request_hash" BYTEA,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "refund_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "event" (
    "seq" BIGSERIAL NOT NULL,
    "id" TEXT NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "object" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "event_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "traffic_count" (
    "endpoint_id" TEXT NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "quarter" TIMESTAMPTZ(0) NOT NULL,
    "count" BIGINT NOT NULL,

    CONSTRAINT "traffic_count_pkey" PRIMARY KEY ("endpoint_id","outcome","quarter")
);

-- CreateIndex
CREATE UNIQUE INDEX "member_email_key" ON "member"("email");

-- CreateIndex
CREATE INDEX "membership_merchant_id_idx" ON "membership"("merchant_id");

-- CreateIndex
CREATE UNIQUE INDEX "setup_link_token_hash_key" ON "setup_link"("token_hash");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_hash_key" ON "api_key"("hash");

-- CreateIndex
CREATE INDEX "api_key_merchant_id_idx" ON "api_key"("merchant_id");

-- CreateIndex
CREATE INDEX "sign_in_failure_updated_at_idx" ON "sign_in_failure"("updated_at");

-- CreateIndex
CREATE INDEX "audit_entry_merchant_id_seq_idx" ON "audit_entry"("merchant_id", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "merchant_slug_key" ON "merchant"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "rail_merchant_id_slug_key" ON "rail"("merchant_id", "slug");

-- CreateIndex
CREATE UNIQUE INDEX "service_merchant_id_slug_key" ON "service"("merchant_id", "slug");

-- CreateIndex
CREATE INDEX "endpoint_merchant_id_idx" ON "endpoint"("merchant_id");

-- CreateIndex
CREATE UNIQUE INDEX "endpoint_service_id_method_shape_key" ON "endpoint"("service_id", "method", "shape");

-- CreateIndex
CREATE INDEX "price_version_merchant_id_idx" ON "price_version"("merchant_id");

-- CreateIndex
CREATE UNIQUE INDEX "demo_payment_capture_key_key" ON "demo_payment"("capture_key");

-- CreateIndex
CREATE UNIQUE INDEX "demo_log_entry_effect_key_key" ON "demo_log_entry"("effect_key");

-- CreateIndex
CREATE INDEX "demo_log_entry_token_idx" ON "demo_log_entry"("token");

-- CreateIndex
CREATE UNIQUE INDEX "job_key_key" ON "job"("key");

-- CreateIndex
CREATE INDEX "job_state_run_at_idx" ON "job"("state", "run_at");

-- CreateIndex
CREATE UNIQUE INDEX "posting_group_key_key" ON "posting_group"("key");

-- CreateIndex
CREATE INDEX "posting_group_merchant_id_mode_at_idx" ON "posting_group"("merchant_id", "mode", "at");

-- CreateIndex
CREATE INDEX "posting_group_charge_id_idx" ON "posting_group"("charge_id");

-- CreateIndex
CREATE INDEX "posting_group_id_idx" ON "posting"("group_id");

-- CreateIndex
CREATE INDEX "posting_account_currency_idx" ON "posting"("account", "currency");

-- CreateIndex
CREATE UNIQUE INDEX "charge_receipt_id_key" ON "charge"("receipt_id");

-- CreateIndex
CREATE INDEX "charge_merchant_id_mode_captured_at_id_idx" ON "charge"("merchant_id", "mode", "captured_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "charge_merchant_id_payer_idx" ON "charge"("merchant_id", "payer");

-- CreateIndex
CREATE INDEX "charge_merchant_id_reference_idx" ON "charge"("merchant_id", "reference");

-- CreateIndex
CREATE INDEX "charge_merchant_id_delivery_redeemable_until_idx" ON "charge"("merchant_id", "delivery", "redeemable_until");

-- CreateIndex
CREATE INDEX "charge_challenge_id_idx" ON "charge"("challenge_id");

-- CreateIndex
CREATE INDEX "charge_request_id_idx" ON "charge"("request_id");

-- CreateIndex
CREATE INDEX "claim_charge_id_idx" ON "claim"("charge_id");

-- CreateIndex
CREATE INDEX "charge_event_charge_id_id_idx" ON "charge_event"("charge_id", "id");

-- CreateIndex
CREATE INDEX "stored_answer_expires_at_idx" ON "stored_answer"("expires_at");

-- CreateIndex
CREATE INDEX "stored_answer_merchant_id_idx" ON "stored_answer"("merchant_id");

-- CreateIndex
CREATE INDEX "stored_answer_charge_id_idx" ON "stored_answer"("charge_id");

-- CreateIndex
CREATE UNIQUE INDEX "refund_effect_key_key" ON "refund"("effect_key");

-- CreateIndex
CREATE INDEX "refund_charge_id_idx" ON "refund"("charge_id");

-- CreateIndex
CREATE INDEX "refund_merchant_id_mode_created_at_id_idx" ON "refund"("merchant_id", "mode", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "refund_merchant_id_request_key_key" ON "refund"("merchant_id", "request_key");

-- CreateIndex
CREATE UNIQUE INDEX "event_id_key" ON "event"("id");

-- CreateIndex
CREATE INDEX "event_merchant_id_seq_idx" ON "event"("merchant_id", "seq");

-- CreateIndex
CREATE INDEX "traffic_count_merchant_id_mode_quarter_idx" ON "traffic_count"("merchant_id", "mode", "quarter");

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_member_id_fkey" FOREIGN KEY ("member_id") REFERENCES "member"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "challenge_key" ADD CONSTRAINT "challenge_key_merchant_id_fkey" FOREIGN KEY ("merchant_id") REFERENCES "merchant"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rail" ADD CONSTRAINT "rail_merchant_id_fkey" FOREIGN KEY ("merchant_id") REFERENCES "merchant"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "service" ADD CONSTRAINT "service_merchant_id_fkey" FOREIGN KEY ("merchant_id") REFERENCES "merchant"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "endpoint" ADD CONSTRAINT "endpoint_service_id_fkey" FOREIGN KEY ("service_id") REFERENCES "service"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "posting" ADD CONSTRAINT "posting_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "posting_group"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "claim" ADD CONSTRAINT "claim_charge_id_fkey" FOREIGN KEY ("charge_id") REFERENCES "charge"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "charge_event" ADD CONSTRAINT "charge_event_charge_id_fkey" FOREIGN KEY ("charge_id") REFERENCES "charge"("id") ON DELETE RESTRICT ON UPDATE CASCADE;



-- One row, raised by every change of the catalogue.
INSERT INTO "catalog_version" ("id", "version") VALUES (1, 0);

CREATE FUNCTION "catalog_changed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "catalog_version" SET "version" = "version" + 1 WHERE "id" = 1;
  PERFORM pg_notify('farebox_catalog', '');
  RETURN NULL;
END $$;

CREATE TRIGGER "merchant_changed" AFTER INSERT OR UPDATE OR DELETE ON "merchant" FOR EACH STATEMENT EXECUTE FUNCTION "catalog_changed"();
CREATE TRIGGER "challenge_key_changed" AFTER INSERT OR UPDATE OR DELETE ON "challenge_key" FOR EACH STATEMENT EXECUTE FUNCTION "catalog_changed"();
CREATE TRIGGER "rail_changed" AFTER INSERT OR UPDATE OR DELETE ON "rail" FOR EACH STATEMENT EXECUTE FUNCTION "catalog_changed"();
CREATE TRIGGER "service_changed" AFTER INSERT OR UPDATE OR DELETE ON "service" FOR EACH STATEMENT EXECUTE FUNCTION "catalog_changed"();
CREATE TRIGGER "endpoint_changed" AFTER INSERT OR UPDATE OR DELETE ON "endpoint" FOR EACH STATEMENT EXECUTE FUNCTION "catalog_changed"();

-- The ledger only grows.
CREATE FUNCTION "ledger_is_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the ledger is append-only: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER "posting_group_append_only" BEFORE UPDATE OR DELETE ON "posting_group" FOR EACH ROW EXECUTE FUNCTION "ledger_is_append_only"();
CREATE TRIGGER "posting_append_only" BEFORE UPDATE OR DELETE ON "posting" FOR EACH ROW EXECUTE FUNCTION "ledger_is_append_only"();
CREATE TRIGGER "posting_group_never_truncated" BEFORE TRUNCATE ON "posting_group" FOR EACH STATEMENT EXECUTE FUNCTION "ledger_is_append_only"();
CREATE TRIGGER "posting_never_truncated" BEFORE TRUNCATE ON "posting" FOR EACH STATEMENT EXECUTE FUNCTION "ledger_is_append_only"();

-- Every group sums to zero in every currency, judged when the transaction commits.
CREATE FUNCTION "posting_group_balances"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM "posting" WHERE "group_id" = NEW."group_id" GROUP BY "currency", "exponent" HAVING SUM("units") <> 0
  ) THEN
    RAISE EXCEPTION 'posting group % does not sum to zero', NEW."group_id" USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER "posting_group_balances" AFTER INSERT ON "posting" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "posting_group_balances"();

-- The audit is a chain: entries are added, never changed.
CREATE TRIGGER "audit_append_only" BEFORE UPDATE OR DELETE ON "audit_entry" FOR EACH ROW EXECUTE FUNCTION "ledger_is_append_only"();

-- Counters of a charge hold whatever the code does (contracts/rail.md §3).
ALTER TABLE "charge" ADD CONSTRAINT "charge_amounts_hold" CHECK (
  "requested" > 0 AND "captured" >= 0 AND "captured" <= "requested"
  AND "refunded" >= 0 AND "pending_refund" >= 0 AND "refunded" + "pending_refund" <= "captured"
);
ALTER TABLE "charge" ADD CONSTRAINT "charge_state_known" CHECK (
  "state" IN ('created', 'requires_action', 'pending', 'authorized', 'captured', 'denied', 'voided', 'expired')
);
ALTER TABLE "charge" ADD CONSTRAINT "charge_effect_known" CHECK (
  "effect_state" IN ('requested', 'submitted', 'unknown', 'settled', 'failed')
);
ALTER TABLE "charge" ADD CONSTRAINT "charge_delivery_known" CHECK (
  "delivery" IN ('none', 'undelivered', 'delivered', 'credited', 'refunded', 'not_applicable')
);
ALTER TABLE "charge" ADD CONSTRAINT "charge_receipt_with_capture" CHECK (("receipt_id" IS NOT NULL) = ("captured" > 0));
ALTER TABLE "refund" ADD CONSTRAINT "refund_amount_positive" CHECK ("amount" > 0);
ALTER TABLE "refund" ADD CONSTRAINT "refund_state_known" CHECK ("state" IN ('requested', 'submitted', 'settled', 'failed'));

-- What the worker and the dashboard look for, and nothing else.
CREATE INDEX "charge_unfinished" ON "charge" ("created_at") WHERE "effect_state" IN ('requested', 'submitted', 'unknown');
CREATE INDEX "charge_waiting" ON "charge" ("redeemable_until") WHERE "delivery" = 'undelivered';
CREATE INDEX "refund_open" ON "refund" ("created_at") WHERE "state" IN ('requested', 'submitted');
