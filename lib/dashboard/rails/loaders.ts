import { notFound, redirect } from "next/navigation";
import { z } from "zod";
import { counted } from "../shell/figures";
import { enter, type Here } from "../shell/loaders";
import { type Address, type Crumb, readParameter, screenHref } from "../shell/view";
import { fieldsOf, type JsonSchema } from "./fields";
import { loadNotices } from "./notices";
import { loadReconciliation } from "./reconciliation";
import { railState } from "./state";
import {
  type Capability,
  emptyRail,
  type KindView,
  type Mode,
  type NoticesView,
  type RailCard,
  type RailFormView,
  type RailsView,
  type ReconciliationView,
  railDraft,
} from "./view";

type Config = Awaited<ReturnType<Here["runtime"]["catalog"]["getConfig"]>>;
type Rail = Config["rails"][number];
type Kind = NonNullable<Here["runtime"]["rails"]["kinds"][string]>;
type Connected = NonNullable<ReturnType<Here["runtime"]["rails"]["find"]>>;

const readConfig = ({ runtime, merchant }: Here): Promise<Config> => runtime.catalog.getConfig(merchant.slug);

const currencyText = ({ currencies }: Kind): string =>
  currencies === "any" ? "any currency" : currencies.map(({ code }) => code).join(", ");

function kindView(kind: string, facts: Kind): KindView {
  // safe: a schema of an object written as JSON Schema
  const schema = z.toJSONSchema(facts.config, { io: "input", unrepresentable: "any" }) as JsonSchema;
  return {
    kind,
    title: facts.title,
    modes: facts.testOnly ? ["test"] : ["test", "live"],
    currencies: currencyText(facts),
    fields: fieldsOf(schema, facts.secrets),
  };
}

const kindViews = ({ runtime }: Here): KindView[] =>
  Object.entries(runtime.rails.kinds).map(([kind, facts]) => kindView(kind, facts));

/** What a connected rail can do, from its definition and its abilities; `[]` while it is not connected. */
function capabilitiesOf(connected: Connected | null): Capability[] {
  if (!connected) return [];
  const { abilities, definition } = connected;
  return [
    { label: "Single payments", can: Boolean(abilities.capture ?? abilities.holds) },
    { label: "Sessions", can: abilities.sessions !== undefined },
    { label: "Refunds", can: abilities.refund !== undefined },
    {
      label: "Partial refunds",
      can: abilities.refund !== undefined && definition.can?.partialRefund === true,
    },
    { label: "Voids", can: abilities.holds !== undefined },
  ];
}

function cardOf(here: Here, config: Config, rail: Rail): RailCard {
  const kind = here.runtime.rails.kinds[rail.kind];
  const connected = here.runtime.rails.find(here.view, rail.id);
  const services = config.services.filter(({ rails }) => rails.includes(rail.id));
  return {
    slug: rail.id,
    href: here.href(`rails/${rail.id}`),
    name: rail.title ?? kind?.title ?? rail.id,
    kind: kind?.title ?? rail.kind,
    state: railState({
      isConnected: connected !== null,
      isEnabled: rail.enabled,
      services: services.length,
    }),
    isEnabled: rail.enabled,
    capabilities: capabilitiesOf(connected),
    canTest: connected?.abilities.probe !== undefined,
    currencies: kind ? currencyText(kind) : "—",
    services: services.map(({ title, slug, mode }) => ({
      title,
      href: screenHref({ merchant: here.merchant.slug, mode }, `services/${slug}/settings`),
    })),
  };
}

const other = (mode: Mode): Mode => (mode === "test" ? "live" : "test");

export async function loadRails(address: Address): Promise<RailsView> {
  const here = await enter(address, "config:read");
  const config = await readConfig(here);
  const { merchant, mode } = here;
  const away = config.rails.filter((rail) => rail.mode !== mode).length;
  const mayWrite = here.may("config:write");
  return {
    merchant: merchant.slug,
    mode,
    mayWrite,
    cards: config.rails.filter((rail) => rail.mode === mode).map((rail) => cardOf(here, config, rail)),
    newHref: mayWrite && kindsIn(kindViews(here), mode).length > 0 ? here.href("rails/new") : null,
    elsewhere:
      away === 0
        ? null
        : {
            count: `${counted(away, "rail")} in ${other(mode)} mode`,
            href: screenHref({ merchant: merchant.slug, mode: other(mode) }, "rails"),
          },
  };
}

const kindsIn = (kinds: readonly KindView[], mode: Mode): KindView[] =>
  kinds.filter(({ modes }) => modes.includes(mode));

type Page = Readonly<{
  form: RailFormView;
  card: RailCard;
  /** `null` for whoever may not read the ledger. */
  reconciliation: ReconciliationView | null;
  /** `null` for whoever may not read events, and for rails whose networks tell nothing. */
  notices: NoticesView | null;
  crumbs: readonly Crumb[];
  listHref: string;
}>;

const crumbsOf = (here: Here, own: string): Crumb[] => [
  { label: "Rails", href: here.href("rails") },
  { label: own },
];

export async function loadRail(address: Address, slug: string): Promise<Page> {
  const here = await enter(address, "config:read");
  const config = await readConfig(here);
  const rail = config.rails.find(({ id }) => id === slug);
  if (!rail) notFound();
  if (rail.mode !== here.mode) {
    redirect(screenHref({ merchant: here.merchant.slug, mode: rail.mode }, address.path));
  }
  const kinds = kindViews(here);
  const fields = kinds.find(({ kind }) => kind === rail.kind)?.fields ?? [];
  const card = cardOf(here, config, rail);
  return {
    form: {
      merchant: here.merchant.slug,
      slug,
      draft: railDraft(rail, fields),
      kinds,
      takenNames: [],
      mayWrite: here.may("config:write"),
    },
    card,
    reconciliation: here.may("ledger:read") ? await loadReconciliation(here, slug) : null,
    notices: here.may("events:read")
      ? await loadNotices(here, slug, readParameter(address.query, "notices") ?? null)
      : null,
    crumbs: crumbsOf(here, card.name),
    listHref: here.href("rails"),
  };
}

/** An empty form for a rail of the kinds that this mode knows; `null` when it knows none. */
export async function loadNewRail(address: Address) {
  const here = await enter(address, "config:write");
  const { rails } = await readConfig(here);
  const kinds = kindsIn(kindViews(here), here.mode);
  const [first] = kinds;
  const crumbs = crumbsOf(here, "Add rail");
  if (!first) return { form: null, crumbs, listHref: here.href("rails") };
  const takenNames = rails.map(({ id }) => id);
  const form: RailFormView = {
    merchant: here.merchant.slug,
    slug: null,
    draft: emptyRail(first, here.mode, takenNames),
    kinds,
    takenNames,
    mayWrite: true,
  };
  return { form, crumbs, listHref: here.href("rails") };
}
