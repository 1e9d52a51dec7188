import type { Database, Json } from "@/lib/db";
import type { DriftReport } from "@/lib/discovery";

type Client = Database["client"];

export type LastCheck = Readonly<{ at: Date; version: bigint; report: CheckedReport }>;

/** A report as it is kept: each row with the endpoint that it is about, when there still is one. */
export type CheckedReport = Omit<DriftReport, "rows"> &
  Readonly<{
    rows: readonly (DriftReport["rows"][number] & { service: string | null; endpoint: string | null })[];
  }>;

export async function saveCheck(
  client: Client,
  merchantId: string,
  { at, version, report }: LastCheck,
): Promise<void> {
  const values = { at, version, ok: report.ok, report: report as unknown as Json };
  await client.discoveryCheck.upsert({
    where: { merchantId },
    create: { merchantId, ...values },
    update: values,
  });
}

export async function findCheck(client: Client, merchantId: string): Promise<LastCheck | null> {
  const row = await client.discoveryCheck.findUnique({ where: { merchantId } });
  // safe: only `saveCheck` writes this column
  return row && { at: row.at, version: row.version, report: row.report as unknown as CheckedReport };
}
