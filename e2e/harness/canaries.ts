import { Client } from "pg";

/** What must hold the value in base64 wherever it begins among other bytes. */
function base64Cores(value: string): string[] {
  return [0, 1, 2].flatMap((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), Buffer.from(value)]);
    const end = Math.floor((text.length * 8) / 6);
    const core = text.toString("base64").slice(Math.ceil((shift * 8) / 6), end);
    return [core, core.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

function spellings(value: string): string[] {
  const hex = Buffer.from(value).toString("hex");
  const url = encodeURIComponent(value);
  const json = JSON.stringify(value).slice(1, -1);
  return [...new Set([value, json, url, url.toLowerCase(), hex, hex.toUpperCase(), ...base64Cores(value)])];
}

type Canary = Readonly<{ name: string; spellings: readonly string[] }>;

/** Values that must be nowhere, and everything that was looked through for them. */
export function createCanaries() {
  const canaries: Canary[] = [];
  const texts: { place: string; text: string }[] = [];
  return {
    /** A value that nobody may meet again, in any spelling. */
    watch(name: string, value: string): string {
      canaries.push({ name, spellings: spellings(value) });
      return value;
    },
    see: (place: string, text: string): void => void texts.push({ place, text }),
    size: (): number => texts.reduce((sum, { text }) => sum + text.length, 0),
    /** `place: canary` for every value that was seen somewhere. */
    found(): string[] {
      return texts.flatMap(({ place, text }) =>
        canaries
          .filter((canary) => canary.spellings.some((spelling) => text.includes(spelling)))
          .map(({ name }) => `${place}: ${name}`),
      );
    },
  };
}

export type Canaries = ReturnType<typeof createCanaries>;

/** Looks through every column of every table, bytes as they are. */
export async function seeDatabase(canaries: Canaries, connectionString: string): Promise<number> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      "select table_name as name from information_schema.tables where table_schema = 'public'",
    );
    for (const { name } of tables) {
      const { rows } = await client.query<Record<string, unknown>>(`select * from "${name}"`);
      const columns = new Map<string, string[]>();
      for (const row of rows) {
        for (const [column, value] of Object.entries(row)) {
          const cells = columns.get(column) ?? [];
          cells.push(Buffer.isBuffer(value) ? value.toString("latin1") : textOf(value));
          columns.set(column, cells);
        }
      }
      for (const [column, cells] of columns) canaries.see(`${name}.${column}`, cells.join("\n"));
    }
    return tables.length;
  } finally {
    await client.end();
  }
}

const textOf = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value ?? null);
