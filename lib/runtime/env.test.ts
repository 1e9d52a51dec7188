import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EnvFault, readEnv } from "./env";

const faultsOf = (values: Record<string, string>): readonly string[] => {
  try {
    readEnv(values);
    return [];
  } catch (error) {
    if (error instanceof EnvFault) return error.lines;
    throw error;
  }
};

test("an empty environment is a complete one, on loopback", () => {
  expect(readEnv({})).toMatchObject({
    port: 3000,
    host: "127.0.0.1",
    publicOrigin: "http://localhost:3000",
    databaseUrl: null,
    demo: true,
    bootstrapKey: null,
  });
});

test("every bad value is reported at once and by name", () => {
  const faults = faultsOf({
    PORT: "http",
    PUBLIC_ORIGIN: "https://pay.example.com/shop",
    FAREBOX_SECRET: "short",
    FAREBOX_ALLOW_PRIVATE_NETWORKS: "10.0.0.0/99",
    FAREBOX_DEMO: "no",
    HOST: "0.0.0.0",
    FAREBOX_ADMIN_EMAIL: "owner@example.com",
  });
  for (const name of [
    "FAREBOX_ADMIN_EMAIL",
    "PORT",
    "PUBLIC_ORIGIN",
    "FAREBOX_SECRET",
    "FAREBOX_ALLOW_PRIVATE_NETWORKS",
    "FAREBOX_DEMO",
  ]) {
    expect(faults.some((line) => line.startsWith(name))).toBe(true);
  }
  expect(faults.join()).not.toContain("short");
});

test("a database of one's own needs a secret of one's own", () => {
  expect(faultsOf({ DATABASE_URL: "postgresql://db/farebox" })).toEqual([
    "FAREBOX_SECRET must be set, with at least 32 bytes, when DATABASE_URL is set.",
  ]);
});

test("a secret printed in the documentation is refused", () => {
  expect(faultsOf({ FAREBOX_SECRET: "0123456789abcdef".repeat(4) })[0]).toContain(
    "example from the documentation",
  );
});

test("a public address is asked for before anybody outside can reach the server", () => {
  expect(faultsOf({ HOST: "0.0.0.0", NODE_ENV: "production" })[0]).toContain("PUBLIC_ORIGIN");
  expect(
    faultsOf({ HOST: "0.0.0.0", NODE_ENV: "production", PUBLIC_ORIGIN: "https://pay.example.com" }),
  ).toEqual([]);
});

test("a secret may stand in a file, and not in both places", () => {
  const file = join(mkdtempSync(join(tmpdir(), "farebox-")), "secret");
  writeFileSync(file, `${"s".repeat(40)}\n`);
  expect(readEnv({ FAREBOX_SECRET_FILE: file }).secret).toBe("s".repeat(40));
  expect(faultsOf({ FAREBOX_SECRET_FILE: file, FAREBOX_SECRET: "s".repeat(40) })).toHaveLength(1);
  expect(faultsOf({ FAREBOX_SECRET_FILE: "/nowhere/at/all" })[0]).toContain("FAREBOX_SECRET_FILE");
});

test("a failpoint outside of tests stops the start", () => {
  expect(faultsOf({ FAREBOX_FAILPOINT: "after-rail:1:kill", NODE_ENV: "production" })[0]).toContain(
    "tests only",
  );
  expect(faultsOf({ FAREBOX_FAILPOINT: "after-rail:1:kill", NODE_ENV: "test" })).toEqual([]);
});

test("the secret before the present one may be given beside it, and nowhere else", () => {
  const present = "p".repeat(32);
  const before = "b".repeat(32);
  expect(readEnv({ FAREBOX_SECRET: present, FAREBOX_SECRET_PREVIOUS: before })).toMatchObject({
    secret: present,
    previousSecret: before,
  });
  expect(faultsOf({ FAREBOX_SECRET_PREVIOUS: before }).join()).toContain("set both, or neither");
  expect(faultsOf({ FAREBOX_SECRET: present, FAREBOX_SECRET_PREVIOUS: present }).join()).toContain(
    "the same",
  );
  expect(faultsOf({ FAREBOX_SECRET: present, FAREBOX_SECRET_PREVIOUS: "short" }).join()).toContain(
    "32 bytes",
  );
});

test.each([
  ["short", "Use at least 12 characters."],
  ["aaaaaaaaaaaaaaaa", "This password is one of the first that anybody would try."],
  ["owner@example.com", "The password must not be the e-mail address."],
])("a first password that nobody should have stops the start by name: %s", (password, why) => {
  const env = { FAREBOX_ADMIN_EMAIL: "owner@example.com", FAREBOX_ADMIN_PASSWORD: password };
  expect(() => readEnv(env)).toThrow(`FAREBOX_ADMIN_PASSWORD is refused. ${why}`);
});
