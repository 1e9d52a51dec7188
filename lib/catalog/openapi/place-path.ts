import { canonicalPath, compilePattern } from "../paths";

/** A path as this gateway matches it, and what its parameters were called before. */
type Placed = Readonly<{ ok: true; path: string; names: ReadonlyMap<string, string> }>;
type Left = Readonly<{ ok: false; reason: string }>;

const left = (reason: string): Left => ({ ok: false, reason });

/** The name of a parameter in letters, digits and underscores, other than those taken. */
function nameFor(raw: string, taken: readonly string[]): string {
  const plain = raw.replace(/[^A-Za-z0-9_]/g, "_").slice(0, 60);
  const base = /^[A-Za-z_]/.test(plain) ? plain : `p_${plain}`;
  let name = base;
  for (let n = 2; taken.includes(name); n += 1) name = `${base}_${n}`;
  return name;
}

/** One segment in the only spelling that this gateway has for it. */
function literal(segment: string): string | Left {
  const encoded = segment.toWellFormed().replace(/[^\x21-\x7e]+/g, encodeURIComponent);
  const canonical = canonicalPath(`/${encoded}`);
  return canonical.ok
    ? canonical.path.slice(1)
    : left(`The segment "${segment}" cannot be asked for: ${canonical.reason}`);
}

/** Turns a path template into a pattern. `isRest` says whether a parameter stands for several segments. */
export function placePath(template: string, isRest: (name: string) => boolean): Placed | Left {
  if (!template.startsWith("/")) return left("It does not begin with a slash.");
  if (/[?#]/.test(template)) return left("It has a query or a fragment in it; a path ends before them.");
  const names = new Map<string, string>();
  const pieces: string[] = [];
  const segments = template === "/" ? [] : template.slice(1).split("/");
  for (const [place, segment] of segments.entries()) {
    const [, raw] = /^\{([^{}]+)\}$/.exec(segment) ?? [];
    if (raw !== undefined) {
      const name = nameFor(raw, [...names.values()]);
      names.set(raw, name);
      pieces.push(place === segments.length - 1 && isRest(raw) ? `{${name}...}` : `{${name}}`);
    } else if (/[{}]/.test(segment)) {
      return left(`"${segment}" mixes text and parameters; a parameter is a whole segment here.`);
    } else {
      const spelled = literal(segment);
      if (typeof spelled !== "string") return spelled;
      pieces.push(spelled);
    }
  }
  const path = `/${pieces.join("/")}`;
  const compiled = compilePattern(path);
  return compiled.ok ? { ok: true, path, names } : left(`It cannot be matched: ${compiled.reason}`);
}
