import type { Metadata } from "next";
import { OwnerForm } from "@/components/entry/owner-form";
import { EntryShell } from "@/components/shell/entry-shell";
import { ButtonLink } from "@/components/ui/button";
import { loadSetupLink } from "@/lib/dashboard/entry/loaders";

export const metadata: Metadata = { title: "Set up", referrer: "no-referrer" };

export default async function OwnerSetupPage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  const { state } = await loadSetupLink(token);
  if (state === "usable") {
    return (
      <EntryShell title="Become the owner" note="Step 1 of 2" foot="An owner may do everything here.">
        <OwnerForm token={token} />
      </EntryShell>
    );
  }
  return (
    <EntryShell title={state === "done" ? "Farebox is set up" : "This link does not work any more"}>
      <p className="text-sm">
        {state === "done"
          ? "This installation has an owner, so set-up links have no use any more."
          : "It was used, it expired, or it is not whole. Start the server again: while there is no owner it prints a new link."}
      </p>
      {state === "done" && (
        <ButtonLink href="/sign-in" variant="primary" size="medium">
          Sign in
        </ButtonLink>
      )}
    </EntryShell>
  );
}
