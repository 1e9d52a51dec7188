import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

const systemChromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  existsSync,
);
const isRoot = process.getuid?.() === 0;

export default defineConfig({
  testDir: "e2e",
  globalSetup: "e2e/harness/global-setup.ts",
  workers: 2,
  timeout: 60_000,
  forbidOnly: process.env.CI === "true",
  reporter: process.env.FAREBOX_E2E_REPORT
    ? [["line"], ["json", { outputFile: process.env.FAREBOX_E2E_REPORT }]]
    : [["list"]],
  use: {
    browserName: "chromium",
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
    launchOptions: {
      ...(systemChromium ? { executablePath: systemChromium } : {}),
      args: [...(isRoot ? ["--no-sandbox"] : []), "--disable-background-networking", "--disable-quic"],
    },
  },
});
