import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { NoMatch } from "@/components/ui/no-match";
import type { EmptyRefunds as Empty } from "@/lib/dashboard/refunds/view";

export function EmptyRefunds({ empty, mode }: { empty: Empty; mode: "test" | "live" }) {
  if (empty.kind === "no-match") return <NoMatch {...empty} all="Show all refunds" />;
  return (
    <EmptyState
      kind="first"
      title={mode === "test" ? "No test refund yet" : "No refund yet"}
      action={
        <ButtonLink href={empty.receiptsHref} variant="primary">
          Open the receipts
        </ButtonLink>
      }
    >
      Money goes back from a receipt, all of it or a part. Each refund is followed here until the network has
      it.
    </EmptyState>
  );
}
