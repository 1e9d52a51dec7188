"use client";

import type { ComponentProps } from "react";
import { useFormStatus } from "react-dom";
import { Button } from "./button";

/** The button that sends the form around it; shows progress by itself. */
export function SubmitButton({ isPending, variant = "primary", ...rest }: ComponentProps<typeof Button>) {
  const { pending } = useFormStatus();
  return <Button type="submit" variant={variant} isPending={pending || (isPending ?? false)} {...rest} />;
}
