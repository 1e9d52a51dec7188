"use client";

import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { CodeBlock } from "@/components/ui/code-block";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { EmptyState } from "@/components/ui/empty-state";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { createCaller, endCaller } from "@/lib/dashboard/services/callers/actions";
import type { CallersView } from "@/lib/dashboard/services/callers/view";

/** Who may call the service: everybody, or those who hold a key. */
export function CallersCard({ view }: { view: CallersView }) {
  const { keys, mayWrite } = view;
  if (keys.length === 0) {
    return (
      <Card body="flush">
        <EmptyState kind="first" title="Everybody may call it" action={mayWrite && <NewKey view={view} />}>
          With a caller key the service is private: requests need the key in Authorization, payment goes
          beside it in Payment-Authorization, and rules can give each caller prices and free quotas of its
          own.
        </EmptyState>
      </Card>
    );
  }
  return (
    <Card
      title="Caller keys"
      note="requests without one get 401"
      aside={mayWrite && <NewKey view={view} />}
      body="flush"
    >
      <ul className="border-t">
        {keys.map((name) => (
          <li key={name} className="flex min-h-12 items-center gap-4 border-b px-4 py-2 last:border-0">
            <span className="mono min-w-0 flex-1 text-ink wrap-anywhere">{name}</span>
            <span className="text-muted text-sm max-sm:hidden">stored encrypted, never shown</span>
            {mayWrite && <EndKey view={view} name={name} />}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function NewKey({ view }: { view: CallersView }) {
  const router = useRouter();
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState("");
  const [error, setError] = useState<string>();
  const [key, setKey] = useState<string | null>(null);
  const [isMaking, startMaking] = useTransition();
  const close = () => {
    setOpen(false);
    setName("");
    setError(undefined);
    setKey(null);
    if (key !== null) router.refresh();
  };
  const make = () =>
    startMaking(async () => {
      const { merchant, slug: service } = view;
      const answer = await createCaller({ merchant, service, name }).catch(() => null);
      if (answer?.ok) return setKey(answer.key);
      const first = answer?.problem.errors?.[0]?.message;
      setError(first ?? answer?.problem.detail ?? "The server did not answer. Nothing was made.");
    });
  const isFirst = view.keys.length === 0;
  return (
    <Dialog
      trigger={<Button variant={isFirst ? "primary" : "secondary"}>New caller key</Button>}
      title={key === null ? "New caller key" : `Key of ${name}`}
      description={
        key === null
          ? isFirst && "From the first key on, requests without one are refused with 401."
          : "Copy it now: it is shown this once."
      }
      size="small"
      isOpen={isOpen}
      onOpenChange={(next) => (next ? setOpen(true) : close())}
    >
      {key === null ? (
        <div className="grid gap-4">
          <Field
            id="caller-name"
            label="Name"
            isRequired
            error={error}
            help="Lower-case letters, digits and hyphens. Rules and records name the caller by it."
          >
            {(wire) => (
              <Input
                {...wire}
                kind="mono"
                autoComplete="off"
                autoCapitalize="none"
                spellCheck={false}
                placeholder="acme-app"
                value={name}
                onChange={({ target }) => setName(target.value)}
                onKeyDown={(event) => event.key === "Enter" && make()}
              />
            )}
          </Field>
          <DialogActions>
            <Button size="medium" onClick={close}>
              Cancel
            </Button>
            <Button size="medium" variant="primary" isPending={isMaking} onClick={make}>
              Make key
            </Button>
          </DialogActions>
        </div>
      ) : (
        <div className="grid gap-4">
          <CodeBlock code={key} what="key" />
          <p className="text-sm">
            Sent as <code>Authorization: Bearer …</code>
          </p>
          <DialogActions>
            <Button size="medium" variant="primary" onClick={close}>
              I have copied it
            </Button>
          </DialogActions>
        </div>
      )}
    </Dialog>
  );
}

function EndKey({ view, name }: { view: CallersView; name: string }) {
  const router = useRouter();
  const isLast = view.keys.length === 1;
  return (
    <ConfirmDialog
      trigger={<Button aria-label={`End the key of ${name}`}>End</Button>}
      title={`End the key of ${name}?`}
      effect={
        <p>
          Requests with it get 401 at once, also with a payment that can still be redeemed.
          {isLast &&
            " It is the last key: from then on everybody may call the service, and discovery tells of it."}
        </p>
      }
      confirm="End key"
      cancel="Keep it"
      tone="danger"
      action={async () => {
        const { merchant, slug: service } = view;
        const answer = await endCaller({ merchant, service, name });
        if (!answer.ok) return { error: answer.problem.errors?.[0]?.message ?? answer.problem.detail };
        toast.success(`The key of ${name} has ended.`);
        router.refresh();
        return undefined;
      }}
    />
  );
}
