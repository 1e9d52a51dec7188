"use client";

import { useRouter } from "next/navigation";
import { useTransition } from "react";
import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { TextLink } from "@/components/ui/text-link";
import { deleteRail, switchRail } from "@/lib/dashboard/rails/actions";
import type { RailCard } from "@/lib/dashboard/rails/view";

type SwitchRailProps = { merchant: string; slug: string; name: string; isEnabled: boolean };

/** Pauses a rail, which asks first, or offers it again. */
export function SwitchRail({ merchant, slug, name, isEnabled }: SwitchRailProps) {
  const router = useRouter();
  const [isPending, start] = useTransition();
  async function turn(enabled: "yes" | "no") {
    const answer = await switchRail({ merchant, rail: slug, enabled });
    if (!answer.ok) return { error: answer.problem.detail };
    toast.success(enabled === "yes" ? `${name} is offered again.` : `${name} is paused.`);
    router.refresh();
  }
  if (!isEnabled) {
    return (
      <Button
        isPending={isPending}
        onClick={() =>
          start(async () => {
            const refused = await turn("yes").catch(() => ({ error: "The server did not answer." }));
            if (refused) toast.error(refused.error);
          })
        }
      >
        Offer again
      </Button>
    );
  }
  return (
    <ConfirmDialog
      trigger={<Button>Pause</Button>}
      title={`Pause ${name}?`}
      effect={
        <p>
          New requests are not offered this rail from the next second on; where it is the only one, priced
          requests are answered with 503. What was paid on it is still delivered and can be refunded.
        </p>
      }
      confirm="Pause rail"
      cancel="Keep offering it"
      action={() => turn("no")}
    />
  );
}

type DeleteRailProps = { merchant: string; card: RailCard; listHref: string };

/** Deletes a rail that no service names; otherwise says which do. */
export function DeleteRail({ merchant, card, listHref }: DeleteRailProps) {
  const router = useRouter();
  const { slug, name, services } = card;
  if (services.length > 0) {
    return (
      <Card title="Delete this rail">
        <p className="text-sm">
          First take it off the services that name it:{" "}
          {services.map(({ title, href }, place) => (
            <span key={href}>
              {place > 0 && ", "}
              <TextLink href={href} className="underline">
                {title}
              </TextLink>
            </span>
          ))}
          .
        </p>
      </Card>
    );
  }
  return (
    <Card title="Delete this rail">
      <div className="flex flex-wrap items-center gap-4">
        <p className="min-w-0 flex-1 basis-64 text-sm">
          Its settings and secrets go. Receipts of what was paid on it stay.
        </p>
        <ConfirmDialog
          trigger={<Button>Delete rail</Button>}
          title={`Delete ${name}?`}
          effect={
            <p>
              Its settings and secrets go for good. Receipts stay, and what was paid on it can no longer be
              refunded from here. This cannot be undone.
            </p>
          }
          confirm="Delete rail"
          cancel="Keep it"
          tone="danger"
          nameToType={slug}
          action={async () => {
            const answer = await deleteRail({ merchant, rail: slug });
            if (!answer.ok) return { error: answer.problem.detail };
            toast.success(`${name} deleted. Receipts stay.`);
            router.push(listHref);
          }}
        />
      </div>
    </Card>
  );
}
