import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { register } from "tsx/esm/api";
import { root } from "./source-hash.mjs";

/** Imports a TypeScript module of the project as it stands. */
export async function load(path) {
  register({ tsconfig: join(root, "tsconfig.json") });
  return import(pathToFileURL(join(root, path)).href);
}
