// Holds every import to floor-plan.mjs. dependency-cruiser judges; it cannot parse TypeScript 7 or TSX, so it is given
// a skeleton of the source: the same tree, each file reduced to its import statements, types included.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { cruise } from "dependency-cruiser";
import { parseSync } from "oxc-parser";
import rules, { exceptions } from "../floor-plan.mjs";
import { root } from "./source-hash.mjs";

const places = ["app", "components", "lib", "packages", "proxy.ts", "instrumentation.ts"];
const elsewhere = /^lib\/db\/generated\/|^lib\/testing\/vectors\/|\/(?:node_modules|dist)\//;
const extensions = [".ts", ".tsx", ".mjs", ".js"];
const bone = ".bone.mjs";

async function listFiles(base, place) {
  const entries = await readdir(join(base, place), { withFileTypes: true }).catch((error) => {
    if (error.code === "ENOTDIR") return null;
    if (error.code === "ENOENT") return [];
    throw error;
  });
  if (entries === null) return [place];
  const lists = await Promise.all(entries.map(({ name }) => listFiles(base, `${place}/${name}`)));
  return lists.flat();
}

/** What a file imports: static, dynamic, re-exported, and the types of `import("…").T`. */
function importsOf(path, text) {
  const { module, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} cannot be read: ${errors[0].message}`);
  const named = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
    ),
    ...[...text.matchAll(/\bimport\(\s*["']([^"']+)["']\s*\)/g)].map(([, specifier]) => specifier),
  ];
  return [...new Set(named)];
}

async function writeSkeleton(base, target, path) {
  const specifiers = importsOf(path, await readFile(join(base, path), "utf8"));
  await mkdir(join(target, dirname(path)), { recursive: true });
  const lines = specifiers.map((specifier) => `import ${JSON.stringify(specifier)};\n`);
  await writeFile(join(target, path + bone), lines.join(""));
}

const plain = (path) => path.replaceAll(bone, "");

function sentenceOf({ from, to, rule, cycle }) {
  const way = cycle ? cycle.map(({ name }) => plain(name)).join(" → ") : plain(to);
  return `${plain(from)} → ${way}: ${rule.name}`;
}

/** Every import below `base` that the plan does not allow, as a sentence each; and how many files were read. */
export async function checkFloorPlan(base = root) {
  const files = (await Promise.all(places.map((place) => listFiles(base, place))))
    .flat()
    .filter((path) => extensions.includes(extname(path)) && !elsewhere.test(path) && !path.endsWith(".d.ts"));
  const target = await mkdtemp(join(tmpdir(), "farebox-floor-plan-"));
  try {
    // All of them, also when one fails: nobody may still be writing when the folder goes.
    const written = await Promise.allSettled(files.map((path) => writeSkeleton(base, target, path)));
    const failed = written.find(({ status }) => status === "rejected");
    if (failed) throw failed.reason;
    const { output } = await cruise(
      files.map((path) => path + bone),
      { baseDir: target, validate: true, ruleSet: rules, doNotFollow: { path: "node_modules" } },
      { alias: { "@": target }, extensions: [...extensions.map((extension) => extension + bone), bone] },
    );
    const broken = output.summary.violations.filter(
      ({ from, to }) =>
        !exceptions.some((exception) => exception.from === plain(from) && exception.to === plain(to)),
    );
    return { files: files.length, broken: broken.map(sentenceOf) };
  } finally {
    await rm(target, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { files, broken } = await checkFloorPlan();
  for (const sentence of broken) console.error(sentence);
  console.log(`${files} files, ${broken.length} imports that the floor plan does not allow.`);
  if (broken.length > 0) process.exitCode = 1;
}
