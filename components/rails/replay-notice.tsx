"use client";

import { useRouter } from "next/navigation";
import { useTransition } from "react";
import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import { replayNotice } from "@/lib/dashboard/rails/actions";

type ReplayNoticeProps = { merchant: string; id: string; type: string };

/** Works on a callback once more; it moves nothing that the network does not say by itself. */
export function ReplayNotice({ merchant, id, type }: ReplayNoticeProps) {
  const router = useRouter();
  const [isPending, start] = useTransition();
  const replay = async () => {
    const answer = await replayNotice({ merchant, id }).catch(() => null);
    if (answer?.ok) toast.success("The network is asked once more.");
    else toast.error(answer?.problem.detail ?? "The server did not answer. Nothing was changed.");
    router.refresh();
  };
  return (
    <Button isPending={isPending} onClick={() => start(replay)}>
      Replay <span className="sr-only">{type}</span>
    </Button>
  );
}
