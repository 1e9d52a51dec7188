-- CreateTable
CREATE TABLE "mismatch" (
    "id" TEXT NOT NULL,
    "charge_id" TEXT NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "rail_slug" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "captured_off" DECIMAL(78,0) NOT NULL,
    "refunded_off" DECIMAL(78,0) NOT NULL,
    "currency" TEXT NOT NULL,
    "exponent" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "explanation" TEXT,
    "closed_by" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "found_at" TIMESTAMPTZ(3) NOT NULL,
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "mismatch_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rail_check" (
    "merchant_id" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "rail_slug" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "compared" INTEGER NOT NULL,
    "unreachable" INTEGER NOT NULL,

    CONSTRAINT "rail_check_pkey" PRIMARY KEY ("merchant_id","mode","rail_slug")
);

-- CreateTable
CREATE TABLE "reconcile_cursor" (
    "id" INTEGER NOT NULL,
    "owner" INTEGER,
    "moved_at" TIMESTAMPTZ(3) NOT NULL,
    "moved_id" TEXT NOT NULL,
    "sample_id" TEXT NOT NULL,
    "mismatch_id" TEXT NOT NULL,

    CONSTRAINT "reconcile_cursor_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "mismatch_merchant_id_mode_state_id_idx" ON "mismatch"("merchant_id", "mode", "state", "id");

-- CreateIndex
CREATE INDEX "mismatch_charge_id_idx" ON "mismatch"("charge_id");

-- CreateIndex
CREATE INDEX "posting_group_at_id_idx" ON "posting_group"("at", "id");

-- A charge has one open difference at most: whoever finds it second finds it written.
CREATE UNIQUE INDEX "mismatch_open" ON "mismatch" ("charge_id") WHERE "state" = 'open';

-- Captured charges in the order of their ids, for the sample that goes round all of them.
CREATE INDEX "charge_captured" ON "charge" ("id") WHERE "captured_at" IS NOT NULL;

INSERT INTO "reconcile_cursor" ("id", "moved_at", "moved_id", "sample_id", "mismatch_id")
VALUES (1, '1970-01-01T00:00:00Z', '', '', '');
