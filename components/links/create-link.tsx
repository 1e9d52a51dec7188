"use client";

import { Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import { Dialog, DialogActions, DialogClose } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { FormErrors } from "@/components/ui/form-errors";
import { Input, Select } from "@/components/ui/input";
import { SegmentedChoice } from "@/components/ui/segmented";
import { createLink } from "@/lib/dashboard/links/actions";
import { type LinkForm, lifetimes } from "@/lib/dashboard/links/view";

type Fault = Readonly<{ path: string; message: string }>;
type Failure = Readonly<{ title: string; faults: readonly Fault[] }>;

/** Asks what is paid for, how often and until when; ends on the page of the new link. */
export function CreateLink({ form }: { form: LinkForm }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Dialog
      trigger={
        <Button variant="primary">
          <Plus />
          New link
        </Button>
      }
      title="New payment link"
      description="Whoever has its address can pay in a browser, without an account."
      isOpen={isOpen}
      onOpenChange={setOpen}
    >
      <LinkFields form={form} />
    </Dialog>
  );
}

const unasked: Failure = { title: "The server did not answer. Try again: it makes one link.", faults: [] };

/** Which control a message is about. */
const controlOf: Readonly<Record<string, string>> = {
  amount: "link-amount",
  "amount.amount": "link-amount",
  "amount.currency": "link-currency",
  description: "link-description",
  endpoint: "link-path",
  "endpoint.path": "link-path",
  uses: "link-uses",
};

function LinkFields({ form }: { form: LinkForm }) {
  const router = useRouter();
  const [isPending, start] = useTransition();
  const [failure, setFailure] = useState<Failure | null>(null);
  const [kind, setKind] = useState<"amount" | "endpoint">("amount");
  const faults = failure?.faults ?? [];
  const send = async (fields: FormData) => {
    const answer = await createLink(fields).catch(() => null);
    if (answer?.ok) {
      toast.success("The payment link is made.");
      return router.push(answer.href);
    }
    if (!answer) return setFailure(unasked);
    const { detail, errors = [] } = answer.problem;
    setFailure({ title: errors.length > 0 ? "The link was not made." : detail, faults: errors });
  };
  return (
    <form
      className="grid gap-4"
      noValidate
      onSubmit={(event) => {
        event.preventDefault(); // what was typed stays when the server refuses
        const fields = new FormData(event.currentTarget);
        start(() => send(fields));
      }}
    >
      {failure && (
        <FormErrors
          title={failure.title}
          errors={
            faults.length > 0
              ? faults.map(({ path, message }) => ({ id: controlOf[path], message }))
              : [{ message: "Nothing was made." }]
          }
        />
      )}
      <input type="hidden" name="merchant" value={form.merchant} />
      <input type="hidden" name="mode" value={form.mode} />
      <input type="hidden" name="key" value={form.key} />
      {form.endpoints.length > 0 ? (
        <SegmentedChoice
          label="What is paid for"
          name="kind"
          value={kind}
          onChange={(event) => setKind(event.currentTarget.value === "endpoint" ? "endpoint" : "amount")}
          options={[
            { value: "amount", label: "An amount" },
            { value: "endpoint", label: "An endpoint" },
          ]}
        />
      ) : (
        <input type="hidden" name="kind" value="amount" />
      )}
      {kind === "amount" ? (
        <AmountFields form={form} faults={faults} />
      ) : (
        <EndpointFields form={form} faults={faults} />
      )}
      <LimitFields faults={faults} />
      <DialogActions>
        <DialogClose>
          <Button size="medium">Cancel</Button>
        </DialogClose>
        <Button type="submit" size="medium" variant="primary" isPending={isPending}>
          Make link
        </Button>
      </DialogActions>
    </form>
  );
}

const about = (faults: readonly Fault[], ...paths: readonly string[]) =>
  faults.find(({ path }) => paths.includes(path))?.message;

type FieldsProps = { form: LinkForm; faults: readonly Fault[] };

function AmountFields({ form, faults }: FieldsProps) {
  return (
    <>
      <Field
        id="link-description"
        label="What is paid for"
        isRequired
        help="The payer reads it."
        error={about(faults, "description")}
      >
        {(wire) => <Input {...wire} name="description" maxLength={200} autoComplete="off" />}
      </Field>
      <div className="grid grid-cols-[minmax(0,1fr)_9rem] gap-4">
        <Field id="link-amount" label="Amount" isRequired error={about(faults, "amount", "amount.amount")}>
          {(wire) => <Input {...wire} name="amount" kind="figure" inputMode="decimal" autoComplete="off" />}
        </Field>
        <Field id="link-currency" label="Currency" isRequired error={about(faults, "amount.currency")}>
          {(wire) => (
            <Input
              {...wire}
              name="currency"
              defaultValue={form.currency}
              maxLength={4}
              autoCapitalize="characters"
              autoComplete="off"
            />
          )}
        </Field>
      </div>
    </>
  );
}

function EndpointFields({ form, faults }: FieldsProps) {
  const [place, setPlace] = useState(0);
  const endpoint = form.endpoints[place];
  return (
    <>
      <Field
        id="link-endpoint"
        label="Endpoint"
        help="The price is the one that the endpoint asks when it is paid."
      >
        {(wire) => (
          <Select {...wire} value={place} onChange={(event) => setPlace(Number(event.target.value))}>
            {form.endpoints.map(({ service, title, path }, at) => (
              <option key={`${service} ${path}`} value={at}>
                {`${title} — ${service}${path}`}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <input type="hidden" name="service" value={endpoint?.service ?? ""} />
      <Field
        id="link-path"
        label="Path"
        isRequired
        help="With what stands for the names in braces, and a query if there is one."
        error={about(faults, "endpoint", "endpoint.path")}
      >
        {(wire) => (
          <Input
            {...wire}
            key={place}
            name="path"
            kind="mono"
            defaultValue={endpoint?.path}
            autoComplete="off"
          />
        )}
      </Field>
      <Field
        id="link-description"
        label="Title"
        isOptional
        help="Stands in place of the endpoint's own."
        error={about(faults, "description")}
      >
        {(wire) => <Input {...wire} name="description" maxLength={200} autoComplete="off" />}
      </Field>
    </>
  );
}

function LimitFields({ faults }: { faults: readonly Fault[] }) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field
        id="link-uses"
        label="How often it can be paid"
        help="Empty: as often as people like."
        error={about(faults, "uses")}
      >
        {(wire) => (
          <Input
            {...wire}
            name="uses"
            kind="figure"
            inputMode="numeric"
            defaultValue="1"
            autoComplete="off"
          />
        )}
      </Field>
      <Field id="link-days" label="It stands for">
        {(wire) => (
          <Select {...wire} name="days" defaultValue="30">
            {lifetimes.map(({ days, label }) => (
              <option key={label} value={days}>
                {label}
              </option>
            ))}
          </Select>
        )}
      </Field>
    </div>
  );
}
