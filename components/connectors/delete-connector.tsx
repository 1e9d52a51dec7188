"use client";

import { useRouter } from "next/navigation";
import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { deleteConnector } from "@/lib/dashboard/connectors/actions";

type DeleteConnectorProps = { merchant: string; slug: string; name: string; listHref: string };

/** Deletes a connector with its keys; what it has opened stays. */
export function DeleteConnector({ merchant, slug, name, listHref }: DeleteConnectorProps) {
  const router = useRouter();
  return (
    <Card title="Delete this connector">
      <div className="flex flex-wrap items-center gap-4">
        <p className="min-w-0 flex-1 basis-64 text-sm">
          Its settings, keys and list of calls go. Its payments, receipts and refunds stay.
        </p>
        <ConfirmDialog
          trigger={<Button>Delete connector</Button>}
          title={`Delete ${name}?`}
          effect={
            <p>
              The shop is refused from now on, and is told nothing more about its payments. Receipts stay.
              This cannot be undone.
            </p>
          }
          confirm="Delete connector"
          cancel="Keep it"
          tone="danger"
          nameToType={slug}
          action={async () => {
            const answer = await deleteConnector({ merchant, connector: slug });
            if (!answer.ok) return { error: answer.problem.detail };
            toast.success(`${name} deleted. Receipts stay.`);
            router.push(listHref);
          }}
        />
      </div>
    </Card>
  );
}
