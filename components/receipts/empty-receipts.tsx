import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { NoMatch } from "@/components/ui/no-match";
import type { EmptyList } from "@/lib/dashboard/receipts/view";
import { FirstPayment } from "./first-payment";

type EmptyReceiptsProps = { empty: EmptyList; mode: "test" | "live" };

export function EmptyReceipts({ empty, mode }: EmptyReceiptsProps) {
  if (empty.kind === "no-match")
    return <NoMatch title="No receipt matches" clearHref={empty.clearHref} all="Show all receipts" />;
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
