import type { Metadata } from "next";
import { EntryShell } from "@/components/shell/entry-shell";
import { ButtonLink } from "@/components/ui/button";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <EntryShell title="Nothing at this address">
      <p className="text-sm">
        The page was moved, the id is mistyped, or it belongs to a merchant you are not a member of.
      </p>
      <ButtonLink href="/" variant="primary" size="medium">
        Go to the overview
      </ButtonLink>
    </EntryShell>
  );
}
