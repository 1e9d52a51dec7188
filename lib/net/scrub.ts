/** Shorter values are everywhere in honest text; blanking them would protect nothing and destroy it. */
const shortestSecret = 4;
const blank = "[removed]";

/** What base64 of any text that holds the secret must hold, for each of the three ways the bytes can fall. */
function base64Cores(secret: string): string[] {
  return [0, 1, 2].flatMap((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), Buffer.from(secret)]);
    const core = text.toString("base64").replace(/=+$/, "");
    const first = Math.ceil((shift * 8) / 6);
    const last = text.length % 3 === 0 ? core.length : core.length - 1;
    const sure = core.slice(first, last);
    return sure.length < 6 ? [] : [sure, sure.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

const unit = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** As JSON writes it: plainly, fit for markup, in ASCII, and with everything escaped; the slash with and without. */
function jsonSpellings(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const marked = json.replace(/[<>&']/g, unit);
  const all = [json, marked, json.replace(/[^\0-\x7f]/g, unit), marked.replace(/[^\0-\x7f]/g, unit)];
  return [...all, ...all.map((text) => text.replaceAll("/", "\\/")), secret.replace(/\W/g, unit)];
}

/** As pages write it: the five characters of markup as entities, by name and by number. */
function htmlSpellings(secret: string): string[] {
  const named = secret.replace(/[&<>"']/g, (character) => entities[character] ?? character);
  const numbered = secret.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
  const hexed = secret.replace(/[&<>"']/g, (character) => `&#x${character.charCodeAt(0).toString(16)};`);
  return [named, named.replaceAll("&#39;", "&apos;"), named.replaceAll("&#39;", "&#x27;"), numbered, hexed];
}

/** As addresses write it: once and twice encoded, sparingly and eagerly, in both cases. */
function urlSpellings(secret: string): string[] {
  const url = encodeURIComponent(secret.toWellFormed());
  const eager = url.replace(
    /[!'()*~._-]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const form = new URLSearchParams([["", secret.toWellFormed()]]).toString().slice(1);
  const once = [url, url.replaceAll("%20", "+"), eager, form];
  const lower = once.map((text) => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()));
  return [...once, ...lower, ...[...once, ...lower].map(encodeURIComponent)];
}

function spellings(secret: string): string[] {
  const hex = Buffer.from(secret).toString("hex");
  const texts = [secret, ...jsonSpellings(secret), ...htmlSpellings(secret), ...urlSpellings(secret)];
  return [...texts, hex, hex.toUpperCase(), ...base64Cores(secret)];
}

/** Longest first, so that no spelling hides the rest of a longer one. */
function needlesOf(secrets: readonly string[]): string[] {
  const long = secrets.filter((secret) => secret.length >= shortestSecret);
  return [...new Set(long.flatMap(spellings))].sort((a, b) => b.length - a.length);
}

export type Scrubber = Readonly<{
  text(text: string): string;
  /** A copy without the secrets, in values and names alike. */
  headers(headers: Headers): Headers;
  /** Overwritten with `*` of equal length, so that a declared length stays true. The same array when clean. */
  bytes(bytes: Uint8Array): Uint8Array;
  /** Like `bytes`, for secrets cut in two as well; holds back only what may be the beginning of one. */
  stream(): TransformStream<Uint8Array, Uint8Array>;
}>;

/** Blanks secrets of four characters and more, written plainly or as hex, base64, JSON or URL-encoded text. */
export function createScrubber(secrets: readonly string[]): Scrubber {
  const words = needlesOf(secrets);
  const needles = words.map((word) => Buffer.from(word));
  const text = (given: string) => words.reduce((left, word) => left.replaceAll(word, blank), given);

  return {
    text,
    headers(headers) {
      const clean = new Headers();
      for (const [name, value] of headers) if (text(name) === name) clean.append(name, text(value));
      return clean;
    },
    bytes: (bytes) => overwrite(bytes, needles, bytes.byteLength),
    stream() {
      let held: Uint8Array = new Uint8Array(0);
      return new TransformStream({
        transform(piece, controller) {
          const all = held.byteLength === 0 ? piece : Buffer.concat([held, piece]);
          const end = all.byteLength - heldBack(all, needles);
          const clean = overwrite(all, needles, end);
          held = clean.subarray(end);
          if (end > 0) controller.enqueue(clean.subarray(0, end));
        },
        flush(controller) {
          if (held.byteLength > 0) controller.enqueue(overwrite(held, needles, held.byteLength));
        },
      });
    },
  };
}

/** Overwrites what begins before `end`. */
function overwrite(bytes: Uint8Array, needles: readonly Buffer[], end: number): Uint8Array {
  let clean = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let isCopy = false;
  for (const needle of needles) {
    for (let at = clean.indexOf(needle); at !== -1 && at < end; at = clean.indexOf(needle, at + 1)) {
      if (!isCopy) clean = Buffer.from(clean);
      isCopy = true;
      clean.fill("*", at, at + needle.length);
    }
  }
  return isCopy ? clean : bytes;
}

/** Length of the longest end of `bytes` that could be the beginning of a needle. */
function heldBack(bytes: Uint8Array, needles: readonly Buffer[]): number {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let longest = 0;
  for (const needle of needles) {
    for (let size = Math.min(needle.length - 1, buffer.length); size > longest; size -= 1) {
      const start = buffer.length - size;
      if (buffer[start] !== needle[0]) continue; // nearly always, and much cheaper than to compare
      if (buffer.compare(needle, 0, size, start) === 0) longest = size;
    }
  }
  return longest;
}

/** The text without the secrets. For many texts and the same secrets, keep a {@link createScrubber}. */
export const scrub = (text: string, secrets: readonly string[]): string => createScrubber(secrets).text(text);
