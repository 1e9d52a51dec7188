import { readFileSync } from "node:fs";
import ipaddr from "ipaddr.js";
import { z } from "zod";
import { passwordFault } from "@/lib/access";

/** Every bad value of the environment, by name. Stops the start with exit code 1. */
export class EnvFault extends Error {
  override name = "EnvFault";
  readonly lines: readonly string[];
  constructor(lines: readonly string[]) {
    super(lines.join("\n"));
    this.lines = lines;
  }
}

const loopbackHosts = ["127.0.0.1", "::1", "localhost"];

const cidrs = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter(Boolean))
  .refine(
    (list) => list.every((cidr) => ipaddr.isValidCIDR(cidr)),
    "must be a list of CIDR ranges such as 10.0.0.0/8",
  );

const origin = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.origin !== text.replace(/\/$/, "")) {
    context.addIssue({
      code: "custom",
      message: "must be an origin such as https://pay.example.com, without a path",
    });
    return z.NEVER;
  }
  return url.origin;
});

const Env = z.object({
  NODE_ENV: z
    .enum(["production", "development", "test"], "must be production, development or test")
    .default("production"),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, "must be a port number")
    .default("3000")
    .transform(Number)
    .refine((port) => port <= 65_535, "must be at most 65535"),
  HOST: z.string().min(1).default("127.0.0.1"),
  PUBLIC_ORIGIN: origin.optional(),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "must be a postgresql:// address")
    .optional(),
  FAREBOX_DATA_DIR: z.string().min(1).default("./data"),
  FAREBOX_SECRET: z
    .string()
    .refine((text) => Buffer.byteLength(text) >= 32, "must have at least 32 bytes")
    .optional(),
  FAREBOX_SECRET_PREVIOUS: z
    .string()
    .refine((text) => Buffer.byteLength(text) >= 32, "must have at least 32 bytes")
    .optional(),
  FAREBOX_ADMIN_EMAIL: z.email("must be an e-mail address").optional(),
  FAREBOX_ADMIN_PASSWORD: z.string().optional(),
  FAREBOX_API_KEY: z.string().min(32, "must have at least 32 characters").optional(),
  FAREBOX_ALLOW_PRIVATE_NETWORKS: cidrs.default([]),
  FAREBOX_TRUSTED_PROXIES: cidrs.default([]),
  FAREBOX_DEMO: z.enum(["0", "1"], "must be 0 or 1").default("1"),
  FAREBOX_ROLE: z.enum(["web", "worker", "all"], "must be web, worker or all").default("all"),
  FAREBOX_FAILPOINT: z
    .string()
    .regex(/^[a-z-]+:\d+:(kill|throw|delay=\d+)$/, "must be name:nth:kill|throw|delay=ms")
    .optional(),
});

export type Env = Readonly<{
  nodeEnv: "production" | "development" | "test";
  port: number;
  host: string;
  /** What payers see; realm and every emitted address come from here. */
  publicOrigin: string;
  databaseUrl: string | null;
  dataDir: string;
  secret: string | null;
  /** Opens and verifies what was made under it, while the secret is being replaced. */
  previousSecret: string | null;
  admin: Readonly<{ email: string; password: string }> | null;
  bootstrapKey: string | null;
  allowPrivateNetworks: readonly string[];
  trustedProxies: readonly string[];
  demo: boolean;
  role: "web" | "worker" | "all";
  failpoint: string | null;
}>;

type Values = Readonly<Record<string, string | undefined>>;
const fromFile = [
  "FAREBOX_SECRET",
  "FAREBOX_SECRET_PREVIOUS",
  "FAREBOX_ADMIN_PASSWORD",
  "FAREBOX_API_KEY",
] as const;

/** Takes each `NAME_FILE` for its `NAME`; empty values count as unset. */
function withFiles(values: Values, faults: string[]): Values {
  const read: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(values)) if (value !== "") read[name] = value;
  for (const name of fromFile) {
    const file = read[`${name}_FILE`];
    if (file === undefined) continue;
    if (read[name] !== undefined) faults.push(`${name} and ${name}_FILE are both set; keep one.`);
    try {
      read[name] = readFileSync(file, "utf8").replace(/\r?\n$/, "");
    } catch {
      faults.push(`${name}_FILE names a file that cannot be read.`);
    }
  }
  return read;
}

/** What one value demands of another. Read from the text, so that it is told beside every other fault. */
function crossFaults(values: Values): string[] {
  const faults: string[] = [];
  if (values.DATABASE_URL && !values.FAREBOX_SECRET) {
    faults.push("FAREBOX_SECRET must be set, with at least 32 bytes, when DATABASE_URL is set.");
  }
  if (values.FAREBOX_SECRET && documentedSecrets.includes(values.FAREBOX_SECRET)) {
    faults.push(
      "FAREBOX_SECRET is an example from the documentation; make your own with: openssl rand -hex 32",
    );
  }
  if (values.FAREBOX_SECRET_PREVIOUS && !values.FAREBOX_SECRET) {
    faults.push("FAREBOX_SECRET_PREVIOUS is the secret before FAREBOX_SECRET; set both, or neither.");
  }
  if (values.FAREBOX_SECRET_PREVIOUS && values.FAREBOX_SECRET_PREVIOUS === values.FAREBOX_SECRET) {
    faults.push("FAREBOX_SECRET_PREVIOUS is the same as FAREBOX_SECRET; unset it, or set another secret.");
  }
  if (Boolean(values.FAREBOX_ADMIN_EMAIL) !== Boolean(values.FAREBOX_ADMIN_PASSWORD)) {
    faults.push("FAREBOX_ADMIN_EMAIL and FAREBOX_ADMIN_PASSWORD must be set together.");
  }
  const { FAREBOX_ADMIN_PASSWORD: password, FAREBOX_ADMIN_EMAIL: email } = values;
  const weakness = password === undefined ? null : passwordFault(password, email);
  if (weakness) faults.push(`FAREBOX_ADMIN_PASSWORD is refused. ${weakness}`);
  const isProduction = (values.NODE_ENV ?? "production") === "production";
  if (isProduction && values.HOST && !loopbackHosts.includes(values.HOST) && !values.PUBLIC_ORIGIN) {
    faults.push("PUBLIC_ORIGIN must be set when HOST is not a loopback address.");
  }
  if (values.FAREBOX_FAILPOINT && values.NODE_ENV !== "test") {
    faults.push("FAREBOX_FAILPOINT is for tests only; unset it.");
  }
  return faults;
}

/** Values that stand in our documentation as examples of the form. */
const documentedSecrets = ["0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"];

const shownHost = (host: string) => (loopbackHosts.includes(host) ? "localhost" : host);

/** Reads and checks the whole environment; throws {@link EnvFault} naming every bad value at once. */
export function readEnv(values: Values = process.env): Env {
  const faults: string[] = [];
  const read = withFiles(values, faults);
  const parsed = Env.safeParse(read);
  if (!parsed.success) {
    faults.push(...parsed.error.issues.map(({ path, message }) => `${path.join(".")} ${message}.`));
  }
  faults.push(...crossFaults(read));
  if (!parsed.success || faults.length > 0) throw new EnvFault(faults);
  const env = parsed.data;
  return {
    nodeEnv: env.NODE_ENV,
    port: env.PORT,
    host: env.HOST,
    publicOrigin: env.PUBLIC_ORIGIN ?? `http://${shownHost(env.HOST)}:${env.PORT}`,
    databaseUrl: env.DATABASE_URL ?? null,
    dataDir: env.FAREBOX_DATA_DIR,
    secret: env.FAREBOX_SECRET ?? null,
    previousSecret: env.FAREBOX_SECRET_PREVIOUS ?? null,
    admin:
      env.FAREBOX_ADMIN_EMAIL && env.FAREBOX_ADMIN_PASSWORD
        ? { email: env.FAREBOX_ADMIN_EMAIL, password: env.FAREBOX_ADMIN_PASSWORD }
        : null,
    bootstrapKey: env.FAREBOX_API_KEY ?? null,
    allowPrivateNetworks: env.FAREBOX_ALLOW_PRIVATE_NETWORKS,
    trustedProxies: env.FAREBOX_TRUSTED_PROXIES,
    demo: env.FAREBOX_DEMO === "1",
    role: env.FAREBOX_ROLE,
    failpoint: env.FAREBOX_FAILPOINT ?? null,
  };
}

/** next-auth reads its own address from the environment; it must be ours and never a request header. */
export function tellNextAuth(publicOrigin: string): void {
  process.env.NEXTAUTH_URL = publicOrigin;
}

const Payer = z.object({
  FAREBOX_PAY_LNBITS_URL: z.url("must be the address of an LNbits server").optional(),
  FAREBOX_PAY_LNBITS_KEY: z.string().min(8, "must be the wallet's admin key").optional(),
  FAREBOX_PAY_NWC: z
    .string()
    .regex(/^nostr\+walletconnect:\/\//, "must be a connection string nostr+walletconnect://…")
    .optional(),
});

/** The wallet that `farebox pay` pays from; no part of the server. */
export function readPayerWallet(values: Values = process.env) {
  const faults: string[] = [];
  const parsed = Payer.safeParse(withFiles(values, faults));
  if (!parsed.success) {
    throw new EnvFault(parsed.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`));
  }
  const {
    FAREBOX_PAY_NWC: connection,
    FAREBOX_PAY_LNBITS_URL: url,
    FAREBOX_PAY_LNBITS_KEY: adminKey,
  } = parsed.data;
  if (Boolean(url) !== Boolean(adminKey)) {
    throw new EnvFault(["FAREBOX_PAY_LNBITS_URL and FAREBOX_PAY_LNBITS_KEY must be set together."]);
  }
  if (connection && url) throw new EnvFault(["Set FAREBOX_PAY_NWC or FAREBOX_PAY_LNBITS_URL, not both."]);
  if (connection) return { kind: "nwc" as const, connection };
  return url && adminKey ? { kind: "lnbits" as const, url, adminKey } : null;
}
