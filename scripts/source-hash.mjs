import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

const isSource = (path) => !/\.(test|spec)\.tsx?$/.test(path) && !/(^|\/)(generated|testing)\//.test(path);

async function filesOf(path) {
  const facts = await stat(path).catch(() => null);
  if (!facts) return [];
  if (!facts.isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** SHA-256 over names and contents of files and folders, given relative to `base`; missing ones count as empty. */
export async function hashSources(inputs, base = root) {
  const found = (await Promise.all(inputs.map((input) => filesOf(join(base, input))))).flat();
  const names = found.map((file) => relative(base, file).split(sep).join("/")).filter(isSource);
  const hash = createHash("sha256");
  for (const name of names.sort()) {
    const content = await readFile(join(base, name));
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/** Does the mark at `path` name this hash? */
export async function isMarked(path, hash) {
  const mark = await readFile(join(root, path), "utf8").catch(() => "");
  return mark === hash;
}
