import type { Catalog } from "@/lib/catalog";
import { type Clock, newToken } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import type { Processor } from "@/lib/processor";
import { type MasterSecrets, secretOfKey } from "./master-secrets";
import type { openShops } from "./shops";

type Deps = Readonly<{
  secrets: MasterSecrets;
  catalog: Pick<Catalog, "listMerchants" | "rotateChallengeKey" | "listLivingKeys" | "reseal">;
  processor: Pick<Processor, "resealProofs">;
  shops: Pick<ReturnType<typeof openShops>, "resealCallbacks">;
  clock: Clock;
}>;

export type Rotation = Readonly<{
  /** Merchants that sign with a new challenge key now. */
  merchants: number;
  /** What became of the secret itself: replaced now, a replacement carried on, or the operator's to replace. */
  secret: "replaced" | "continued" | "kept";
  /** Stored secrets and proofs that are under the present secret now and were not before. */
  resealed: number;
  /** Stored secrets that no known secret opens; they stay as they are. */
  unreadable: number;
  /** From when nothing verifies under an older secret. */
  oldVerifiesUntil: Date;
}>;

async function resealAll({
  catalog,
  processor,
  shops,
}: Deps): Promise<{ moved: number; unreadable: number }> {
  const settings = await catalog.reseal();
  const proofs = await processor.resealProofs();
  const callbacks = await shops.resealCallbacks();
  return {
    moved: settings.moved + proofs.moved + callbacks.moved,
    unreadable: settings.unreadable + proofs.unreadable + callbacks.unreadable,
  };
}

/** Forgets older secrets under which nothing is sealed and nothing verifies any more. */
async function forgetSpent(deps: Deps, replace: NonNullable<MasterSecrets["replace"]>): Promise<number> {
  const known = deps.secrets.all();
  if (known.length < 2) return 0;
  const { moved, unreadable } = await resealAll(deps);
  const living = new Set((await deps.catalog.listLivingKeys()).map(({ keyId }) => secretOfKey(known, keyId)));
  const [newest, ...older] = known;
  const needed = older.filter((secret) => unreadable > 0 || living.has(secret));
  if (newest !== undefined && needed.length < older.length) await replace(known, [newest, ...needed]);
  return moved;
}

/** A new secret in front of the old one, unless a replacement is still under way: then that is carried on. */
async function replaceSecret(deps: Deps, fresh: string | null): Promise<Rotation["secret"]> {
  const { replace, all } = deps.secrets;
  if (!replace) return "kept";
  const known = all();
  if (known.length > 1 && (fresh === null || fresh === known[0])) return "continued";
  if (known.length > 1) {
    throw new Problem(
      "conflict",
      "The secret was replaced a short time ago, and challenges under the one before may still be paid. Replace it again in two hours.",
    );
  }
  if (fresh !== null && fresh === known[0]) {
    throw new Problem("unprocessable", "This is the present secret: give another one.");
  }
  await replace(known, [fresh ?? newToken(48), ...known]);
  return "replaced";
}

/**
 * New challenge keys for every merchant, and a new secret where we keep it. Each step can be repeated, and until the
 * last is done both secrets are read: a run that was interrupted is carried on by the next.
 */
export async function rotateSecret(deps: Deps, { fresh }: { fresh: string | null }): Promise<Rotation> {
  const { secrets, catalog, clock } = deps;
  if (fresh !== null && !secrets.replace) {
    throw new Problem(
      "unprocessable",
      "The secret comes from the environment: set FAREBOX_SECRET to the new one and FAREBOX_SECRET_PREVIOUS to the old one, restart, and run this again.",
    );
  }
  const leftovers = secrets.replace ? await forgetSpent(deps, secrets.replace) : 0;
  const secret = await replaceSecret(deps, fresh);
  const merchants = await catalog.listMerchants();
  for (const { id } of merchants) await catalog.rotateChallengeKey(id);
  const { moved, unreadable } = await resealAll(deps);
  const retiring = (await catalog.listLivingKeys()).flatMap(({ retiresAt }) => retiresAt?.getTime() ?? []);
  return {
    merchants: merchants.length,
    secret,
    resealed: leftovers + moved,
    unreadable,
    oldVerifiesUntil: new Date(Math.max(clock.now().getTime(), ...retiring)),
  };
}
