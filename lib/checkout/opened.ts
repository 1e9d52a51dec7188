import { errorText, within } from "@/lib/kit";
import type { Money } from "@/lib/money";
import { Problem } from "@/lib/problems";
import type { ConnectedRail } from "@/lib/processor";
import { type Challenge, readRequest } from "@/lib/protocol";
import { type Attempt, graceMs, type Shown } from "./checkout";
import type { CheckoutDeps } from "./deps";

const openLimitMs = 15_000;

type Opening = Readonly<{
  attemptId: string;
  checkoutId: string;
  merchantId: string;
  title: string;
  rail: ConnectedRail;
  challenge: Challenge;
  money: Money;
  expiresAt: Date;
}>;

type Named = Readonly<{ id: string }>;
const placeOf = ({ id }: Named, merchantId: string): string =>
  `checkout_attempt|sealed_offer|${id}|${merchantId}`;

/** What was opened holds what only its payer may know. */
export const sealOffer = (
  { seal }: Pick<CheckoutDeps, "seal">,
  { id, merchantId }: Named & { merchantId: string },
  offer: Record<string, unknown>,
): string => seal.seal(JSON.stringify(offer), placeOf({ id }, merchantId));

/**
 * Opens at the network what this attempt is paid by, once for each attempt, where its rail does so; else there is
 * nothing to keep. It holds what only this payer may know, and is kept sealed.
 */
export async function openAtNetwork(
  deps: CheckoutDeps,
  opening: Opening,
): Promise<Pick<Attempt, "reference" | "sealedOffer" | "retireAt">> {
  const { attemptId, merchantId, rail, expiresAt } = opening;
  if (!rail.abilities.page?.opens) return { reference: null, sealedOffer: null, retireAt: null };
  const offer = await askRail(deps, opening);
  const reference = rail.definition.reference?.(offer) ?? null;
  if (reference === null) throw notNow();
  return {
    reference,
    sealedOffer: sealOffer(deps, { id: attemptId, merchantId }, offer),
    retireAt: new Date(expiresAt.getTime() + graceMs),
  };
}

const notNow = (cause?: unknown): Problem =>
  new Problem("unavailable", "This way to pay does not answer at the moment. Choose another one.", { cause });

async function askRail(deps: CheckoutDeps, opening: Opening): Promise<Record<string, unknown>> {
  const { attemptId, checkoutId, title, rail, challenge, money, expiresAt } = opening;
  const said = await within(openLimitMs, (signal) =>
    rail.abilities.offer(money, {
      key: attemptId,
      mode: rail.mode,
      signal,
      now: () => deps.clock.now(),
      reference: checkoutId,
      challengeId: challenge.id,
      description: title.slice(0, 500),
      ttlSeconds: Math.max(1, Math.round((expiresAt.getTime() - deps.clock.now().getTime()) / 1000)),
      returnUrl: `${deps.origin}/checkout/${checkoutId}`,
    }),
  ).catch((error: unknown) => {
    throw notNow(errorText(error));
  });
  const offer = rail.definition.offer.safeParse(said);
  if (offer.success) return offer.data;
  const { reason = "not understood" } = said as { reason?: string };
  deps.log("warn", "checkout.not-opened", { rail: rail.slug, reason });
  throw notNow();
}

type Known = Readonly<{ attempt: Attempt; merchantId: string; rail: ConnectedRail | null }>;

/** What the payer was shown to pay: what was opened for the attempt, else what its challenge offers. */
export function offerOf(
  { seal }: Pick<CheckoutDeps, "seal">,
  { attempt, merchantId, rail }: Known,
): Record<string, unknown> | null {
  const { sealedOffer, challenge } = attempt;
  const written =
    sealedOffer === null
      ? readRequest(challenge)
      : JSON.parse(seal.open(sealedOffer, placeOf(attempt, merchantId)));
  const offer = rail?.definition.offer.safeParse(written);
  return offer?.success ? offer.data : null;
}

/** What the page draws for it. */
export function shownOf(deps: Pick<CheckoutDeps, "seal">, known: Known): Shown | null {
  const { attempt, rail } = known;
  if (attempt.sealedOffer === null) return attempt.shown;
  const offer = offerOf(deps, known);
  return (offer && (rail?.definition.show?.(offer) as Shown | undefined)) ?? null;
}
