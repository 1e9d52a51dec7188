import type { Connector } from "@/lib/catalog";
import { isHomologation } from "./hosts";
import { VtexRefusal } from "./reply";

const suiteHeader = "x-vtex-api-is-testsuite";

/** The caller sets the header, so it says something only where the merchant has let the suite in. */
export const isSuite = (connector: Connector, headers: Headers): boolean =>
  isHomologation(connector) && headers.get(suiteHeader)?.trim().toLowerCase() === "true";

const isThere = (value: unknown): boolean => value !== undefined && value !== null && value !== "null";

/**
 * Refuses a card as it is printed, before anything of the body is kept. A suite's cards are no cards, so that the
 * pretend network may see them where the suite is let in.
 */
export function refuseCard(body: Readonly<Record<string, unknown>>, { isSuite }: { isSuite: boolean }): void {
  const card = body.card as Record<string, unknown> | null | undefined;
  if (isSuite || typeof card !== "object" || card === null) return;
  if (isThere(card.number) || isThere(card.csc)) {
    throw new VtexRefusal(
      400,
      "pan_not_accepted",
      "Card numbers are not accepted here. Use a method that redirects the payer, or tokens of the secure proxy.",
    );
  }
}

/** The suite's cards. They are nobody's. */
const suiteNumbers = ["4444333322221111", "4444333322221112", "4222222222222224", "4222222222222225"];

/** A suite's card by its number; every other card is one that nobody knows, so that a real number goes nowhere. */
export function suiteCard(card: unknown): { number: string } | undefined {
  const number = (card as Record<string, unknown> | null | undefined)?.number;
  if (typeof number !== "string" || !isThere(number)) return undefined;
  return { number: suiteNumbers.find((known) => known === number.replace(/\s/g, "")) ?? "unknown" };
}
