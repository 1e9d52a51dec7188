"use client";

import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { toast } from "sonner";
import { Banner } from "@/components/ui/banner";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { CodeBlock } from "@/components/ui/code-block";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/input";
import { Status } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import { makeShopKey, stopShopKey } from "@/lib/dashboard/connectors/actions";
import type { KeyRow } from "@/lib/dashboard/connectors/view";

type KeysCardProps = { merchant: string; connector: string; isPair: boolean; keys: readonly KeyRow[] };
type Fresh = Readonly<{ key: string | null; appKey: string | null; appToken: string | null }>;

/** What lets the shop in: shown once, rotated with an overlap, ended at once. */
export function KeysCard({ merchant, connector, isPair, keys }: KeysCardProps) {
  const router = useRouter();
  const [fresh, setFresh] = useState<Fresh | null>(null);
  const [isPending, start] = useTransition();
  const living = keys.filter(({ isLiving }) => isLiving);
  async function make(overlap: string) {
    const answer = await makeShopKey({ merchant, connector, overlap }).catch(() => null);
    if (!answer) return { error: "The server did not answer. Look at the list before you try again." };
    if (!answer.ok) return { error: answer.problem.detail };
    setFresh(answer);
    router.refresh();
  }
  const first = () =>
    start(async () => {
      const refused = await make("");
      if (refused) toast.error(refused.error);
    });
  return (
    <Card
      title="Keys"
      note={isPair ? "pairs of AppKey and AppToken" : undefined}
      aside={
        living.length === 0 ? (
          <Button variant="primary" isPending={isPending} onClick={first}>
            Create key
          </Button>
        ) : (
          <Rotate make={make} />
        )
      }
      body="flush"
    >
      {fresh && <FreshKey fresh={fresh} />}
      {keys.length === 0 && !fresh && (
        <p className="px-4 pb-4 text-muted text-sm">
          No key yet. Create one and give it to the shop; it is shown once and kept as a hash.
        </p>
      )}
      {keys.length > 0 && (
        <ul className="divide-y border-t">
          {keys.map((key) => (
            <OneKey key={key.id} row={key} merchant={merchant} connector={connector} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function FreshKey({ fresh: { key, appKey, appToken } }: { fresh: Fresh }) {
  return (
    <div className="grid gap-3 px-4 pb-4" role="status">
      <Banner tone="attention" title="Copy it now.">
        It is shown this once. Whoever has it can take and return money on this connector's rails.
      </Banner>
      {key && <CodeBlock what="key" code={key} />}
      {appKey && <CodeBlock what="AppKey" code={appKey} />}
      {appToken && <CodeBlock what="AppToken" code={appToken} />}
    </div>
  );
}

/** A new key, and the end of the old ones after as long as the shop needs to change over. */
function Rotate({ make }: { make: (overlap: string) => Promise<{ error: string } | undefined> }) {
  return (
    <ConfirmDialog
      trigger={<Button>New key</Button>}
      title="Create a new key?"
      effect={
        <p>The new key works at once and is shown once. Say how long the present ones go on working.</p>
      }
      confirm="Create key"
      cancel="Keep as it is"
      action={async (form) => await make(String(form.get("overlap") ?? ""))}
    >
      <Field id="overlap" label="The present keys">
        {(wire) => (
          <Select {...wire} name="overlap" defaultValue="86400">
            <option value="86400">end in 24 hours</option>
            <option value="3600">end in an hour</option>
            <option value="604800">end in 7 days</option>
            <option value="0">end at once</option>
            <option value="">go on working</option>
          </Select>
        )}
      </Field>
    </ConfirmDialog>
  );
}

type OneKeyProps = { row: KeyRow; merchant: string; connector: string };

function OneKey({ row, merchant, connector }: OneKeyProps) {
  const router = useRouter();
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2 text-sm">
      <div className="grid min-w-0 flex-1 basis-48 gap-1">
        <span className="mono text-ink wrap-anywhere">{row.prefix}…</span>
        <span className="flex flex-wrap gap-x-3 text-muted text-xs">
          <span>
            made <Time {...row.created} />
          </span>
          <span>
            {row.lastUsed ? (
              <>
                used <Time {...row.lastUsed} />
              </>
            ) : (
              "never used"
            )}
          </span>
          {row.ends && (
            <span>
              {row.isLiving ? "ends" : "ended"} <Time {...row.ends} />
            </span>
          )}
        </span>
      </div>
      <Status
        tone={row.isLiving ? (row.ends ? "waiting" : "good") : "neutral"}
        shape={row.isLiving ? (row.ends ? "clock" : "check") : "minus"}
        label={row.isLiving ? (row.ends ? "Ending" : "Working") : "Ended"}
      />
      {row.isLiving && (
        <ConfirmDialog
          trigger={<Button>End</Button>}
          title={`End the key ${row.prefix}…?`}
          effect={<p>Whoever uses it is refused from now on. This cannot be undone.</p>}
          confirm="End key"
          cancel="Keep it"
          tone="danger"
          action={async () => {
            const answer = await stopShopKey({ merchant, connector, id: row.id });
            if (!answer.ok) return { error: answer.problem.detail };
            toast.success("The key has ended.");
            router.refresh();
          }}
        />
      )}
    </li>
  );
}
