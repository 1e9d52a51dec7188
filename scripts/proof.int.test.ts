import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const script = fileURLToPath(new URL("proof.mjs", import.meta.url));

test("the smallest proof finds every promise about money kept", { timeout: 300_000 }, async () => {
  const child = spawn(process.execPath, [script, "--small"], { stdio: ["ignore", "pipe", "pipe"] });
  const parts: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => parts.push(String(part)));
  const [code] = await once(child, "close");
  expect(parts.join("")).toContain("kill -9 under load");
  expect(code, parts.join("")).toBe(0);
});
