import { notFound, redirect } from "next/navigation";
import { counted } from "../shell/figures";
import { enter, type Here } from "../shell/loaders";
import { showTime } from "../shell/times";
import { type Address, type Crumb, screenHref } from "../shell/view";
import {
  type CallRow,
  type ConnectorDraft,
  type ConnectorFormView,
  type ConnectorPage,
  type ConnectorRow,
  type ConnectorsView,
  emptyConnector,
  freshSecret,
  type KeyRow,
  kindNames,
  type Mode,
  type NoticeRow,
  type SecretDraft,
} from "./view";

type Runtime = Here["runtime"];
type Connector = NonNullable<Awaited<ReturnType<Runtime["catalog"]["connectors"]["find"]>>>;
type Key = Awaited<ReturnType<Runtime["catalog"]["connectors"]["keys"]["list"]>>[number];
type Call = Awaited<ReturnType<Runtime["shops"]["calls"]["list"]>>[number];
type Notice = Awaited<ReturnType<Runtime["shops"]["notices"]["list"]>>[number];
type Document = Awaited<ReturnType<Runtime["catalog"]["getConfig"]>>["connectors"][number];

const callsShown = 30;
const noticesShown = 10;

type Standing = Readonly<{ enabled: boolean; keys: number; lastStatus: number | null }>;

/** What a connector's state comes to, in a word and a sentence. */
function healthOf({ enabled, keys, lastStatus }: Standing): Pick<ConnectorPage, "health" | "sentence"> {
  if (!enabled)
    return {
      health: { tone: "neutral", shape: "pause", label: "Off" },
      sentence: "The shop is refused. What it has opened is still looked after.",
    };
  if (keys === 0)
    return {
      health: { tone: "attention", shape: "alert", label: "No key" },
      sentence: "Create a key and give it to the shop.",
    };
  if (lastStatus === null)
    return {
      health: { tone: "waiting", shape: "clock", label: "Not called yet" },
      sentence: "The shop has not called.",
    };
  if (lastStatus >= 500)
    return {
      health: { tone: "attention", shape: "alert", label: "Trouble" },
      sentence: `The last call was answered with ${lastStatus}. See below what it was.`,
    };
  return {
    health: { tone: "good", shape: "check", label: "Working" },
    sentence: "The shop calls and is answered.",
  };
}

const connectorsOf = ({ view }: Here): readonly Connector[] => [...view.connectors.values()];

const livingKeys = (keys: readonly Key[], now: Date): number =>
  keys.filter(({ endsAt }) => endsAt === null || endsAt > now).length;

const readKeys = ({ runtime, merchant }: Here, slug: string): Promise<readonly Key[]> =>
  runtime.catalog.connectors.keys.list({ merchantId: merchant.id, slug });

const other = (mode: Mode): Mode => (mode === "test" ? "live" : "test");

const nameOf = ({ title, slug }: Connector): string => title ?? slug;

export async function loadConnectors(address: Address): Promise<ConnectorsView> {
  const here = await enter(address, "config:read");
  const { runtime, merchant, mode } = here;
  const own = connectorsOf(here).filter((connector) => connector.mode === mode);
  const last = await runtime.shops.calls.last(own.map(({ id }) => id));
  const rows = await Promise.all(
    own.map(async (connector): Promise<ConnectorRow> => {
      const call = last.find(({ connectorId }) => connectorId === connector.id);
      const keys = livingKeys(await readKeys(here, connector.slug), runtime.clock.now());
      const { health } = healthOf({ enabled: connector.enabled, keys, lastStatus: call?.status ?? null });
      return {
        slug: connector.slug,
        href: here.href(`connectors/${connector.slug}`),
        name: nameOf(connector),
        kind: kindNames[connector.kind],
        methods: connector.methods.map(({ name }) => name).join(", "),
        health,
        lastCall: call
          ? { at: showTime(call.at, merchant.timeZone), text: `${call.method} ${call.path} → ${call.status}` }
          : null,
      };
    }),
  );
  const away = connectorsOf(here).length - own.length;
  return {
    mode,
    rows,
    newHref: here.may("config:write") ? here.href("connectors/new") : null,
    elsewhere:
      away === 0
        ? null
        : {
            count: `${counted(away, "connector")} in ${other(mode)} mode`,
            href: screenHref({ merchant: merchant.slug, mode: other(mode) }, "connectors"),
          },
  };
}

const railsOf = ({ view, runtime, mode }: Here): ConnectorFormView["rails"] =>
  [...view.rails.values()]
    .filter((rail) => rail.mode === mode)
    .map(({ slug, title, kind }) => ({ slug, title: title ?? runtime.rails.kinds[kind]?.title ?? slug }));

const crumbsOf = (here: Here, own: string): Crumb[] => [
  { label: "Connectors", href: here.href("connectors") },
  { label: own },
];

/** An empty form, or none while there is no rail that a method could name. */
export async function loadNewConnector(address: Address) {
  const here = await enter(address, "config:write");
  const rails = railsOf(here);
  const form: ConnectorFormView = {
    merchant: here.merchant.slug,
    slug: null,
    draft: emptyConnector(here.mode, rails),
    rails,
    mayWrite: true,
  };
  const crumbs = crumbsOf(here, "Add connector");
  return { form: rails.length > 0 ? form : null, crumbs, railsHref: here.href("rails/new") };
}

const text = (value: unknown): string => (value === undefined || value === null ? "" : String(value));
const secretDraft = (value: unknown): SecretDraft =>
  value === undefined ? freshSecret : { state: "kept", text: "", isStored: true };

function draftOf({
  id,
  title = "",
  kind,
  mode,
  enabled,
  homologation,
  methods,
  settings,
}: Document): ConnectorDraft {
  const { notifyUrl, notifySecret, acquirer, partner, surplusAfterHours, callbackHosts } = settings;
  const { appKey, appToken } = (partner ?? {}) as Record<string, unknown>; // safe: read by its schema
  return {
    ...{ id, title, kind, mode, enabled, homologation, methods },
    notifyUrl: text(notifyUrl),
    notifySecret: secretDraft(notifySecret),
    acquirer: text(acquirer),
    partnerKey: text(appKey),
    partnerToken: secretDraft(appToken),
    surplusAfterHours: text(surplusAfterHours),
    callbackHosts: Array.isArray(callbackHosts) ? callbackHosts.join("\n") : "",
  };
}

const keyRow =
  ({ merchant, runtime }: Here) =>
  ({ id, prefix, createdBy, createdAt, endsAt, lastUsedAt }: Key): KeyRow => {
    const shown = (at: Date | null) => at && showTime(at, merchant.timeZone);
    return {
      ...{ id, prefix, by: createdBy },
      created: showTime(createdAt, merchant.timeZone),
      lastUsed: shown(lastUsedAt),
      ends: shown(endsAt),
      isLiving: endsAt === null || endsAt > runtime.clock.now(),
    };
  };

const callRow =
  ({ merchant }: Here) =>
  ({ id, at, method, path, status, durationMs, requestId, request, response }: Call): CallRow => ({
    ...{ id: String(id), method, path, status, requestId, request, response },
    at: showTime(at, merchant.timeZone),
    duration: durationMs < 1_000 ? `${durationMs} ms` : `${(durationMs / 1_000).toFixed(1)} s`,
  });

const noticeWords: Readonly<Record<Notice["state"], NoticeRow["word"]>> = {
  due: { tone: "waiting", shape: "clock", label: "To be sent" },
  sent: { tone: "good", shape: "check", label: "Heard" },
  dropped: { tone: "neutral", shape: "minus", label: "Not needed" },
  given_up: { tone: "failed", shape: "cross", label: "Given up" },
};

const noticeRow =
  ({ merchant, href }: Here) =>
  ({ id, createdAt, type, chargeId, state, attempts, lastError }: Notice): NoticeRow => ({
    ...{ id, type, tries: attempts, fault: state === "sent" ? null : lastError },
    at: showTime(createdAt, merchant.timeZone),
    href: href("search", { q: chargeId }),
    word:
      state === "due" && attempts > 0
        ? { tone: "attention", shape: "alert", label: "Tried again" }
        : noticeWords[state],
  });

type Loaded = Readonly<{ page: ConnectorPage; crumbs: readonly Crumb[]; listHref: string }>;

export async function loadConnector(address: Address, slug: string): Promise<Loaded> {
  const here = await enter(address, "config:read");
  const { runtime, merchant } = here;
  const connector = here.view.connectors.get(slug);
  const document = (await runtime.catalog.getConfig(merchant.slug)).connectors.find(({ id }) => id === slug);
  if (!connector || !document) notFound();
  if (connector.mode !== here.mode)
    redirect(screenHref({ merchant: merchant.slug, mode: connector.mode }, address.path));
  const where = { merchantId: merchant.id, connector: slug };
  const [keys, calls, notices] = await Promise.all([
    readKeys(here, slug),
    runtime.shops.calls.list(connector.id, callsShown),
    runtime.shops.notices.list(where),
  ]);
  const standing = {
    enabled: connector.enabled,
    keys: livingKeys(keys, runtime.clock.now()),
    lastStatus: calls[0]?.status ?? null,
  };
  const base = `${runtime.env.publicOrigin}/api/processor`;
  const name = nameOf(connector);
  return {
    page: {
      form: {
        merchant: merchant.slug,
        slug,
        draft: draftOf(document),
        rails: railsOf(here),
        mayWrite: here.may("config:write"),
      },
      name,
      kind: connector.kind,
      ...healthOf(standing),
      address: connector.kind === "vtex" ? `${base}/vtex/${merchant.slug}/${slug}` : `${base}/v1`,
      keys: here.may("keys:write") ? keys.map(keyRow(here)) : null,
      calls: calls.map(callRow(here)),
      notices: notices.slice(0, noticesShown).map(noticeRow(here)),
    },
    crumbs: crumbsOf(here, name),
    listHref: here.href("connectors"),
  };
}
