"use client";

import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { leave } from "@/lib/dashboard/account/actions";

export function EndSessions() {
  return (
    <ConfirmDialog
      trigger={<Button>Sign out everywhere</Button>}
      title="Sign out everywhere?"
      effect="Every session of yours ends at once, in this browser and in all others."
      confirm="Sign out everywhere"
      cancel="Stay signed in"
      action={async () => {
        await leave();
        return undefined;
      }}
    />
  );
}
