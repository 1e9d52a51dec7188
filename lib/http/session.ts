import type { AuthOptions } from "next-auth";
import { decode } from "next-auth/jwt";
import CredentialsProvider from "next-auth/providers/credentials";
import { z } from "zod";
import { actorOf, type MemberWho } from "@/lib/access";
import { errorText } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import type { DoorRuntime } from "./context";
import { ownPath } from "./own-path";

const lifetimeSeconds = 7 * 24 * 60 * 60;

type CookieKind = "session" | "csrf" | "callback";

/** Over TLS the browser itself sees to it that no other host and no plain connection sets these (`__Host-`). */
export const cookieName = (kind: CookieKind, publicOrigin: string): string =>
  `${publicOrigin.startsWith("https:") ? "__Host-" : ""}farebox.${kind}`;

const cookie = (kind: CookieKind, publicOrigin: string) => ({
  name: cookieName(kind, publicOrigin),
  options: { httpOnly: true, sameSite: "lax", path: "/", secure: publicOrigin.startsWith("https:") } as const,
});

const Tried = z.object({ email: z.string().min(1).max(254), password: z.string().min(1).max(1_000) });
const Claims = z.object({ sub: z.string(), version: z.number().int() });

async function livingMember(access: DoorRuntime["access"], token: unknown): Promise<MemberWho | null> {
  const claims = Claims.safeParse(token);
  if (!claims.success) return null;
  return await access.findSession({ memberId: claims.data.sub, version: claims.data.version });
}

type SessionRuntime = Pick<DoorRuntime, "access" | "env" | "sessionSecret" | "log">;

/** Who a session cookie belongs to, by their row as it stands now; `null` for anything but a living session. */
export async function memberOfToken(
  { access, sessionSecret }: Pick<SessionRuntime, "access" | "sessionSecret">,
  token: string | undefined,
): Promise<MemberWho | null> {
  if (!token) return null;
  return await livingMember(access, await decode({ token, secret: sessionSecret }).catch(() => null));
}

/** The caller's address: our own door has written this header over whatever the caller sent. */
export const addressOf = (forwardedFor: string | null | undefined): string =>
  (forwardedFor ?? "").split(",", 1)[0]?.trim() ?? "";

/** Throws a word the sign-in page knows: `refused`, `slowed:<seconds>`, `failed`. Nothing else leaves. */
async function authorize(
  { access, log }: SessionRuntime,
  tried: unknown,
  headers: Record<string, unknown> | undefined,
): Promise<{ id: string; version: number }> {
  const parsed = Tried.safeParse(tried);
  if (!parsed.success) throw new Error("refused");
  const address = addressOf(String(headers?.["x-forwarded-for"] ?? ""));
  const signedIn = await access.signIn({ ...parsed.data, address }).catch((error: unknown) => {
    if (Problem.is(error)) throw new Error(`slowed:${error.extras.retryAfter ?? 5}`);
    log("error", "session.fault", { error: errorText(error) });
    throw new Error("failed");
  });
  if (signedIn.outcome === "slowed") throw new Error(`slowed:${signedIn.retryAfter}`);
  if (signedIn.outcome === "refused") throw new Error("refused");
  return { id: signedIn.member.memberId, version: signedIn.version };
}

/** next-auth as we use it: one way in, a cookie that names a member and a version, and nothing believed without the row. */
export function sessionOptions(runtime: SessionRuntime): AuthOptions {
  const { access, env, sessionSecret, log } = runtime;
  return {
    secret: sessionSecret,
    session: { strategy: "jwt", maxAge: lifetimeSeconds },
    pages: { signIn: "/sign-in", signOut: "/sign-in", error: "/sign-in" },
    cookies: {
      sessionToken: cookie("session", env.publicOrigin),
      csrfToken: cookie("csrf", env.publicOrigin),
      callbackUrl: cookie("callback", env.publicOrigin),
    },
    providers: [
      CredentialsProvider({
        credentials: { email: { type: "email" }, password: { type: "password" } },
        authorize: (tried, request) => authorize(runtime, tried, request.headers),
      }),
    ],
    callbacks: {
      async jwt({ token, user }) {
        if (user) return { sub: user.id, version: "version" in user ? user.version : 0 };
        if (!(await livingMember(access, token))) throw new Error("ended"); // next-auth then clears the cookie
        return token;
      },
      session: ({ session }) => ({ expires: session.expires }),
      redirect: ({ url }) => {
        const own = url.startsWith(`${env.publicOrigin}/`) ? url.slice(env.publicOrigin.length) : url;
        return `${env.publicOrigin}${ownPath(own) ?? "/"}`;
      },
    },
    events: {
      async signOut({ token }) {
        const member = await livingMember(access, token);
        if (member) await access.endSessions(member.memberId, { actor: actorOf(member) });
      },
    },
    logger: {
      error: (code) => log("warn", "session.refused", { kind: code }),
      warn: () => undefined,
      debug: () => undefined,
    },
  };
}
