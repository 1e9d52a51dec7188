import { readFileSync } from "node:fs";

/** One file of `lib/testing/vectors`, in the shape the test that reads it expects. */
export const readVectors = <T>(file: string): T =>
  JSON.parse(readFileSync(new URL(`./vectors/${file}`, import.meta.url), "utf8")) as T;
