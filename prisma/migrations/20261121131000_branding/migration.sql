-- The picture that a merchant's pages for payers show.
CREATE TABLE "merchant_logo" (
    "merchant_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "bytes" BYTEA NOT NULL,
    "sha256" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "merchant_logo_pkey" PRIMARY KEY ("merchant_id")
);
ALTER TABLE "merchant_logo" ADD CONSTRAINT "merchant_logo_merchant_id_fkey" FOREIGN KEY ("merchant_id") REFERENCES "merchant"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Why a callback could not be worked on yet.
ALTER TABLE "notice" ADD COLUMN "fault" TEXT;
