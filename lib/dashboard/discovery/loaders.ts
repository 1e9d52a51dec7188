import type { LastCheck } from "@/lib/runtime";
import { parametersOf } from "../endpoints/view";
import { counted, showBytes, showCount } from "../shell/figures";
import { enter, type Here } from "../shell/loaders";
import { showTime } from "../shell/times";
import { type Address, readParameter } from "../shell/view";
import {
  type CompletenessRow,
  completenessOf,
  type DiscoveryView,
  type DocumentName,
  type DriftView,
  offerText,
  stateWord,
} from "./view";

const tabs = ["documents", "drift", "completeness"] as const;
type Tab = (typeof tabs)[number];
const labels: Readonly<Record<Tab, string>> = {
  documents: "As served",
  drift: "Drift check",
  completeness: "Completeness",
};

type Place = Readonly<{ label: string; origin: string; path: string; key: string }>;

/** Every place where a document of this merchant, or with it, is served. */
function placesOf({ runtime, view, merchant }: Here, name: DocumentName): Place[] {
  const { publicOrigin } = runtime.env;
  const own = new URL(publicOrigin);
  const onDomain = (domain: string, label: string): Place => {
    const url = new URL(publicOrigin);
    url.hostname = domain;
    return { label, origin: url.origin, path: `/${name}`, key: domain };
  };
  return [
    { label: merchant.name, origin: publicOrigin, path: `/pay/${merchant.slug}/${name}`, key: "own" },
    { label: `Whole of ${own.host}`, origin: publicOrigin, path: `/${name}`, key: "origin" },
    ...(merchant.domain ? [onDomain(merchant.domain, merchant.domain)] : []),
    ...[...view.services.values()].flatMap(({ domain }) => (domain ? [onDomain(domain, domain)] : [])),
  ];
}

const shown = (name: DocumentName, text: string): string => {
  if (name === "llms.txt") return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};

async function documentOf(here: Here, address: Address): Promise<NonNullable<DiscoveryView["document"]>> {
  const name: DocumentName =
    readParameter(address.query, "document") === "llms.txt" ? "llms.txt" : "openapi.json";
  const places = placesOf(here, name);
  const asked = readParameter(address.query, "at");
  const place = places.find(({ key }) => key === asked) ?? places[0];
  if (!place) throw new Error("A merchant has a place of its own.");
  const { host } = new URL(place.origin);
  const arrival = {
    target: place.path,
    rawHeaders: [["host", host]] as const,
    peer: "127.0.0.1",
    secure: true,
    host,
  };
  const answer = await here.runtime.gateway.handle(new Request(`${place.origin}${place.path}`), arrival);
  const text = await answer.text();
  const href = (of: DocumentName, key: string) =>
    here.href("discovery", {
      document: of === "llms.txt" ? of : undefined,
      at: key === "own" ? undefined : key,
    });
  return {
    name,
    choices: (["openapi.json", "llms.txt"] as const).flatMap((each) =>
      placesOf(here, each).map(({ label, key }) => ({
        label: `${each}, ${label}`,
        href: href(each, key),
        isCurrent: each === name && key === place.key,
      })),
    ),
    address: `${place.origin}${place.path}`,
    text: shown(name, text),
    facts: [
      { label: "Status", value: String(answer.status) },
      { label: "Size", value: `${showBytes(Buffer.byteLength(text))} of 65.5 kB` },
      { label: "ETag", value: answer.headers.get("etag") ?? "—" },
      { label: "Kept for", value: answer.headers.get("cache-control") ?? "—" },
    ],
  };
}

function sentenceOf({ rows, truncated }: LastCheck["report"]): string {
  const count = (state: string) => rows.filter((row) => row.state === state).length;
  const parts = [
    `${counted(rows.length, "advertised operation")} compared`,
    count("differs") > 0 ? `${counted(count("differs"), "differs", "differ")}` : "",
    count("unclear") > 0 ? `${showCount(count("unclear"))} could not be compared` : "",
    truncated.length > 0 ? "a document is cut at 64 KiB, so not every endpoint is in it" : "",
  ];
  return `${parts.filter(Boolean).join(", ")}.`;
}

async function driftOf({ runtime, merchant, href }: Here): Promise<DriftView> {
  const last = await runtime.drift.last(merchant.id);
  if (!last) {
    return {
      at: null,
      word: { tone: "neutral", label: "Not yet run" },
      sentence: "The check runs by itself after each change of the configuration.",
      rows: [],
      isOld: false,
    };
  }
  const { at, report, version } = last;
  const { publicOrigin } = runtime.env;
  const sorted = [...report.rows].sort((a, b) => Number(a.state === "agrees") - Number(b.state === "agrees"));
  return {
    at: showTime(at, merchant.timeZone),
    word: report.ok ? { tone: "good", label: "Agrees" } : { tone: "failed", label: "Differs" },
    sentence: sentenceOf(report),
    isOld: (await runtime.catalog.snapshot()).version !== version,
    rows: sorted.map((row) => ({
      key: `${row.origin} ${row.method} ${row.template}`,
      method: row.method,
      address: row.origin === publicOrigin ? row.template : `${new URL(row.origin).host}${row.template}`,
      href: row.service && row.endpoint ? href(`services/${row.service}/endpoints/${row.endpoint}`) : null,
      word: stateWord(row.state),
      published: row.published.map(offerText),
      live: row.live.map(offerText),
      words: row.words,
    })),
  };
}

function completenessRows({ view, href, mode }: Here): CompletenessRow[] {
  return [...view.services.values()]
    .filter((service) => service.mode === mode && service.kind === "http")
    .flatMap((service) => {
      const reason = service.callers
        ? "for known callers"
        : service.paused
          ? "service paused"
          : service.listed
            ? null
            : "service not listed";
      return service.endpoints.map((endpoint) => ({
        key: endpoint.id,
        method: endpoint.method,
        path: endpoint.path,
        service: service.title,
        href: href(`services/${service.slug}/endpoints/${endpoint.id}`),
        ...completenessOf(endpoint as Parameters<typeof completenessOf>[0], parametersOf(endpoint.path)),
        untold: reason ?? (endpoint.paused ? "paused" : endpoint.listed ? null : "not listed"),
      }));
    });
}

export async function loadDiscovery(address: Address): Promise<DiscoveryView> {
  const here = await enter(address, "config:read");
  const asked = readParameter(address.query, "view");
  const tab = tabs.find((each) => each === asked) ?? "documents";
  const completeness = completenessRows(here);
  const lacking = completeness.filter((row) =>
    [row.description, row.parameters, row.request, row.response].includes("missing"),
  ).length;
  const drift = await driftOf(here);
  const differing = drift.rows.filter(({ word }) => word.tone === "failed").length;
  const counts: Readonly<Record<Tab, number>> = { documents: 0, drift: differing, completeness: lacking };
  return {
    merchant: here.merchant.slug,
    tabs: tabs.map((each) => ({
      label: labels[each],
      href: here.href("discovery", { view: each === "documents" ? undefined : each }),
      ...(counts[each] > 0 ? { count: showCount(counts[each]) } : {}),
      isCurrent: each === tab,
    })),
    tab,
    untold: here.merchant.listed
      ? null
      : "This merchant is not listed, so its documents answer 404 and its catalogue page does not exist. What it sells is sold all the same.",
    document: tab === "documents" ? await documentOf(here, address) : null,
    drift: tab === "drift" ? drift : null,
    completeness: tab === "completeness" ? completeness : [],
    catalogueHref: `/catalog/${here.merchant.slug}`,
    mayWrite: here.may("config:write"),
  };
}
