"use client";

import { signIn } from "next-auth/react";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { PasswordField } from "@/components/entry/password-field";
import { Button } from "@/components/ui/button";
import { FormErrors } from "@/components/ui/form-errors";
import { changePassword } from "@/lib/dashboard/account/actions";
import { passwordLengthMin } from "@/lib/dashboard/entry/view";

type Typed = { current: string; next: string };
type Fault = { id?: string | undefined; message: string };
const fields = ["current", "next"] as const;

type PasswordFormProps = { merchant: string; email: string };

export function PasswordForm({ merchant, email }: PasswordFormProps) {
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  const { register, handleSubmit, setError, reset, formState } = useForm<Typed>();
  const { errors, isSubmitting } = formState;

  const send = async (typed: Typed) => {
    setFaults([]);
    const answer = await changePassword({ merchant, ...typed }).catch(() => null);
    if (!answer?.ok) {
      const { errors: found = [], detail = "The server could not be asked. Nothing was changed." } =
        answer?.problem ?? {};
      const named = found.map(({ path, message }) => ({ id: fields.find((name) => name === path), message }));
      for (const { id, message } of named) if (id) setError(id, { message });
      setFaults(named.length > 0 ? named : [{ message: detail }]);
      return;
    }
    // The change has ended every session, this one too: a new one begins with the new password.
    const again = await signIn("credentials", { email, password: typed.next, redirect: false }).catch(
      () => null,
    );
    if (!again?.ok) window.location.assign("/sign-in");
    reset({ current: "", next: "" });
    toast.success("The password was changed, and all other sessions have ended.");
  };

  return (
    <form method="post" noValidate onSubmit={handleSubmit(send)} className="grid max-w-100 gap-4">
      <FormErrors title="The password was not changed" errors={faults} />
      <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
      <PasswordField
        id="current"
        label="Present password"
        error={errors.current?.message}
        input={{
          ...register("current", { required: "Write your present password." }),
          autoComplete: "current-password",
        }}
      />
      <PasswordField
        id="next"
        label="New password"
        help={`At least ${passwordLengthMin} characters; pasting works. All sessions end, except this one.`}
        error={errors.next?.message}
        canShow
        input={{
          ...register("next", {
            required: "Choose a new password.",
            minLength: { value: passwordLengthMin, message: `Use at least ${passwordLengthMin} characters.` },
          }),
          autoComplete: "new-password",
        }}
      />
      <div>
        <Button type="submit" variant="primary" size="medium" isPending={isSubmitting}>
          Change the password
        </Button>
      </div>
    </form>
  );
}
