-- What the configuration document gained: price rules, callers, host names and what is told to the public.
ALTER TABLE "merchant" ADD COLUMN "domain" TEXT, ADD COLUMN "settings" JSONB NOT NULL DEFAULT '{}';
ALTER TABLE "service" ADD COLUMN "domain" TEXT, ADD COLUMN "settings" JSONB NOT NULL DEFAULT '{}';
ALTER TABLE "endpoint" ADD COLUMN "terms" JSONB NOT NULL DEFAULT '{}';
ALTER TABLE "price_version" ADD COLUMN "terms" JSONB NOT NULL DEFAULT '{}';

-- A host name leads to one place. That no service has a merchant's is checked where it is written, under a lock.
CREATE UNIQUE INDEX "merchant_domain_key" ON "merchant" ("domain");
CREATE UNIQUE INDEX "service_domain_key" ON "service" ("domain");
