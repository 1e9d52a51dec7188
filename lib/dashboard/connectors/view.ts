import type { Locate } from "../forms/view";
import type { ShownTime } from "../shell/times";

export type Kind = "rest" | "medusa" | "vtex";
export type Mode = "test" | "live";

export const kindNames: Readonly<Record<Kind, string>> = {
  rest: "Any shop (REST)",
  medusa: "Medusa",
  vtex: "VTEX",
};

type Word = Readonly<{
  tone: "good" | "waiting" | "attention" | "neutral" | "failed";
  shape: "check" | "clock" | "minus" | "alert" | "pause" | "cross";
  label: string;
}>;

export type ConnectorRow = Readonly<{
  slug: string;
  href: string;
  name: string;
  kind: string;
  methods: string;
  health: Word;
  lastCall: Readonly<{ at: ShownTime; text: string }> | null;
}>;

export type ConnectorsView = Readonly<{
  mode: Mode;
  rows: readonly ConnectorRow[];
  newHref: string | null;
  elsewhere: Readonly<{ count: string; href: string }> | null;
}>;

export type KeyRow = Readonly<{
  id: string;
  prefix: string;
  created: ShownTime;
  by: string;
  lastUsed: ShownTime | null;
  ends: ShownTime | null;
  isLiving: boolean;
}>;

export type CallRow = Readonly<{
  id: string;
  at: ShownTime;
  method: string;
  path: string;
  status: number;
  duration: string;
  requestId: string;
  request: string | null;
  response: string | null;
}>;

export type NoticeRow = Readonly<{
  id: string;
  at: ShownTime;
  type: string;
  href: string;
  word: Word;
  tries: number;
  fault: string | null;
}>;

/** A secret as it is worked with: "kept" is stored and never shown. */
export type SecretDraft = Readonly<{ state: "secret" | "kept"; text: string; isStored: boolean }>;

export type MethodDraft = Readonly<{
  name: string;
  rail: string;
  split: "disabled" | "onAuthorize" | "onCapture";
}>;

/** What stands in the form; settings of the other kinds stay empty. */
export type ConnectorDraft = Readonly<{
  id: string;
  title: string;
  kind: Kind;
  mode: Mode;
  enabled: boolean;
  homologation: boolean;
  methods: readonly MethodDraft[];
  notifyUrl: string;
  notifySecret: SecretDraft;
  acquirer: string;
  partnerKey: string;
  partnerToken: SecretDraft;
  surplusAfterHours: string;
  callbackHosts: string;
}>;

export type ConnectorFormView = Readonly<{
  merchant: string;
  /** `null` for a connector that does not exist yet. */
  slug: string | null;
  draft: ConnectorDraft;
  /** Rails of its mode. */
  rails: readonly Readonly<{ slug: string; title: string }>[];
  mayWrite: boolean;
}>;

export type ConnectorPage = Readonly<{
  form: ConnectorFormView;
  name: string;
  kind: Kind;
  health: Word;
  sentence: string;
  address: string;
  /** `null` for whoever may not hand out keys. */
  keys: readonly KeyRow[] | null;
  calls: readonly CallRow[];
  notices: readonly NoticeRow[];
}>;

export const freshSecret: SecretDraft = { state: "secret", text: "", isStored: false };

export const emptyConnector = (
  mode: Mode,
  rails: readonly { slug: string; title: string }[],
): ConnectorDraft => ({
  ...{ id: "store", title: "", kind: "medusa", mode, enabled: true, homologation: false },
  methods: rails.slice(0, 1).map(({ slug, title }) => ({ name: title, rail: slug, split: "disabled" })),
  ...{ notifyUrl: "", notifySecret: freshSecret, acquirer: "", partnerKey: "", partnerToken: freshSecret },
  ...{ surplusAfterHours: "", callbackHosts: "" },
});

const given = (text: string): string | undefined => (text.trim() === "" ? undefined : text.trim());

const secretOf = ({ state, text }: SecretDraft): { $secret: string | null } | undefined =>
  state === "kept" ? { $secret: null } : text === "" ? undefined : { $secret: text };

const numberOf = (text: string): number | string | undefined =>
  /^\d{1,6}$/.test(text.trim()) ? Number(text.trim()) : given(text);

/** Keys without a value are left out. */
const written = (values: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

function settingsOf(draft: ConnectorDraft): Record<string, unknown> {
  if (draft.kind !== "vtex")
    return written({ notifyUrl: given(draft.notifyUrl), notifySecret: secretOf(draft.notifySecret) });
  const hosts = draft.callbackHosts.split(/[\s,]+/).filter(Boolean);
  const [appKey, appToken] = [given(draft.partnerKey), secretOf(draft.partnerToken)];
  return written({
    acquirer: given(draft.acquirer),
    partner: appKey === undefined && appToken === undefined ? undefined : written({ appKey, appToken }),
    surplusAfterHours: numberOf(draft.surplusAfterHours),
    callbackHosts: hosts.length === 0 ? undefined : hosts,
  });
}

/** The connector as the configuration document writes it. */
export const connectorDocumentOf = (draft: ConnectorDraft): Record<string, unknown> =>
  written({
    id: draft.id.trim(),
    kind: draft.kind,
    mode: draft.mode,
    title: given(draft.title),
    enabled: draft.enabled,
    homologation: draft.kind === "vtex" && draft.homologation,
    methods: draft.methods.map(({ name, rail, split }) => ({
      name: name.trim(),
      rail,
      split: draft.kind === "vtex" ? split : "disabled",
    })),
    settings: settingsOf(draft),
  });

const places: Readonly<Record<string, { id: string; label: string }>> = {
  id: { id: "connector-id", label: "Name" },
  title: { id: "title", label: "Title" },
  kind: { id: "kind", label: "Shop" },
  homologation: { id: "homologation", label: "Homologation" },
  "settings.notifyUrl": { id: "notify-url", label: "Address of notices" },
  "settings.notifySecret": { id: "notify-secret", label: "Secret of notices" },
  "settings.acquirer": { id: "acquirer", label: "Acquirer" },
  "settings.partner.appKey": { id: "partner-key", label: "Partner's AppKey" },
  "settings.partner.appToken": { id: "partner-token", label: "Partner's AppToken" },
  "settings.surplusAfterHours": { id: "surplus", label: "Refund the surplus after" },
};

/** Where a fault of a connector stands in its form. */
export const locateInConnector: Locate = (path) => {
  const known = places[path];
  if (known) return known;
  const method = /^methods\[(\d+)\](?:\.(name|rail|split))?/.exec(path);
  if (method)
    return { id: `method-${method[1]}-${method[2] ?? "name"}`, label: `Method ${Number(method[1]) + 1}` };
  if (path.startsWith("settings.callbackHosts")) return { id: "callback-hosts", label: "Callback hosts" };
  return path === "methods" ? { id: "method-0-name", label: "Methods" } : null;
};
