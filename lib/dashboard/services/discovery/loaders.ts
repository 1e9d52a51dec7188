import type { Address } from "../../shell/view";
import { type Entered, enterService, headerOf } from "../loaders";
import { aboutDraft, type DiscoveryView } from "./view";

function silenceOf({ here, service }: Entered): string | null {
  if (!here.merchant.listed) return "The merchant is not listed, so nothing of it is told.";
  if (service.callers) return "It has caller keys, so it is private: discovery does not tell of it.";
  if (!service.listed) return "It is not listed.";
  return service.paused ? "It is paused; while it is, discovery does not tell of it." : null;
}

export async function loadServiceDiscovery(address: Address, slug: string): Promise<DiscoveryView> {
  const entered = await enterService(address, slug);
  const { here, service } = entered;
  const base = `${here.runtime.env.publicOrigin}/pay/${here.merchant.slug}`;
  return {
    ...headerOf(entered, "discovery"),
    draft: aboutDraft(service),
    documents: ["openapi.json", "llms.txt"].map((label) => ({ label, href: `${base}/${label}` })),
    silence: silenceOf(entered),
  };
}
