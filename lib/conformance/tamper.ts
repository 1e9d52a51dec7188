import { type Challenge, encodeCanonical, readRequest } from "@/lib/protocol";

type Changes = Readonly<{ id?: string; request?: Readonly<Record<string, unknown>>; expires?: null }>;

/** A challenge with members of its `request` changed, encoded as it was. */
export function withRequest(challenge: Challenge, changes: Readonly<Record<string, unknown>>): Challenge {
  const request = encodeCanonical({ ...readRequest(challenge), ...changes });
  return { ...challenge, request: request ?? challenge.request };
}

/** The challenge as a payer echoes it who wants to get away with something. */
export function tampered(challenge: Challenge, { id, request, expires }: Changes): Challenge {
  const { expires: own, ...rest } = challenge;
  const kept = expires === null || own === undefined ? rest : { ...rest, expires: own };
  const renamed = id === undefined ? kept : { ...kept, id };
  return request ? withRequest(renamed, request) : renamed;
}
