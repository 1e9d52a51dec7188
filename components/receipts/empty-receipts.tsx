import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import type { EmptyList } from "@/lib/dashboard/receipts/view";
import { FirstPayment } from "./first-payment";

type EmptyReceiptsProps = { empty: EmptyList; mode: "test" | "live" };

export function EmptyReceipts({ empty, mode }: EmptyReceiptsProps) {
  if (empty.kind === "no-match") {
    return (
      <EmptyState
        kind="no-match"
        title="No receipt matches"
        action={<ButtonLink href={empty.clearHref}>Clear filters</ButtonLink>}
      >
        The filters above leave nothing over.
      </EmptyState>
    );
  }
  const { payment, servicesHref } = empty;
  return (
    <EmptyState
      kind="first"
      title={mode === "test" ? "No test payment yet" : "No live payment yet"}
      action={
        !payment &&
        servicesHref && (
          <ButtonLink href={servicesHref} variant="primary">
            {mode === "test" ? "Price an endpoint" : "Look at the services"}
          </ButtonLink>
        )
      }
    >
      {payment ? (
        <FirstPayment {...payment} />
      ) : (
        "Every settled payment gets a receipt here, from the moment the money is there. First something must have a price."
      )}
    </EmptyState>
  );
}
