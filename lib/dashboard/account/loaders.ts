import { roleOf } from "@/lib/access";
import { enter } from "../shell/loaders";
import { type Address, roleName } from "../shell/view";
import type { AccountView } from "./view";

/** The signed-in member as they see themselves. */
export async function loadAccount(address: Address): Promise<AccountView> {
  const { who, merchant, merchants } = await enter(address);
  return {
    merchant: merchant.slug,
    email: who.email,
    name: who.name,
    isOperator: who.isOperator,
    roles: merchants.map(({ id, name }) => ({ merchant: name, role: roleName(roleOf(who, id) ?? "") })),
  };
}
