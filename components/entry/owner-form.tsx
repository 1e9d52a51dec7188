"use client";

import { signIn } from "next-auth/react";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { FormErrors } from "@/components/ui/form-errors";
import { Input } from "@/components/ui/input";
import { createOwner } from "@/lib/dashboard/entry/actions";
import { passwordLengthMin } from "@/lib/dashboard/entry/view";
import { PasswordField } from "./password-field";

type Typed = { email: string; name: string; password: string };
const fields = ["email", "name", "password"] as const;
type Fault = { id?: string | undefined; message: string };

const lost = "The server could not be asked. Nothing was made; try again.";

/** Makes the first owner, signs them in and leads to the next step. */
export function OwnerForm({ token }: { token: string }) {
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  const [isLeaving, setIsLeaving] = useState(false);
  const { register, handleSubmit, setError, formState } = useForm<Typed>();
  const { errors, isSubmitting } = formState;
  // Registered in the order of the page, so that the first field that is wrong gets the focus.
  const email = register("email", { required: "Write your e-mail address." });
  const name = register("name");
  const password = register("password", {
    required: "Choose a password.",
    minLength: { value: passwordLengthMin, message: `Use at least ${passwordLengthMin} characters.` },
  });

  const send = async (typed: Typed) => {
    const answer = await createOwner(token, typed).catch(() => null);
    if (!answer?.ok) {
      const { detail, errors: found = [] } = answer?.problem ?? { detail: lost };
      for (const { path, message } of found) {
        const field = fields.find((name) => name === path);
        if (field) setError(field, { message });
      }
      setFaults(
        found.length > 0 ? found.map(({ path, message }) => ({ id: path, message })) : [{ message: detail }],
      );
      return;
    }
    setIsLeaving(true);
    await signIn("credentials", { ...typed, redirect: false }).catch(() => null);
    window.location.assign("/setup/merchant");
  };

  return (
    <form method="post" noValidate onSubmit={handleSubmit(send)} className="grid gap-4">
      <FormErrors title="No owner was made" errors={faults} />
      <Field
        id="email"
        label="E-mail"
        error={errors.email?.message}
        help="You sign in with it. Nothing is sent to it."
      >
        {(wire) => (
          <Input
            {...wire}
            {...email}
            type="email"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
          />
        )}
      </Field>
      <Field id="name" label="Name" isOptional error={errors.name?.message}>
        {(wire) => <Input {...wire} {...name} autoComplete="name" maxLength={200} />}
      </Field>
      <PasswordField
        id="password"
        label="Password"
        help={`At least ${passwordLengthMin} characters. A few words in a row are easy to keep; pasting works.`}
        error={errors.password?.message}
        canShow
        input={{ ...password, autoComplete: "new-password" }}
      />
      <Button type="submit" variant="primary" size="medium" isPending={isSubmitting || isLeaving}>
        Make the owner and sign in
      </Button>
    </form>
  );
}
