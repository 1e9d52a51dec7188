import { errorText, log } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import { createRuntime, migrate, type Runtime, readEnv } from "@/lib/runtime";
import { faultLines, openDatabase } from "@/lib/server";
import { CommandFault, type Say } from "./command";
import { apply, exportConfig } from "./config";
import { conformance } from "./conformance";
import { homologate } from "./homologate";
import { importOpenApi } from "./import";
import { createKey } from "./keys";
import { verifyLedger } from "./ledger";
import { pay } from "./pay";
import { rotateSecret } from "./rotate-secret";

/** Commands that talk to a server over HTTP alone. */
const outside: Record<string, (args: readonly string[], say: Say) => Promise<void>> = { pay, conformance };

type Inside = (runtime: Runtime, args: readonly string[], say: Say) => Promise<void>;

const inside: Record<string, Inside> = {
  apply,
  export: exportConfig,
  homologate,
  import: importOpenApi,
  "create-key": createKey,
  "rotate-secret": rotateSecret,
  "verify-ledger": verifyLedger,
};

const help = `farebox <command>

  pay URL [-X METHOD] [-d BODY] [-H 'Name: value'] [--payer NAME] [--method demo|lightning] [--max-sats N]
                                 make a paid request step by step, at the demo wallet or from a Lightning wallet
  conformance --base-url URL [--discovery-url URL] [--json FILE]
                                 hold any server to the published payment flows
  conformance --base-url URL --demo [-X METHOD] [-d BODY] [-H 'Name: value'] [--json FILE]
                                 hold one sold address to what it owes its payers, with demo money
  homologate vtex --connector ID [--merchant SLUG] [--base-url URL] [--json FILE]
                                 play VTEX's gateway against a connector of a running Farebox
  apply FILE [--dry-run]         make a merchant what the configuration document says
  export [--merchant SLUG]       print that document, secrets left out
  import FILE|URL --merchant SLUG --service SLUG --price AMOUNT --currency CODE [--dry-run]
                                 put the operations of an OpenAPI description on sale
  create-key --merchant SLUG [--mode test|live] [--scope NAME …] [--name TEXT]
                                 make a management key; the last line is the key
  verify-ledger [--merchant SLUG]
                                 recompute every invariant of the books
  rotate-secret [--new-secret-file FILE]
                                 new challenge keys, and a new secret where Farebox keeps it
  help                           this text

Commands work beside a running server, with the same environment.`;

/** Runs one command in this project's folder; answers the exit code. */
export async function main(args: readonly string[], { migrations }: { migrations: string }): Promise<number> {
  const say: Say = (line) => void process.stdout.write(`${line}\n`);
  const [name = "help", ...rest] = args;
  try {
    const command = inside[name];
    const asking = outside[name];
    if (command) await withRuntime(migrations, (runtime) => command(runtime, rest, say));
    else if (asking) await asking(rest, say);
    else if (name === "help" || name === "--help") say(help);
    else throw new CommandFault(`There is no command "${name}". Type: farebox help`);
    return 0;
  } catch (error) {
    for (const line of linesOf(error)) process.stderr.write(`${line}\n`);
    return 1;
  }
}

async function withRuntime(migrations: string, work: (runtime: Runtime) => Promise<void>): Promise<void> {
  const env = readEnv();
  const database = await openDatabase(env, "visitor", log);
  try {
    await migrate({ url: database.url, directory: migrations, log });
    const runtime = await createRuntime({ env, databaseUrl: database.url, secret: database.secrets });
    try {
      await work(runtime);
    } finally {
      await runtime.close();
    }
  } finally {
    await database.stop();
  }
}

/** What the person who typed the command can do something about; anything else is told as it is. */
function linesOf(error: unknown): readonly string[] {
  if (Problem.is(error)) {
    const errors = error.extras.errors ?? [];
    return [error.message, ...errors.map(({ path, message }) => `  ${path}: ${message}`)];
  }
  if (error instanceof CommandFault) return [error.message];
  return faultLines(error) ?? [errorText(error)];
}
