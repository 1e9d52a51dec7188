"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { type UseFormReturn, useForm } from "react-hook-form";
import { Button, ButtonLink } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { FormErrors } from "@/components/ui/form-errors";
import { Input, Select } from "@/components/ui/input";
import { createMerchant } from "@/lib/dashboard/entry/actions";
import { suggestSlug } from "@/lib/dashboard/entry/view";

type Typed = { name: string; slug: string; currency: string; timeZone: string };
const fields = ["name", "slug", "currency", "timeZone"] as const;
type Fault = { id?: string | undefined; message: string };

type MerchantFormProps = {
  origin: string;
  currencies: readonly { code: string; name: string }[];
  timeZones: readonly string[];
  demo: { name: string; href: string } | null;
};

const lost = "The server could not be asked. Nothing was made; try again.";

export function MerchantForm({ origin, currencies, timeZones, demo }: MerchantFormProps) {
  const router = useRouter();
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  const [isLeaving, setIsLeaving] = useState(false);
  const form = useForm<Typed>({ defaultValues: { name: "", slug: "", currency: "USD", timeZone: "UTC" } });
  const { register, handleSubmit, setError, setValue, watch, formState } = form;
  const { errors, dirtyFields, isSubmitting } = formState;
  const slug = watch("slug");
  // Registered in the order of the page, so that the first field that is wrong gets the focus.
  const nameInput = register("name", {
    required: "Write the merchant's name.",
    onChange: ({ target }) => {
      if (!dirtyFields.slug) setValue("slug", suggestSlug(target.value));
    },
  });
  const slugInput = register("slug", { required: "Write a short name for addresses." });

  useEffect(() => {
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (timeZones.includes(own)) setValue("timeZone", own);
  }, [timeZones, setValue]);

  const send = async (typed: Typed) => {
    const answer = await createMerchant(typed).catch(() => null);
    if (answer?.ok) {
      setIsLeaving(true);
      router.push(`/m/${typed.slug}/overview?mode=test`);
      return;
    }
    const { detail, errors: found = [] } = answer?.problem ?? { detail: lost };
    const named = found.map(({ path, message }) => ({ id: path.replace(/^merchant\./, ""), message }));
    for (const { id, message } of named) {
      const field = fields.find((name) => name === id);
      if (field) setError(field, { message });
    }
    setFaults(named.length > 0 ? named : [{ message: detail }]);
  };

  return (
    <form method="post" noValidate onSubmit={handleSubmit(send)} className="grid gap-4">
      <FormErrors title="No merchant was made" errors={faults} />
      <Field id="name" label="Name" help="What payers read on their receipts." error={errors.name?.message}>
        {(wire) => <Input {...wire} {...nameInput} autoComplete="organization" />}
      </Field>
      <Field
        id="slug"
        label="Short name"
        help={
          <>
            Part of every address that is sold:{" "}
            <span className="mono">{`${origin}/pay/${slug || "…"}/`}</span>
          </>
        }
        error={errors.slug?.message}
      >
        {(wire) => <Input {...wire} {...slugInput} kind="mono" autoCapitalize="none" spellCheck={false} />}
      </Field>
      <MoneyAndDays form={form} currencies={currencies} timeZones={timeZones} />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary" size="medium" isPending={isSubmitting || isLeaving}>
          Make the merchant
        </Button>
        {demo && (
          <ButtonLink href={demo.href} size="medium">
            Look at {demo.name} first
          </ButtonLink>
        )}
      </div>
    </form>
  );
}

type MoneyAndDaysProps = Pick<MerchantFormProps, "currencies" | "timeZones"> & { form: UseFormReturn<Typed> };

function MoneyAndDays({ form, currencies, timeZones }: MoneyAndDaysProps) {
  const { register, formState } = form;
  const { errors } = formState;
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field
        id="currency"
        label="Currency"
        help="For list prices; rails may settle in others."
        error={errors.currency?.message}
      >
        {(wire) => (
          <Select {...wire} {...register("currency")}>
            {currencies.map(({ code, name }) => (
              <option key={code} value={code}>{`${code} · ${name}`}</option>
            ))}
          </Select>
        )}
      </Field>
      <Field id="timeZone" label="Time zone" help="Days begin and end here." error={errors.timeZone?.message}>
        {(wire) => (
          <Select {...wire} {...register("timeZone")}>
            {timeZones.map((zone) => (
              <option key={zone} value={zone}>
                {zone.replaceAll("_", " ")}
              </option>
            ))}
          </Select>
        )}
      </Field>
    </div>
  );
}
