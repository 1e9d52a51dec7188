import { execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("programs/", import.meta.url));

/** One of the bench's own programs, in a process of its own. */
export type Program = Readonly<{
  port: number;
  pid: number;
  ask<T>(order: object): Promise<T>;
  stop(): Promise<void>;
}>;

export async function startProgram(
  name: "upstream" | "bare" | "mppx" | "load",
  env: Readonly<Record<string, string>> = {},
): Promise<Program> {
  const child = fork(`${folder}${name}.ts`, [], {
    execArgv: ["--import", "tsx"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    env: { PATH: process.env.PATH, NODE_ENV: "production", ...env },
  });
  const gone = once(child, "exit");
  const answer = async <T>(): Promise<T> => {
    const ended = gone.then(([code]) => {
      throw new Error(`The bench's ${name} ended with ${code}.`);
    });
    const [message] = await Promise.race([once(child, "message"), ended]);
    return message as T;
  };
  const { port } = await answer<{ port: number }>();
  return {
    port,
    pid: child.pid ?? 0,
    async ask<T>(order: object) {
      const answering = answer<T>();
      child.send(order);
      return await answering;
    },
    async stop() {
      child.disconnect();
      await gone;
    },
  };
}

/** What a process occupies of the machine's memory, in bytes; `null` where `ps` does not say. */
export function residentBytes(pid: number): number | null {
  try {
    return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) * 1024;
  } catch {
    return null;
  }
}

const ticksPerSecond = 100; // what Linux tells programs, on every machine

/** Processor time that a process has used, in milliseconds; `null` where `/proc` does not say. */
export function processorMs(pid: number): number | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [, ...fields] = text.slice(text.lastIndexOf(")")).split(" ");
    return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
  } catch {
    return null;
  }
}
