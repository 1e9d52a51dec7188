import {
  type Challenge,
  encodeCanonical,
  formatTimestamp,
  parseTimestamp,
  readRequest,
} from "@/lib/protocol";
import { tampered, withRequest } from "./tamper";

type Forgery = Readonly<{
  /** Ends the sentence "With …". */
  what: string;
  forged: Challenge;
  problems: readonly string[];
  extra?: Readonly<{ query?: string }>;
}>;

const hourMs = 3_600_000;

/** The id with its first letter changed: as long and as well formed as before. */
const otherId = (id: string): string => `${id.startsWith("A") ? "B" : "A"}${id.slice(1)}`;

/** Every way to echo a challenge that was not issued, or to spend one on something else. */
export function forgeries(paid: Challenge, { url }: { url: string }): readonly Forgery[] {
  const { expires, opaque, digest } = paid;
  const { amount } = readRequest(paid) ?? {};
  const later = new Date((parseTimestamp(expires ?? "")?.getTime() ?? 0) + hourMs);
  const { digest: _digest, ...withoutDigest } = paid;
  const { opaque: _opaque, ...withoutOpaque } = paid;
  const forged: readonly (readonly [what: string, forged: Challenge])[] = [
    ["another id", { ...paid, id: otherId(paid.id) }],
    ["no id", { ...paid, id: "" }],
    ["another realm", { ...paid, realm: "evil.example" }],
    ["another intent", { ...paid, intent: "session" }],
    ["a smaller amount", withRequest(paid, { amount: amount === "1" ? "0" : "1" })],
    ["a larger amount", withRequest(paid, { amount: `${amount}0` })],
    ["another currency", withRequest(paid, { currency: "xxx" })],
    ["another recipient", withRequest(paid, { recipient: "somebody-else" })],
    ["a further member of request", withRequest(paid, { extra: "1" })],
    ["a later expiry", { ...paid, expires: formatTimestamp(later) }],
    ["an expiry that is no time", { ...paid, expires: "never" }],
    ["no expiry", tampered(paid, { expires: null })],
    ["another opaque", { ...paid, opaque: otherOpaque(opaque) }],
    ...(opaque === undefined ? [] : [["no opaque", withoutOpaque] as const]),
    digest === undefined
      ? ["a digest of no body", { ...paid, digest: "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:" }]
      : ["no digest", withoutDigest],
  ];
  const problems = ["invalid-challenge"];
  return [
    ...forged.map(([what, challenge]) => ({ what, forged: challenge, problems })),
    {
      what: "another method",
      forged: { ...paid, method: "nothing" },
      problems: [...problems, "method-unsupported"],
    },
    { what: "another query", forged: paid, problems, extra: { query: queryFor(url) } },
  ];
}

const queryFor = (url: string): string =>
  new URL(url).searchParams.has("conformance") ? "more=1" : "conformance=1";

/** An opaque of the same form with one member changed, or one where there was none. */
function otherOpaque(opaque: string | undefined): string {
  const members = opaque === undefined ? null : readRequest({ request: opaque });
  const [first = "k"] = Object.keys(members ?? {});
  return encodeCanonical({ ...members, [first]: "another" }) ?? "e30";
}
