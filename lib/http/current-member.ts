import { cookies } from "next/headers";
import { cache } from "react";
import { actorOf, type MemberWho } from "@/lib/access";
import { runtime } from "@/lib/runtime";
import { cookieName, memberOfToken } from "./session";

/** Who is signed in, by their row as it stands now; read once per request. */
export const currentMember = cache(async (): Promise<MemberWho | null> => {
  const [opened, jar] = await Promise.all([runtime(), cookies()]);
  return await memberOfToken(opened, jar.get(cookieName("session", opened.env.publicOrigin))?.value);
});

/** Signs the member out, here and everywhere: what was copied from this browser is worth nothing afterwards. */
export async function signOut(): Promise<void> {
  const [{ access, env }, jar, who] = await Promise.all([runtime(), cookies(), currentMember()]);
  if (who) await access.endSessions(who.memberId, { actor: actorOf(who) });
  const name = cookieName("session", env.publicOrigin);
  const secure = env.publicOrigin.startsWith("https:");
  jar.set({ name, value: "", maxAge: 0, path: "/", httpOnly: true, sameSite: "lax", secure });
}
