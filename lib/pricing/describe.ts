import { z } from "zod";
import type { PricedRequest } from "./request";

const Text = z.string().max(1_000);

/** A request as a merchant describes it: for the simulator and for saved cases. */
export const DescribedRequest = z
  .strictObject({
    method: z.string().max(20).optional(),
    path: z.string().max(2_000).optional(),
    params: z.record(z.string().max(200), Text).optional(),
    query: z.string().max(4_000).optional(),
    headers: z.record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/), Text).optional(),
    json: z.json().optional(),
    body: z.string().max(65_536).optional(),
    address: z.union([z.ipv4(), z.ipv6()], "Write an IP address.").optional(),
    caller: Text.optional(),
    payer: Text.optional(),
    code: Text.optional(),
    at: z.iso.datetime({ offset: true, error: 'Write a time such as "2026-12-01T09:00:00Z".' }).optional(),
  })
  .refine(({ json, body }) => json === undefined || body === undefined, {
    path: ["body"],
    message: "Write json or body, not both.",
  });
export type DescribedRequest = z.infer<typeof DescribedRequest>;

/** The request that a description stands for. */
export function requestOf(described: DescribedRequest): PricedRequest {
  const { method = "GET", path = "/", params = {}, query, headers = {}, json, body, address } = described;
  const sent = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  if (described.payer !== undefined) sent.set("farebox-payer", described.payer);
  if (described.code !== undefined) sent.set("farebox-code", described.code);
  const text = json === undefined ? (body ?? "") : JSON.stringify(json);
  return {
    ...{ method, path, params, query: query?.replace(/^\?/, "") ?? null },
    headers: { get: (name) => sent.get(name.toLowerCase()) ?? null },
    body: new TextEncoder().encode(text),
    address: address ?? null,
    caller: described.caller ?? null,
  };
}
