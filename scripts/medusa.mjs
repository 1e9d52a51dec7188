// `npm run test:medusa`: the real Medusa payment module against a started Farebox (docs/medusa.md). Medusa has some 760
// packages of its own and is installed here alone, from the lock file of e2e/medusa/shop; without them there is nothing to run.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { generate } from "./generate.mjs";
import { load } from "./load.mjs";
import { commandOf, runNode } from "./run.mjs";
import { root } from "./source-hash.mjs";

const run = promisify(execFile);
const home = join(root, "e2e/medusa/shop");
const modules = join(home, "node_modules");
const installMs = 240_000;

/** Medusa 1 is its processor's interface here, which loads without the other packages it would bring. */
const first = {
  name: "@medusajs/medusa@1.20.11",
  integrity:
    "sha512-oSnsOV9nTY8MGRPIsMfq93lsO7dVz87XxU9+HiCT/ugODmNuy4pYiREz42MabgFpoxPgFi2+NUozNqJp8lhf8A==",
  folder: join(modules, ".medusa-v1/node_modules/@medusajs/medusa"),
};

const npm = (args, cwd = home) => run("npm", args, { cwd, timeout: installMs, maxBuffer: 64 * 1024 * 1024 });

/** Puts what npm packs of `what` where npm would install it, so that a shop's very files are tested. */
async function unpack(what, folder, integrity) {
  const place = await mkdtemp(join(tmpdir(), "farebox-pack-"));
  try {
    await npm(["pack", what, "--silent", "--ignore-scripts=false", "--pack-destination", place]);
    const [packed = ""] = await readdir(place);
    const file = join(place, packed);
    const found = `sha512-${createHash("sha512")
      .update(await readFile(file))
      .digest("base64")}`;
    if (integrity && found !== integrity) throw new Error(`${what} is not the package that was chosen.`);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await run("tar", ["xzf", file, "-C", folder, "--strip-components=1"]);
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

/** Installs from the lock unless that was done; throws when the packages cannot be had. */
async function install() {
  const mark = join(modules, ".farebox-lock");
  const wanted = createHash("sha256")
    .update(await readFile(join(home, "package-lock.json")))
    .update(first.integrity)
    .digest("hex");
  if ((await readFile(mark, "utf8").catch(() => "")) === wanted) return;
  await npm(["ci", "--loglevel=error", "--prefer-offline", "--fetch-retries=1"]);
  await unpack(first.name, first.folder, first.integrity);
  await writeFile(mark, wanted);
}

/** Our packages as npm packs them, and the tests, compiled against Medusa's own types. */
async function prepare() {
  const packages = join(root, "packages");
  await unpack(join(packages, "medusa-provider"), join(modules, "farebox-medusa-provider"));
  const beside = join(modules, ".medusa-v1/node_modules/farebox-medusa-v1-processor");
  await unpack(join(packages, "medusa-v1-processor"), beside);
  await rm(join(home, "build"), { recursive: true, force: true });
  await runNode([commandOf("typescript", "bin/tsc"), "-p", home]);
}

export async function testMedusa(args = []) {
  const began = Date.now();
  try {
    await install();
  } catch (error) {
    const why = /^npm error (code .+)$/m.exec(error.stderr ?? "")?.[1] ?? error.message.split("\n")[0];
    console.log(`Medusa's packages cannot be installed, so its tests are skipped: ${why}`);
    return 0;
  }
  console.log(`Medusa is installed, after ${Math.round((Date.now() - began) / 1000)} s.`);
  await prepare();
  process.env.NODE_ENV = "test"; // failpoints answer to tests only
  await generate();
  const { main } = await load("e2e/medusa/run.ts");
  return await main(args);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  process.exitCode = await testMedusa(process.argv.slice(2));
}
