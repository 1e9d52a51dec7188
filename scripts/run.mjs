import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { root } from "./source-hash.mjs";

const { resolve } = createRequire(import.meta.url);

/** The file behind a package's command, so that no shell and no PATH is needed to run it. */
export const commandOf = (name, file) => join(dirname(resolve(`${name}/package.json`)), file);

/** Runs a Node program in the project; throws when it fails. `quiet` shows its output only then. */
export function runNode(args, { env = {}, quiet = false } = {}) {
  return new Promise((done, fail) => {
    const output = [];
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: quiet ? ["ignore", "pipe", "pipe"] : "inherit",
    });
    child.stdout?.on("data", (chunk) => output.push(chunk));
    child.stderr?.on("data", (chunk) => output.push(chunk));
    const forward = (signal) => child.kill(signal);
    process.on("SIGINT", forward).on("SIGTERM", forward);
    child.once("error", fail);
    child.once("close", (code) => {
      process.off("SIGINT", forward).off("SIGTERM", forward);
      if (code === 0) return done();
      process.stderr.write(Buffer.concat(output));
      fail(new Error(`${args.join(" ")} ended with ${code ?? "a signal"}`));
    });
  });
}
