import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import type { EmptyChannels as Empty } from "@/lib/dashboard/channels/view";

export function EmptyChannels({ empty, mode }: { empty: Empty; mode: "test" | "live" }) {
  if (empty.kind === "no-match") {
    return (
      <EmptyState
        kind="no-match"
        title={empty.title}
        action={<ButtonLink href={empty.clearHref}>Show all channels</ButtonLink>}
      >
        This view leaves nothing over.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      kind="first"
      title={mode === "test" ? "No test channel yet" : "No channel yet"}
      action={
        empty.servicesHref && (
          <ButtonLink href={empty.servicesHref} variant="primary">
            Open the services
          </ButtonLink>
        )
      }
    >
      A payer of a session puts money down first and pays unit by unit from it. What is left goes back when
      the channel closes. Sell an endpoint as a session, on a rail that has them, and its channels stand here.
    </EmptyState>
  );
}
