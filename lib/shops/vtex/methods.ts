import type { Connector } from "@/lib/catalog";
import type { ConnectedRail } from "@/lib/processor";

export type Split = Connector["methods"][number]["split"];
type OfferedMethod = Readonly<{ name: string; allowsSplit: Split }>;

/** Methods of the merchant's own naming: whatever rail stands behind them. */
const ownNaming = ["Cobranded", "Privatelabels", "Promissories"];

/**
 * How a method is sold on a rail: as the merchant has it, and split only as the rail can. `null` when the rail has no
 * such method.
 */
export function methodOn(
  { name, split }: Readonly<{ name: string; split: Split }>,
  { definition }: Pick<ConnectedRail, "definition">,
): OfferedMethod | null {
  const known = definition.names?.vtex?.find((method) => method.name === name);
  if (!known && !ownNaming.includes(name)) return null;
  return { name, allowsSplit: known?.allowsSplit === split ? split : "disabled" };
}
