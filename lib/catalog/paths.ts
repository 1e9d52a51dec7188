const segmentsMax = 64;
const lengthMax = 4_096;

/** Bytes a path segment may have as sent (RFC 3986 §3.3), without `;`, which some servers take for parameters. */
const rawSegment = /^(?:[A-Za-z0-9\-._~!$&'()*+,=:@]|%[0-9A-Fa-f]{2})+$/;
const hiddenBytes = /[\p{Cc}/\\;]/u;
const escapeInside = /%[0-9A-Fa-f]{2}/;
const needlesslyEscaped = /%(?:24|26|2B|2C|3A|3D|40)/g;

export type CanonicalPath = Readonly<{ ok: true; path: string; segments: readonly string[] }>;
type Unreadable = Readonly<{ ok: false; reason: string }>;

/** The one spelling of a segment: what need not be escaped is not. */
const encodeSegment = (text: string): string =>
  encodeURIComponent(text).replace(needlesslyEscaped, (code) => decodeURIComponent(code));

function decodeSegment(raw: string): { text: string } | { reason: string } {
  if (raw === "") return { reason: "it has an empty segment." };
  if (!rawSegment.test(raw)) {
    return { reason: "it has a malformed escape, or a character that must be percent-encoded." };
  }
  let text: string;
  try {
    text = decodeURIComponent(raw);
  } catch {
    return { reason: "its escapes are not UTF-8." };
  }
  if (text === "." || text === "..") return { reason: "it has a dot segment." };
  if (hiddenBytes.test(text)) {
    return { reason: "it hides a slash, a backslash, a semicolon or a control character." };
  }
  if (escapeInside.test(text)) return { reason: "it is encoded twice." };
  return { text };
}

/**
 * The one canonicaliser (`security.md` 2.2): what it yields is matched, priced and forwarded, so a path cannot mean one
 * thing here and another thing upstream. Each segment is decoded once and encoded again; what is doubtful is refused.
 */
export function canonicalPath(raw: string): CanonicalPath | Unreadable {
  if (!raw.startsWith("/")) return { ok: false, reason: "it does not begin with a slash." };
  if (raw.length > lengthMax) return { ok: false, reason: `it is longer than ${lengthMax} characters.` };
  if (raw === "/") return { ok: true, path: "/", segments: [] };

  const pieces = raw.slice(1).split("/");
  if (pieces.length > segmentsMax) return { ok: false, reason: `it has more than ${segmentsMax} segments.` };
  const segments: string[] = [];
  for (const piece of pieces) {
    const decoded = decodeSegment(piece);
    if ("reason" in decoded) return { ok: false, reason: decoded.reason };
    segments.push(decoded.text);
  }
  return { ok: true, path: `/${segments.map(encodeSegment).join("/")}`, segments };
}

/** One segment of an endpoint's path. `rest` stands for one or more segments and is the last. */
export type Step = Readonly<{ kind: "literal"; text: string } | { kind: "parameter" } | { kind: "rest" }>;

export type Pattern = Readonly<{
  steps: readonly Step[];
  /** Names of the parameters, in order; `*` has none. */
  parameters: readonly string[];
  /** The path with its parameter names blanked. Two patterns of one shape cannot be told apart. */
  shape: string;
}>;

const parameter = /^\{([A-Za-z_][A-Za-z0-9_]{0,63})(\.\.\.)?\}$/;

function readStep(piece: string, isLast: boolean): { step: Step; name?: string } | { reason: string } {
  const [, name, dots] = parameter.exec(piece) ?? [];
  if (piece === "*" || dots) {
    if (!isLast) return { reason: `${piece} takes the rest of the path, so it must stand last.` };
    return { step: { kind: "rest" }, ...(name ? { name } : {}) };
  }
  if (name) return { step: { kind: "parameter" }, name };
  if (/[{}*]/.test(piece)) {
    return {
      reason: `"${piece}" is no parameter: write {name} for a whole segment, {name...} or * at the end.`,
    };
  }
  const decoded = decodeSegment(piece);
  if ("reason" in decoded) return { reason: `it cannot be asked for: ${decoded.reason}` };
  if (encodeSegment(decoded.text) !== piece)
    return { reason: `write "${piece}" as "${encodeSegment(decoded.text)}".` };
  return { step: { kind: "literal", text: decoded.text } };
}

const shapeOf = (step: Step): string => {
  if (step.kind === "literal") return encodeSegment(step.text);
  return step.kind === "parameter" ? "{}" : "{...}";
};

/** Reads an endpoint's path such as `/v1/forecast/{city}`, `/files/{path...}` or `/files/*`. */
export function compilePattern(path: string): { ok: true; pattern: Pattern } | Unreadable {
  if (!path.startsWith("/")) return { ok: false, reason: "it does not begin with a slash." };
  if (path.length > lengthMax) return { ok: false, reason: `it is longer than ${lengthMax} characters.` };
  const pieces = path === "/" ? [] : path.slice(1).split("/");
  if (pieces.length > segmentsMax) return { ok: false, reason: `it has more than ${segmentsMax} segments.` };

  const steps: Step[] = [];
  const parameters: string[] = [];
  for (const [place, piece] of pieces.entries()) {
    const read = readStep(piece, place === pieces.length - 1);
    if ("reason" in read) return { ok: false, reason: read.reason };
    if (read.name && parameters.includes(read.name)) {
      return { ok: false, reason: `it names {${read.name}} twice.` };
    }
    steps.push(read.step);
    if (read.name) parameters.push(read.name);
  }
  return { ok: true, pattern: { steps, parameters, shape: `/${steps.map(shapeOf).join("/")}` } };
}
