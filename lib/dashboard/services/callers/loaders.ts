import type { Address } from "../../shell/view";
import { enterService, headerOf } from "../loaders";
import type { CallersView } from "./view";

export async function loadCallers(address: Address, slug: string): Promise<CallersView> {
  const entered = await enterService(address, slug);
  const keys = entered.service.callers?.keys.map(({ name }) => name) ?? [];
  return { ...headerOf(entered, "callers"), keys };
}
