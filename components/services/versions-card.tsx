"use client";

import { useRouter } from "next/navigation";
import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Status } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import { rollBackPrice } from "@/lib/dashboard/endpoints/actions";
import type { EndpointFormView } from "@/lib/dashboard/endpoints/view";
import type { Refusal } from "@/lib/dashboard/forms/view";

type VersionRow = EndpointFormView["versions"][number];

/** Every price the endpoint has had: who saved it, when, what it changed, and the way back to it. */
export function VersionsCard({ view }: { view: EndpointFormView }) {
  const { versions, stored } = view;
  if (!stored || versions.length === 0) return null;
  return (
    <Card id="versions" title="Versions of the price" note="challenges in the field keep theirs" body="flush">
      <ol className="border-t">
        {versions.map((row) => (
          <li
            key={row.version}
            className="flex flex-wrap items-start gap-x-4 gap-y-2 border-b px-4 py-3 last:border-0"
          >
            <span className="grid min-w-0 flex-1 basis-72 gap-0.5">
              <span className="flex flex-wrap items-center gap-x-3 text-ink text-sm">
                <span className="num font-medium">Version {row.version}</span>
                <span className="num">
                  {row.price}
                  {row.rules && `, ${row.rules}`}
                </span>
                {row.isCurrent && <Status tone="good" label="On sale" />}
              </span>
              <span className="text-muted text-xs">
                <Time {...row.time} /> by {row.by}
              </span>
              {row.differences.length > 0 && (
                <ul className="mt-1 grid gap-0.5 text-sm">
                  {row.differences.map((line) => (
                    <li key={line} className="wrap-anywhere">
                      {line}
                    </li>
                  ))}
                </ul>
              )}
            </span>
            {view.mayWrite && !row.isCurrent && <RollBack view={view} row={row} name={stored} />}
          </li>
        ))}
      </ol>
    </Card>
  );
}

/** Why a version cannot be sold again, and what to do about it. */
function refusalOf({ detail, errors }: Refusal): string {
  const [first] = errors ?? [];
  if (!first) return detail;
  return first.path.startsWith("cases")
    ? `A kept case does not hold at that version. ${first.message} Change or remove the case first.`
    : first.message;
}

type RollBackProps = {
  view: EndpointFormView;
  row: VersionRow;
  name: NonNullable<EndpointFormView["stored"]>;
};

function RollBack({ view, row, name }: RollBackProps) {
  const router = useRouter();
  const { merchant, service } = view;
  const { method, path } = name;
  return (
    <ConfirmDialog
      trigger={<Button>Roll back</Button>}
      title={`Sell at version ${row.version} again?`}
      effect={
        <p>
          {row.price}
          {row.rules && ` with ${row.rules}`} is put back as a new version, at once. Challenges already given
          keep their price.
        </p>
      }
      confirm={`Roll back to version ${row.version}`}
      cancel="Keep the present price"
      action={async () => {
        const endpoint = { method, path };
        const answer = await rollBackPrice({ merchant, service, endpoint, version: row.version });
        if (!answer.ok) return { error: refusalOf(answer.problem) };
        toast.success(`Version ${row.version} is on sale again.`);
        router.refresh();
        return undefined;
      }}
    />
  );
}
