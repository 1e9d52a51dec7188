"use client";

import { signIn } from "next-auth/react";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { Banner } from "@/components/ui/banner";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { readSignInFault } from "@/lib/dashboard/entry/view";
import { PasswordField } from "./password-field";
import { WaitingTime } from "./waiting-time";

type Typed = { email: string; password: string };
type Fault = ReturnType<typeof readSignInFault> | { kind: "lost" };

type SignInFormProps = {
  /** An address of our own to go on to. */
  next: string;
};

export function SignInForm({ next }: SignInFormProps) {
  const [fault, setFault] = useState<Fault>(null);
  const [isLeaving, setIsLeaving] = useState(false);
  const { register, handleSubmit, formState, setFocus, resetField } = useForm<Typed>();
  const { errors, isSubmitting } = formState;
  // Registered in the order of the page, so that the first field that is wrong gets the focus.
  const email = register("email", { required: "Write your e-mail address." });
  const password = register("password", { required: "Write your password." });

  const send = async (typed: Typed) => {
    const answer = await signIn("credentials", { ...typed, redirect: false }).catch(() => null);
    if (answer?.ok && !answer.error) {
      setIsLeaving(true);
      window.location.assign(next);
      return;
    }
    const read = answer?.error ? readSignInFault(answer.error) : null;
    setFault(read ?? { kind: "lost" });
    if (read?.kind !== "refused") return;
    resetField("password");
    setFocus("password");
  };

  return (
    // Without a script nothing is sent; "post" keeps a hurried Enter from writing the password into the address.
    <form method="post" noValidate onSubmit={handleSubmit(send)} className="grid gap-4">
      {fault && <FaultBanner fault={fault} key={JSON.stringify(fault)} />}
      <Field id="email" label="E-mail" error={errors.email?.message}>
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
      <PasswordField
        id="password"
        label="Password"
        error={errors.password?.message}
        input={{ ...password, autoComplete: "current-password" }}
      />
      <Button type="submit" variant="primary" size="medium" isPending={isSubmitting || isLeaving}>
        Sign in
      </Button>
    </form>
  );
}

function FaultBanner({ fault }: { fault: NonNullable<Fault> }) {
  if (fault.kind === "lost") {
    return (
      <Banner tone="failed" title="The server did not answer as it should" isAlert>
        Nothing has changed. Check the connection and try again.
      </Banner>
    );
  }
  return (
    <Banner tone="failed" title="That did not work" isAlert>
      {fault.kind === "refused" ? (
        "The e-mail or the password is not right."
      ) : (
        <>
          There were too many attempts. You can try again <WaitingTime seconds={fault.seconds} />.
        </>
      )}
    </Banner>
  );
}
