import { enter } from "../shell/loaders";
import type { Address } from "../shell/view";
import { type SettingsView, settingsDraft } from "./view";

export async function loadSettings(address: Address): Promise<SettingsView> {
  const here = await enter(address, "config:read");
  const { merchant } = await here.runtime.catalog.getConfig(here.merchant.slug);
  const { logo } = here.merchant.brand;
  return {
    merchant: merchant.slug,
    currency: merchant.currency,
    draft: settingsDraft(merchant),
    logo: logo && `/checkout/logo/${merchant.slug}/${logo.sha256}`,
    zones: Intl.supportedValuesOf("timeZone"),
    mayWrite: here.may("config:write"),
  };
}
