import type { Metadata } from "next";
import { SignInForm } from "@/components/entry/sign-in-form";
import { EntryShell } from "@/components/shell/entry-shell";
import { loadSignIn } from "@/lib/dashboard/entry/loaders";
import { type Query, readParameter } from "@/lib/dashboard/shell/view";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({ searchParams }: { searchParams: Promise<Query> }) {
  const query = await searchParams;
  const view = await loadSignIn(readParameter(query, "next") ?? readParameter(query, "callbackUrl"));
  return (
    <EntryShell
      title="Sign in"
      note={
        view.isNamed ? (
          <>
            to go on to <span className="mono">{view.next.split("?")[0]}</span>
          </>
        ) : undefined
      }
    >
      <SignInForm next={view.next} />
    </EntryShell>
  );
}
