import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findEmbeddedPostgres } from "./embedded-postgres";
import { findFreePort } from "./postgres-process";
import { type Running, type ServeOptions, serve } from "./serve";

let dataDir = "";
let port = 0;
let notes: string[] = [];
let running: Running | null = null;

const note = (what: string) => async (): Promise<void> => void notes.push(what);

const options = (changes: Partial<ServeOptions> = {}): ServeOptions => ({
  env: {
    port,
    host: "127.0.0.1",
    publicOrigin: `http://localhost:${port}`,
    role: "all",
    trustedProxies: [],
    databaseUrl: null,
    dataDir,
    secret: null,
    previousSecret: null,
  },
  dir: ".",
  dev: false,
  log: () => undefined,
  say: (text) => void notes.push(...text.split("\n")),
  migrate: note("migrate"),
  async openRuntime({ secret }) {
    notes.push(`runtime with a secret of ${secret.all()[0]?.length}`);
    return {
      gateway: { handle: async () => new Response("paid"), ownsHost: async () => false },
      worker: { start: note("worker starts"), stop: note("worker stops") },
      firstRun: async () => ({ setupUrl: "http://setup", payCommand: "pay" }),
      setDraining: () => void notes.push("draining"),
      close: note("runtime closes"),
    };
  },
  openPages: async () => ({
    handle: async (_request, response) => void response.end("page"),
    upgrade: () => false,
    close: note("pages close"),
  }),
  ...changes,
});

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "farebox-serve-"));
  await chmod(dataDir, 0o711);
  port = await findFreePort();
  notes = [];
});

afterEach(async () => {
  await running?.stop();
  running = null;
  await rm(dataDir, { recursive: true, force: true });
});

test("everything starts in order, answers, and stops in the opposite order", async () => {
  running = await serve(options());
  expect(notes).toEqual([
    "migrate",
    "runtime with a secret of 64",
    "worker starts",
    `Farebox runs at http://localhost:${port}`,
    "Set it up, once, at http://setup",
    "Make a first paid request: pay",
  ]);
  expect(await (await fetch(`http://127.0.0.1:${port}/pay/a`)).text()).toBe("paid");
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("page");

  notes = [];
  await running.stop();
  expect(notes).toEqual(["draining", "pages close", "worker stops", "runtime closes"]);
  expect(await findEmbeddedPostgres(dataDir)).toBeNull();
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
});

test("a request that runs when the stop begins is answered, and the runtime is there until then", async () => {
  let answer: (response: Response) => void = () => undefined;
  const asked = new Promise<void>((arrived) => {
    const base = options();
    running = null;
    void serve({
      ...base,
      async openRuntime(input) {
        const runtime = await base.openRuntime(input);
        const handle = (): Promise<Response> => {
          arrived();
          return new Promise((resolve) => {
            answer = resolve;
          });
        };
        return { ...runtime, gateway: { ...runtime.gateway, handle } };
      },
      say: () => undefined,
    }).then((served) => {
      running = served;
      notes = [];
      void fetch(`http://127.0.0.1:${port}/pay/a`)
        .then((response) => response.text())
        .then((text) => notes.push(`answered ${text}`));
    });
  });
  await asked;
  const stopped = running ? (running as Running).stop() : Promise.resolve();
  answer(new Response("late"));
  await stopped;
  expect(notes.indexOf("answered late")).toBeGreaterThan(-1);
  expect(notes.indexOf("runtime closes")).toBeGreaterThan(notes.indexOf("answered late"));
});

test("a start that fails ends what it has begun", async () => {
  const squatter = createServer().listen(port, "127.0.0.1");
  await once(squatter, "listening");
  await expect(serve(options())).rejects.toThrow(`Port ${port} on 127.0.0.1 is in use by another program`);
  expect(notes.slice(-2)).toEqual(["pages close", "runtime closes"]);
  expect(await findEmbeddedPostgres(dataDir)).toBeNull();
  squatter.close();
});

test("a step that fails while stopping does not keep the others from stopping", async () => {
  running = await serve(
    options({
      openPages: async () => ({
        handle: async () => undefined,
        upgrade: () => false,
        close: () => Promise.reject(new Error("stuck")),
      }),
    }),
  );
  await running.stop();
  expect(notes.at(-1)).toBe("runtime closes");
  expect(await findEmbeddedPostgres(dataDir)).toBeNull();
});

test("a worker alone opens no port, and a web server alone works on nothing", async () => {
  const base = options();
  running = await serve({ ...base, env: { ...base.env, role: "worker" } });
  expect(notes).toContain("worker starts");
  expect(notes.join()).not.toContain("http://");
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  await running.stop();

  notes = [];
  running = await serve({ ...base, env: { ...base.env, role: "web" } });
  expect(notes).not.toContain("worker starts");
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
});
