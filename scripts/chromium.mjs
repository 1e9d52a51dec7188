// A browser for the browser stories: the system's, installed if it may be, else Playwright's own.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { commandOf, runNode } from "./run.mjs";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const quiet = { stdio: ["ignore", "ignore", "inherit"] };

export async function ensureChromium() {
  if (places.some(existsSync)) return;
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    console.log("Installing Chromium from the system's packages.");
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    spawnSync("apt-get", ["update", "-qq"], { ...quiet, env });
    spawnSync(
      "apt-get",
      ["install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-liberation"],
      { ...quiet, env },
    );
    if (places.some(existsSync)) return;
  }
  console.log("Installing Playwright's Chromium.");
  await runNode([commandOf("playwright", "cli.js"), "install", "chromium"]);
}
