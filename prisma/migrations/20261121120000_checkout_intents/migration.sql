-- What an attempt has opened at the network, which somebody may pay until it is withdrawn.
ALTER TABLE "checkout_attempt" ADD COLUMN "reference" TEXT;
ALTER TABLE "checkout_attempt" ADD COLUMN "sealed_offer" TEXT;
ALTER TABLE "checkout_attempt" ADD COLUMN "asked_at" TIMESTAMPTZ(3);
ALTER TABLE "checkout_attempt" ADD COLUMN "retire_at" TIMESTAMPTZ(3);
CREATE INDEX "checkout_attempt_reference_idx" ON "checkout_attempt"("reference");
CREATE INDEX "checkout_attempt_retire_at_idx" ON "checkout_attempt"("retire_at");

-- Money that a page was paid too late, or twice, may have come with no charge of ours.
ALTER TABLE "charge" DROP CONSTRAINT "charge_stray_has_parent";
ALTER TABLE "charge" ADD CONSTRAINT "charge_stray_has_parent" CHECK ("parent_id" IS NULL OR "kind" = 'stray');
