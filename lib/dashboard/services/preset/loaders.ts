import { type Preset, presets } from "@/lib/runtime";
import { enter, type Here } from "../../shell/loaders";
import { type Address, readParameter } from "../../shell/view";
import { addressBaseOf, railChoices, readConfig } from "../loaders";
import type { PresetChoice, PresetView, StartChoice } from "./view";

const everyday = ["USD", "EUR", "GBP", "CHF", "JPY", "BRL", "SAT"];

const choiceOf = ({ id, title, note, upstream, endpoints }: Preset): PresetChoice => ({
  ...{ id, title, note, url: upstream.url },
  endpoints: endpoints.map((endpoint) => ({
    label: `${endpoint.method} ${endpoint.path}`,
    title: endpoint.title,
    terms: "free" in endpoint.terms ? "free" : endpoint.terms.intent === "session" ? "unit" : "call",
  })),
});

/** What the new service is made from: nothing, a description, or a preset. */
const startOf = ({ query }: Address): string => readParameter(query, "from") ?? "blank";

function startChoices({ href }: Here, current: string): StartChoice[] {
  const starts = [
    ["blank", "Blank"],
    ["openapi", "OpenAPI"],
    ...presets.map(({ id, title }) => [id, title] as const),
  ] as const;
  return starts.map(([from, label]) => ({
    ...{ label, href: href("services/new", from === "blank" ? {} : { from }), isCurrent: from === current },
  }));
}

async function presetView(here: Here, preset: Preset): Promise<PresetView> {
  const config = await readConfig(here);
  const rails = railChoices(here, config);
  const usual = rails.filter(({ mode, isEnabled }) => mode === here.mode && isEnabled);
  const sessionRails = config.rails
    .filter(({ kind }) => here.runtime.rails.kinds[kind]?.sessions)
    .map(({ id }) => id);
  const { currency } = here.merchant;
  return {
    merchant: here.merchant.slug,
    preset: choiceOf(preset),
    draft: {
      ...{ title: "", slug: "", mode: here.mode, url: preset.upstream.url, key: "", currency },
      ...{ rails: usual.map(({ slug }) => slug), callAmount: "0.01", unitAmount: "0.00001" },
    },
    ...{ rails, sessionRails },
    currencies: [...new Set([currency, ...everyday])].sort(),
    addressBase: addressBaseOf(here),
    newRailHref: here.href("rails/new"),
  };
}

/** What the page of a new service begins with, and the form of the preset where one is chosen. */
export async function loadStart(address: Address) {
  const here = await enter(address, "config:write");
  const from = startOf(address);
  const preset = presets.find(({ id }) => id === from);
  return {
    starts: startChoices(here, from),
    isFromDescription: from === "openapi",
    preset: preset ? await presetView(here, preset) : null,
  };
}
