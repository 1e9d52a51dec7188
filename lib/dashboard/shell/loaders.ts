import { notFound, redirect } from "next/navigation";
import { type MemberWho, may, roleOf, type Scope } from "@/lib/access";
import { currentMember } from "@/lib/http";
import { Problem } from "@/lib/problems";
import { type Runtime, runtime } from "@/lib/runtime";
import {
  type Address,
  addressText,
  type Crumb,
  chooseMode,
  drawNav,
  type Mode,
  roleName,
  type ShellView,
  screenHref,
} from "./view";

type Snapshot = Awaited<ReturnType<Runtime["catalog"]["snapshot"]>>;
export type MerchantView = NonNullable<ReturnType<Snapshot["findMerchant"]>>;

/** Who asks, for which merchant, in which mode. */
export type Here = Readonly<{
  runtime: Runtime;
  who: MemberWho;
  view: MerchantView;
  merchant: MerchantView["merchant"];
  mode: Mode;
  /** All merchants this member may see. */
  merchants: readonly MerchantView["merchant"][];
  may(scope: Scope): boolean;
  /** An address of this merchant in this mode. */
  href(path: string, parameters?: Readonly<Record<string, string | undefined>>): string;
}>;

/**
 * Establishes who is asking. A stranger is sent to sign in and comes back; a merchant that is none of the member's
 * business is not found; a missing permission is a `forbidden` problem.
 */
export async function enter(address: Address, scope?: Scope): Promise<Here> {
  const who = await currentMember();
  if (!who) redirect(`/sign-in?next=${encodeURIComponent(addressText(address))}`);
  const instance = await runtime();
  const snapshot = await instance.catalog.snapshot();
  const view = snapshot.findMerchant(address.merchant);
  if (!view || roleOf(who, view.merchant.id) === null) notFound();
  const { merchant } = view;
  if (scope && !may(who, scope, merchant.id)) throw new Problem("forbidden");

  const mode = chooseMode(
    address.query,
    [...view.services.values()].map((service) => service.mode),
  );
  const place = { merchant: merchant.slug, mode };
  return {
    runtime: instance,
    who,
    view,
    merchant,
    mode,
    merchants: snapshot.merchants.map((each) => each.merchant).filter(({ id }) => roleOf(who, id) !== null),
    may: (asked) => may(who, asked, merchant.id),
    href: (path, parameters) => screenHref(place, path, parameters),
  };
}

type Page = Readonly<{
  /** What opening this page takes. */
  scope?: Scope;
  /** Behind the merchant's name; the last entry is the page itself. */
  breadcrumb: readonly Crumb[];
  /** The list where the other mode begins, for pages that exist in one mode only. */
  modeBase?: string;
}>;

/** Everything around a page. When `denied` is set, draw the shell alone and load nothing else. */
export async function loadShell(address: Address, page: Page): Promise<ShellView> {
  const here = await enter(address);
  const { who, merchant, mode } = here;
  const overview = (slug: string) => screenHref({ merchant: slug, mode }, "overview");
  const isDenied = page.scope !== undefined && !here.may(page.scope);
  return {
    merchant: { name: merchant.name, href: overview(merchant.slug) },
    merchants: here.merchants.map(({ id, slug, name }) => ({
      name,
      href: overview(slug),
      isCurrent: id === merchant.id,
    })),
    nav: drawNav({ merchant: merchant.slug, mode }, here.may),
    mode,
    modeBase: page.modeBase,
    user: {
      name: who.name ?? who.email,
      email: who.email,
      role: roleName(roleOf(who, merchant.id) ?? ""),
    },
    accountHref: here.href("account"),
    searchHref: here.may("receipts:read") ? here.href("search") : undefined,
    breadcrumb: [{ label: merchant.name, href: overview(merchant.slug) }, ...page.breadcrumb],
    denied: isDenied && page.scope ? { permission: page.scope, merchant: merchant.name } : undefined,
  };
}
