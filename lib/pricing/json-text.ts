/** A JSON value whose numbers keep the text they were written in. */
export type Exact =
  | Readonly<{ kind: "number"; text: string }>
  | Readonly<{ kind: "string"; text: string }>
  | Readonly<{ kind: "boolean"; value: boolean }>
  | Readonly<{ kind: "null" }>
  | Readonly<{ kind: "array"; items: readonly Exact[] }>
  | Readonly<{ kind: "object"; members: ReadonlyMap<string, Exact> }>;

const depthMax = 64;
const space = /[ \t\n\r]*/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const word = /true|false|null/y;

class NotJson extends Error {}

class Reader {
  #at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Exact {
    const value = this.#value(0);
    this.#take(space);
    if (this.#at !== this.#text.length) throw new NotJson();
    return value;
  }

  #take(form: RegExp): string | null {
    form.lastIndex = this.#at;
    const [found] = form.exec(this.#text) ?? [];
    if (found === undefined) return null;
    this.#at += found.length;
    return found;
  }

  #peek(): string {
    this.#take(space);
    return this.#text.charAt(this.#at);
  }

  #skip(mark: string): boolean {
    const isThere = this.#peek() === mark;
    if (isThere) this.#at += 1;
    return isThere;
  }

  /** To the next quote that no backslash escapes; what stands between is judged by the platform. */
  #string(): string {
    if (this.#peek() !== '"') throw new NotJson();
    const start = this.#at;
    let end = start;
    do {
      end = this.#text.indexOf('"', end + 1);
      if (end < 0) throw new NotJson();
    } while (this.#isEscaped(end));
    this.#at = end + 1;
    return JSON.parse(this.#text.slice(start, this.#at)) as string;
  }

  #isEscaped(at: number): boolean {
    let first = at;
    while (this.#text.charAt(first - 1) === "\\") first -= 1;
    return (at - first) % 2 === 1;
  }

  #value(depth: number): Exact {
    if (depth > depthMax) throw new NotJson();
    const first = this.#peek();
    if (first === "{") return this.#object(depth);
    if (first === "[") return this.#array(depth);
    if (first === '"') return { kind: "string", text: this.#string() };
    const found = this.#take(word);
    if (found === "null") return { kind: "null" };
    if (found !== null) return { kind: "boolean", value: found === "true" };
    const text = this.#take(number);
    if (text === null) throw new NotJson();
    return { kind: "number", text };
  }

  #array(depth: number): Exact {
    const items: Exact[] = [];
    this.#at += 1;
    if (this.#skip("]")) return { kind: "array", items };
    do items.push(this.#value(depth + 1));
    while (this.#skip(","));
    if (!this.#skip("]")) throw new NotJson();
    return { kind: "array", items };
  }

  #object(depth: number): Exact {
    const members = new Map<string, Exact>();
    this.#at += 1;
    if (this.#skip("}")) return { kind: "object", members };
    do {
      const name = this.#string();
      // Readers disagree which of two members of one name counts: one price and another answer.
      if (members.has(name) || !this.#skip(":")) throw new NotJson();
      members.set(name, this.#value(depth + 1));
    } while (this.#skip(","));
    if (!this.#skip("}")) throw new NotJson();
    return { kind: "object", members };
  }
}

/**
 * Reads JSON strictly and exactly. `null` for what two readers could read differently: anything that is not RFC 8259,
 * a member that is named twice, and nesting beyond 64.
 */
export function readExact(text: string): Exact | null {
  try {
    return new Reader(text).whole();
  } catch (error) {
    if (error instanceof NotJson || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** What a JSON Pointer (RFC 6901) leads to; `null` when nothing is there. */
export function follow(value: Exact, pointer: string): Exact | null {
  let here: Exact | undefined = value;
  for (const step of pointer.split("/").slice(1)) {
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
    if (here?.kind === "object") here = here.members.get(name);
    else if (here?.kind === "array" && /^(?:0|[1-9]\d{0,8})$/.test(name)) here = here.items[Number(name)];
    else return null;
  }
  return here ?? null;
}
