import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { NoMatch } from "@/components/ui/no-match";
import type { EmptyChannels as Empty } from "@/lib/dashboard/channels/view";

export function EmptyChannels({ empty, mode }: { empty: Empty; mode: "test" | "live" }) {
  if (empty.kind === "no-match") return <NoMatch {...empty} all="Show all channels" />;
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
