"use client";

import { useRouter } from "next/navigation";
import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { deleteEndpoint } from "@/lib/dashboard/endpoints/actions";
import { deleteService, pauseService } from "@/lib/dashboard/services/actions";

type PauseServiceProps = { merchant: string; slug: string; title: string; isPaused: boolean };

export function PauseService({ merchant, slug, title, isPaused }: PauseServiceProps) {
  const router = useRouter();
  const verb = isPaused ? "Resume" : "Pause";
  return (
    <Card title={`${verb} this service`}>
      <div className="flex flex-wrap items-center gap-4">
        <p className="min-w-0 flex-1 basis-64 text-sm">
          {isPaused
            ? "It answers 503 now. Resumed, it is sold again at once, as it is set up."
            : "It answers 503 and asks nobody for money until it is resumed. What was paid stays redeemable."}
        </p>
        <ConfirmDialog
          trigger={<Button>{verb} service</Button>}
          title={`${verb} ${title}?`}
          effect={
            <p>
              {isPaused
                ? "Its endpoints are sold again at once."
                : "All its endpoints answer 503 at once, free ones too, and discovery does not tell of it."}
            </p>
          }
          confirm={`${verb} service`}
          cancel={isPaused ? "Leave it paused" : "Keep selling"}
          action={async () => {
            const answer = await pauseService({ merchant, service: slug, paused: !isPaused });
            if (!answer.ok) return { error: answer.problem.detail };
            toast.success(isPaused ? `${title} is sold again.` : `${title} is paused.`);
            router.refresh();
            return undefined;
          }}
        />
      </div>
    </Card>
  );
}

type DeleteServiceProps = { merchant: string; slug: string; title: string; listHref: string };

export function DeleteService({ merchant, slug, title, listHref }: DeleteServiceProps) {
  const router = useRouter();
  return (
    <Card title="Delete this service">
      <div className="flex flex-wrap items-center gap-4">
        <p className="min-w-0 flex-1 basis-64 text-sm">
          Its addresses answer 404 from then on. Receipts, refunds and the ledger stay.
        </p>
        <ConfirmDialog
          trigger={<Button>Delete service</Button>}
          title={`Delete ${title}?`}
          effect={
            <p>
              All its endpoints and its upstream settings go, secrets too, and payers get 404 at once. A
              payment that was taken and not served can no longer be redeemed. Receipts stay. This cannot be
              undone.
            </p>
          }
          confirm="Delete service"
          cancel="Keep it"
          tone="danger"
          nameToType={slug}
          action={async () => {
            const answer = await deleteService({ merchant, service: slug });
            if (!answer.ok) return { error: answer.problem.detail };
            toast.success(`${title} deleted. Its receipts stay.`);
            router.push(listHref);
          }}
        />
      </div>
    </Card>
  );
}

type DeleteEndpointProps = {
  merchant: string;
  service: string;
  method: string;
  path: string;
  listHref: string;
};

export function DeleteEndpoint({ merchant, service, method, path, listHref }: DeleteEndpointProps) {
  const router = useRouter();
  const label = `${method} ${path}`;
  return (
    <Card title="Delete this endpoint">
      <div className="flex flex-wrap items-center gap-4">
        <p className="min-w-0 flex-1 basis-64 text-sm">
          Requests for it are answered with 404 from then on. Receipts stay.
        </p>
        <ConfirmDialog
          trigger={<Button>Delete endpoint</Button>}
          title={`Delete ${label}?`}
          effect={
            <p>
              Requests for it get 404 at once, also with a challenge that was already given. A payment that
              was taken and not served can no longer be redeemed. Receipts stay.
            </p>
          }
          confirm="Delete endpoint"
          cancel="Keep it"
          tone="danger"
          action={async () => {
            const answer = await deleteEndpoint({ merchant, service, method, path });
            if (!answer.ok) return { error: answer.problem.detail };
            toast.success(`${label} deleted. Its receipts stay.`);
            router.push(listHref);
          }}
        />
      </div>
    </Card>
  );
}
