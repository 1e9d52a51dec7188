import type { LastCheck, Runtime } from "@/lib/runtime";
import type { MerchantFacts } from "../context";

type Asked = Readonly<{ runtime: Pick<Runtime, "drift">; merchant: MerchantFacts }>;

/** A comparison as the API tells it. */
const checkItem = ({ at, version, report }: LastCheck) => ({
  at: at.toISOString(),
  version: version.toString(),
  ok: report.ok,
  checked: report.rows.length,
  truncated: report.truncated,
  rows: report.rows,
});

/** Compares now what is advertised with what is asked. */
export const runDiscoveryCheck = async ({ runtime, merchant }: Asked): Promise<Response> =>
  Response.json(checkItem(await runtime.drift.check(merchant.id)));

/** The last comparison; `null` before the first. */
export async function lastDiscoveryCheck({ runtime, merchant }: Asked): Promise<Response> {
  const last = await runtime.drift.last(merchant.id);
  return Response.json({ last: last && checkItem(last) });
}
