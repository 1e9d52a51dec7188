#!/usr/bin/env node
// A JSON-RPC stand-in for Prisma's native schema engine: its WebAssembly build with a driver adapter, so that
// migrations are written and compared without any download. Rests on Prisma's internals, hence the pinned versions.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { PGlite } from "@electric-sql/pglite";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import Result from "pg/lib/result.js";
import { PrismaPGlite } from "pglite-prisma-adapter";

const charOid = 18;
const unknownOid = 99_999; // from 16384 on the adapter takes a type for the user's own, as text
const columnType = { character: 6, text: 7 };
const methodNames = { getDatabaseVersion: "version" };

function readArguments(argv) {
  const models = [];
  let url = process.env.DATABASE_URL;
  for (let at = 0; at < argv.length; at += 1) {
    if (argv[at] === "--datamodels") models.push(argv[++at]);
    else if (argv[at] === "--datasource") url = JSON.parse(argv[++at]).url ?? url;
  }
  return { models, url };
}

const charColumns = new Set();

/** The adapter knows no type `"char"`: its columns pass as text here, and are called characters again on the way out. */
function letCharactersThrough() {
  const { addFields } = Result.prototype;
  Result.prototype.addFields = function (fields) {
    for (const field of fields) {
      if (field.dataTypeID !== charOid) continue;
      charColumns.add(field.name);
      field.dataTypeID = unknownOid;
    }
    return addFields.call(this, fields);
  };
}

function nameCharacters(connection) {
  const queryRaw = connection.queryRaw.bind(connection);
  connection.queryRaw = async (query) => {
    const result = await queryRaw(query);
    result.columnNames.forEach((name, at) => {
      if (!charColumns.has(name) || result.columnTypes[at] !== columnType.text) return;
      result.columnTypes[at] = columnType.character;
      for (const row of result.rows) if (row[at] === "") row[at] = null;
    });
    return result;
  };
  return connection;
}

const inMemory = () => new PrismaPGlite(new PGlite());

/** The database given, with an in-memory one for throw-away use: no second server and no right to create one. */
function openDatabase(url) {
  if (!url || url.startsWith("pglite:")) return inMemory();
  letCharactersThrough();
  const factory = new PrismaPg({ connectionString: url });
  const connect = factory.connect.bind(factory);
  factory.connect = async () => nameCharacters(await connect());
  factory.connectToShadowDb = () => inMemory().connect();
  return factory;
}

async function loadEngine({ models, url }) {
  const bindings = await import("@prisma/schema-engine-wasm/schema_engine_bg");
  const folder = dirname(
    createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg"),
  );
  const module = new WebAssembly.Module(readFileSync(join(folder, "schema_engine_bg.wasm")));
  const instance = new WebAssembly.Instance(module, { "./schema_engine_bg.js": bindings });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  const datamodels = models.length
    ? models.map((file) => [resolve(file), readFileSync(file, "utf8")])
    : undefined;
  const adapter = bindMigrationAwareSqlAdapterFactory(openDatabase(url));
  return bindings.SchemaEngine.new({ datamodels }, () => undefined, adapter);
}

const say = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);

const fault = (error) => ({
  code: 4466,
  message: "An error happened. Check the data field for details.",
  data: {
    is_panic: false,
    message: String(error?.message ?? error),
    meta: error?.meta ?? null,
    error_code: error?.code ?? "P3000",
  },
});

async function answer(engine, { id, method, params }) {
  try {
    const result = await (await engine())[methodNames[method] ?? method](params);
    if (result?.stdout) say({ id: `print-${id}`, method: "print", params: { content: result.stdout } });
    say({ id, result: result ?? null });
  } catch (error) {
    say({ id, error: fault(error) });
  }
}

async function canConnect(engine) {
  try {
    await (await engine()).version(null);
    console.log("Connection successful");
    return 0;
  } catch (error) {
    const fields = { message: String(error?.message), error_code: error?.code ?? "P1001", is_panic: false };
    console.error(JSON.stringify({ fields }));
    return 1;
  }
}

async function main(argv) {
  if (argv.includes("--version")) {
    console.log("schema-engine-cli wasm");
    return 0;
  }
  const given = readArguments(argv);
  let loading;
  const engine = () => {
    loading ??= loadEngine(given);
    return loading;
  };
  if (argv.includes("can-connect-to-database")) return canConnect(engine);
  for await (const line of createInterface({ input: process.stdin })) {
    if (!line.trim()) continue;
    const request = JSON.parse(line);
    if (request.method) await answer(engine, request);
  }
  return 0;
}

process.exit(await main(process.argv.slice(2)));
