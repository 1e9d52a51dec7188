import { redirect } from "next/navigation";
import { roleOf } from "@/lib/access";
import { currentMember, ownPath } from "@/lib/http";
import { runtime } from "@/lib/runtime";

export type SignInView = Readonly<{ next: string; isNamed: boolean }>;

/** Where signing in leads. Who is signed in already goes there at once; an installation without members is set up first. */
export async function loadSignIn(next: string | undefined): Promise<SignInView> {
  const path = (next === undefined ? null : ownPath(next)) ?? "/";
  if (await currentMember()) redirect(path);
  const { access } = await runtime();
  if (!(await access.hasMembers())) redirect("/setup");
  return { next: path, isNamed: path !== "/" };
}

/** Is there an owner already? */
export async function loadSetup(): Promise<{ isDone: boolean }> {
  const { access } = await runtime();
  return { isDone: await access.hasMembers() };
}

/** Can this set-up link still make the owner? */
export async function loadSetupLink(token: string): Promise<{ state: "usable" | "used-up" | "done" }> {
  const { access } = await runtime();
  if (await access.isSetupLinkUsable(token)) return { state: "usable" };
  return { state: (await access.hasMembers()) ? "done" : "used-up" };
}

export type MerchantSetupView = Readonly<{
  origin: string;
  currencies: readonly { code: string; name: string }[];
  timeZones: readonly string[];
  demo: { name: string; href: string } | null;
}>;

/** What the merchant form offers; for the owner of the installation. */
export async function loadMerchantSetup(): Promise<MerchantSetupView> {
  const who = await currentMember();
  if (!who) redirect("/sign-in?next=%2Fsetup%2Fmerchant");
  if (!who.isOperator) redirect("/");
  const { catalog, env } = await runtime();
  const demo = (await catalog.listMerchants()).find(({ isDemo }) => isDemo);
  const names = new Intl.DisplayNames("en", { type: "currency" });
  const codes = Intl.supportedValuesOf("currency").filter((code) => code !== "XXX" && code !== "XTS");
  return {
    origin: env.publicOrigin,
    currencies: [
      { code: "SAT", name: "Satoshi" },
      { code: "BTC", name: "Bitcoin" },
      ...codes.map((code) => ({ code, name: names.of(code) ?? code })),
    ],
    timeZones: ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")],
    demo: demo ? { name: demo.name, href: `/m/${demo.slug}/overview` } : null,
  };
}

/** The page behind `/`: the overview of the member's first merchant. */
export async function findHome(): Promise<string> {
  const who = await currentMember();
  const { access, catalog } = await runtime();
  if (!who) return (await access.hasMembers()) ? "/sign-in" : "/setup";
  const { merchants } = await catalog.snapshot();
  const mine = merchants.map(({ merchant }) => merchant).filter(({ id }) => roleOf(who, id) !== null);
  const first = mine.find(({ isDemo }) => !isDemo) ?? mine[0];
  if (first) return `/m/${first.slug}/overview`;
  return who.isOperator ? "/setup/merchant" : "/no-merchant";
}
