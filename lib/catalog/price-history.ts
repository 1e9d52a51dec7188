import type { Price } from "@/lib/money";
import { Problem } from "@/lib/problems";
import type { ApplyDeps, By, Changed } from "./apply";
import type { Edits, EndpointName } from "./edits";
import { findPrice, listPrices, type PriceRow } from "./price-store";
import { endpointKey, openTerms } from "./rows";
import { maskTree } from "./secrets";
import { findEndpoint } from "./store";
import { type TermsDocument, termsOf } from "./terms";

/** One price that an endpoint has had. */
export type PriceVersion = Readonly<{
  version: number;
  price: Price;
  /** Rules, minimum, maximum and meter as the document writes them, secrets masked; `null` when there were none. */
  terms: TermsDocument | null;
  /** `member:…`, `key:…`, `bootstrap`, `system`. */
  createdBy: string;
  createdAt: Date;
  isCurrent: boolean;
}>;

type RollBack = Readonly<{ endpoint: EndpointName; version: number }>;

export type PriceHistory = Readonly<{
  /** Every price an endpoint has had, newest first. */
  listPriceVersions(endpointId: string): Promise<readonly PriceVersion[]>;
  /** Puts an earlier price and its terms back, as a new version; judged as any edit is. */
  rollBack(merchant: string, service: string, to: RollBack, by: By): Promise<Changed>;
}>;

type Deps = Readonly<{ deps: ApplyDeps; reviseEndpoint: Edits["reviseEndpoint"] }>;

const noTerms = { rules: null, minimum: null, maximum: null, meter: null };

const termsAt = ({ seal }: ApplyDeps, row: PriceRow & { merchantId: string }) =>
  termsOf(openTerms(seal, { id: row.endpointId, merchantId: row.merchantId }, row.terms));

export const createPriceHistory = ({ deps, reviseEndpoint }: Deps): PriceHistory => ({
  async listPriceVersions(endpointId) {
    const rows = await listPrices(deps.database.client, endpointId);
    const endpoint = await findEndpoint(deps.database.client, { id: endpointId });
    return rows.map((row) => ({
      version: row.version,
      price: { amount: row.amount, currency: row.currency },
      terms: maskTree(termsAt(deps, row)) as TermsDocument | null, // safe: masking changes secrets only
      createdBy: row.createdBy,
      createdAt: row.createdAt,
      isCurrent: !endpoint?.free && row.version === endpoint?.priceVersion,
    }));
  },
  async rollBack(merchant, service, { endpoint: name, version }, by) {
    const { client } = deps.database;
    const shape = endpointKey(name).slice(name.method.length + 1);
    const where = { method: name.method, shape, service: { slug: service, merchant: { slug: merchant } } };
    const endpoint = await findEndpoint(client, where);
    const row = endpoint && (await findPrice(client, endpoint.id, version));
    if (!row)
      throw new Problem("not-found", `${name.method} ${name.path} has had no price version ${version}.`);
    const price = { amount: row.amount, currency: row.currency };
    const patch = { free: false, price, ...noTerms, ...termsAt(deps, row) };
    return await reviseEndpoint(merchant, service, { name, patch }, by);
  },
});
