const secretName =
  /secret|password|passphrase|token|macaroon|preimage|credential|cookie|authorization|api-?_?key|private-?_?key|seed|mnemonic/i;
const masked = "•••";
const textMax = 2_000;
const depthMax = 12;

/** Text that PostgreSQL can hold, of a bounded length. */
export const plainText = (text: string): string =>
  text.toWellFormed().replaceAll("\u0000", "\uFFFD").slice(0, textMax).toWellFormed();

function mask(value: unknown, depth: number): unknown {
  if (depth > depthMax) return masked;
  if (typeof value === "string") return plainText(value);
  if (Array.isArray(value)) return value.map((item) => mask(item, depth + 1));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const isHidden = item !== null && (name === "$secret" || secretName.test(name));
      return [plainText(name), isHidden ? masked : mask(item, depth + 1)];
    }),
  );
}

/** A value as JSON, with whatever a name or a `$secret` marks as secret blotted out; `null` for nothing. */
export function maskSecrets(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  const text = JSON.stringify(value, (_name, item) => (typeof item === "bigint" ? item.toString() : item));
  return text === undefined ? null : mask(JSON.parse(text), 0);
}

/** JSON with sorted names: PostgreSQL keeps what a document says, not the order it says it in. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_name, item) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
