// `npm test`: everything CI runs, in the order in which it fails fastest. Ends with `N passed, N failed`.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "./build.mjs";
import { ensureChromium } from "./chromium.mjs";
import { root } from "./source-hash.mjs";

const reports = mkdtempSync(join(tmpdir(), "farebox-reports-"));
const total = { passed: 0, failed: 0, skipped: 0 };

function npm(args, env = {}) {
  const { status } = spawnSync("npm", ["run", "--silent", ...args], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  return status === 0;
}

function count(passed, failed) {
  total.passed += passed;
  total.failed += failed;
}

/** A stage that is one check. */
function check(script) {
  console.log(`\n— ${script}`);
  const ok = npm([script]);
  count(ok ? 1 : 0, ok ? 0 : 1);
}

const readReport = (file) => {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
};

/**
 * A stage of many tests: a runner that fails without a failing test counts as one failure, and one that ends well
 * without a report had nothing to run, for a reason that it has said, and counts as skipped.
 */
function tests(script, { args, env, figures }) {
  console.log(`\n— ${script}`);
  const file = join(reports, `${script.replace(":", "-")}.json`);
  const ok = npm([script, ...args(file)], env?.(file));
  const report = readReport(file);
  const { passed, failed } = report ? figures(report) : { passed: 0, failed: 0 };
  count(passed, ok ? failed : Math.max(failed, 1));
  if (ok && !report) total.skipped += 1;
}

const vitest = {
  args: (file) => ["--", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`],
  figures: ({ numPassedTests, numFailedTests }) => ({ passed: numPassedTests, failed: numFailedTests }),
};
const jest = {
  args: (file) => ["--", "--json", `--outputFile=${file}`],
  figures: vitest.figures,
};
const playwright = {
  args: () => [],
  env: (file) => ({ FAREBOX_E2E_REPORT: file }),
  figures: ({ stats }) => ({ passed: stats.expected, failed: stats.unexpected + stats.flaky }),
};

for (const script of ["check", "types", "floor-plan", "unused", "drift"]) check(script);
tests("test:unit", vitest);
tests("test:int", vitest);
tests("test:medusa", jest);
console.log("\n— build");
await build().then(
  () => count(1, 0),
  (error) => {
    console.error(error.message);
    count(0, 1);
  },
);
await ensureChromium();
tests("test:e2e", playwright);

rmSync(reports, { recursive: true, force: true });
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed === 0 ? 0 : 1;
