-- AlterTable
ALTER TABLE "payment_operation" ADD COLUMN     "list" JSONB;

-- CreateTable
CREATE TABLE "connector" (
    "id" TEXT NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "title" TEXT,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "homologation" BOOLEAN NOT NULL DEFAULT false,
    "methods" JSONB NOT NULL,
    "settings" JSONB NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "connector_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "connector_key" (
    "id" TEXT NOT NULL,
    "connector_id" TEXT NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ends_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "connector_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "connector_call" (
    "id" BIGSERIAL NOT NULL,
    "connector_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "method" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "status" INTEGER NOT NULL,
    "duration_ms" INTEGER NOT NULL,
    "request_id" TEXT NOT NULL,
    "request" TEXT,
    "response" TEXT,

    CONSTRAINT "connector_call_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "connector_answer" (
    "connector_id" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "request_hash" BYTEA NOT NULL,
    "status" INTEGER NOT NULL,
    "body" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "connector_answer_pkey" PRIMARY KEY ("connector_id","operation","key")
);

-- CreateTable
CREATE TABLE "shop_notice" (
    "id" TEXT NOT NULL,
    "charge_id" TEXT NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "connector" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "next_at" TIMESTAMPTZ(3) NOT NULL,
    "last_try_at" TIMESTAMPTZ(3),
    "last_status" INTEGER,
    "last_error" TEXT,

    CONSTRAINT "shop_notice_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "connector_merchant_id_slug_key" ON "connector"("merchant_id", "slug");

-- CreateIndex
CREATE UNIQUE INDEX "connector_key_hash_key" ON "connector_key"("hash");

-- CreateIndex
CREATE INDEX "connector_key_connector_id_idx" ON "connector_key"("connector_id");

-- CreateIndex
CREATE INDEX "connector_call_connector_id_id_idx" ON "connector_call"("connector_id", "id");

-- CreateIndex
CREATE INDEX "connector_answer_created_at_idx" ON "connector_answer"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "shop_notice_charge_id_type_key" ON "shop_notice"("charge_id", "type");

-- CreateIndex
CREATE INDEX "shop_notice_merchant_id_connector_created_at_idx" ON "shop_notice"("merchant_id", "connector", "created_at");

-- CreateIndex
CREATE INDEX "shop_notice_state_next_at_idx" ON "shop_notice"("state", "next_at");

-- AddForeignKey
ALTER TABLE "connector" ADD CONSTRAINT "connector_merchant_id_fkey" FOREIGN KEY ("merchant_id") REFERENCES "merchant"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "connector_key" ADD CONSTRAINT "connector_key_connector_id_fkey" FOREIGN KEY ("connector_id") REFERENCES "connector"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "connector_call" ADD CONSTRAINT "connector_call_connector_id_fkey" FOREIGN KEY ("connector_id") REFERENCES "connector"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "connector_answer" ADD CONSTRAINT "connector_answer_connector_id_fkey" FOREIGN KEY ("connector_id") REFERENCES "connector"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- A connector is part of the catalogue: each process reads it again when it changes.
CREATE TRIGGER "connector_changed" AFTER INSERT OR UPDATE OR DELETE ON "connector" FOR EACH STATEMENT EXECUTE FUNCTION "catalog_changed"();
