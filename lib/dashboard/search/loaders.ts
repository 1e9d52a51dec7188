import { redirect } from "next/navigation";
import { enter, type Here } from "../shell/loaders";
import { type Address, readParameter } from "../shell/view";
import { type Found, findSold } from "./view";

export type SearchView = Readonly<{ q: string; found: readonly Found[]; receiptsHref: string }>;

/** Everything that an identifier or a name stands for. One hit opens directly. */
export async function loadSearch(address: Address): Promise<SearchView> {
  const here = await enter(address, "receipts:read");
  const q = (readParameter(address.query, "q") ?? "").trim().slice(0, 300);
  if (!q) return { q, found: [], receiptsHref: here.href("receipts") };
  const [records, services] = [await findRecords(here, q), [...here.view.services.values()]];
  const sold = here.may("config:read") ? findSold(services, q, here.href) : [];
  const found = [...records, ...sold];
  if (found.length === 1 && found[0]) redirect(found[0].href);
  return { q, found, receiptsHref: here.href("receipts", { q }) };
}

const kinds = { receipt: "Receipt", charge: "Payment", refund: "Refund", channel: "Channel" } as const;

const places = { receipt: "receipts", charge: "receipts/attempts", channel: "channels" } as const;

async function findRecords({ runtime, merchant, href }: Here, q: string): Promise<Found[]> {
  const { processor } = runtime;
  const hits = await processor.search(merchant.id, q);
  return await Promise.all(
    hits.map(async ({ kind, id }) => {
      const at =
        kind === "refund"
          ? `${href(`receipts/${(await processor.getRefund({ merchantId: merchant.id, id })).receiptId}`)}#refunds`
          : href(`${places[kind]}/${encodeURIComponent(id)}`);
      return { kind: kinds[kind], label: id, href: at, isId: true };
    }),
  );
}
