import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import type { EmptyRefunds as Empty } from "@/lib/dashboard/refunds/view";

export function EmptyRefunds({ empty, mode }: { empty: Empty; mode: "test" | "live" }) {
  if (empty.kind === "no-match") {
    return (
      <EmptyState
        kind="no-match"
        title={empty.title}
        action={<ButtonLink href={empty.clearHref}>Show all refunds</ButtonLink>}
      >
        This view leaves nothing over.
      </EmptyState>
    );
  }
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
