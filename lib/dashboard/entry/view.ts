import type { FieldFault } from "@/lib/problems";

export type FormResult =
  | Readonly<{ ok: true }>
  | Readonly<{ ok: false; problem: { detail: string; errors?: readonly FieldFault[] } }>;

/** Why nobody was signed in. All failures read alike; only a wait is told apart, so that it can be shown. */
export type SignInFault = Readonly<{ kind: "refused" }> | Readonly<{ kind: "slowed"; seconds: number }>;

/** Reads what the sign-in answered; `null` for anything that is not about the person, such as a lost connection. */
export function readSignInFault(error: string): SignInFault | null {
  if (error === "refused" || error === "CredentialsSignin") return { kind: "refused" };
  const seconds = /^slowed:(\d{1,6})$/.exec(error)?.[1];
  return seconds === undefined ? null : { kind: "slowed", seconds: Number(seconds) };
}

export const passwordLengthMin = 12;

/** A slug to start from: "Acme Weather, Inc." becomes `acme-weather-inc`. */
export function suggestSlug(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+/, "")
    .slice(0, 64)
    .replace(/-+$/, "");
}
