import type { Metadata } from "next";
import { EntryShell } from "@/components/shell/entry-shell";
import { ButtonLink } from "@/components/ui/button";
import { CodeBlock } from "@/components/ui/code-block";
import { loadSetup } from "@/lib/dashboard/entry/loaders";

export const metadata: Metadata = { title: "Set up" };
export const dynamic = "force-dynamic";

export default async function SetupPage() {
  const { isDone } = await loadSetup();
  if (isDone) {
    return (
      <EntryShell title="Farebox is set up">
        <p className="text-sm">This installation has an owner.</p>
        <ButtonLink href="/sign-in" variant="primary" size="medium">
          Sign in
        </ButtonLink>
      </EntryShell>
    );
  }
  return (
    <EntryShell
      title="Open the set-up link"
      foot="The link works once and for 24 hours. It is never sent anywhere."
    >
      <div className="grid gap-4 text-sm">
        <p>
          Farebox has no owner yet and no default password. When the server started, it printed a one-time
          link in its own output, beginning with <span className="mono">/setup/</span>. Open that link to
          become the owner.
        </p>
        <p>The output is gone? Start the server again; until there is an owner it prints a new link.</p>
        <CodeBlock what="command" code="npm start" />
        <p>
          Or name the owner in the environment, with <span className="mono">FAREBOX_ADMIN_EMAIL</span> and{" "}
          <span className="mono">FAREBOX_ADMIN_PASSWORD</span>.
        </p>
      </div>
    </EntryShell>
  );
}
