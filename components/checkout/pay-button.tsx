"use client";

import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";

/** Sends the form around it and says that it is under way. The server takes a second press for the same one. */
export function PayButton({ label }: { label: string }) {
  const place = useRef<HTMLSpanElement>(null);
  const [isPending, setPending] = useState(false);
  useEffect(() => {
    const form = place.current?.closest("form");
    const begin = () => setPending(true);
    const anew = () => setPending(false); // shown again from the browser's memory, after Back
    form?.addEventListener("submit", begin);
    window.addEventListener("pageshow", anew);
    return () => {
      form?.removeEventListener("submit", begin);
      window.removeEventListener("pageshow", anew);
    };
  }, []);
  return (
    <span ref={place} className="grid">
      <Button type="submit" variant="primary" size="touch" isPending={isPending} pendingLabel="Paying …">
        {label}
      </Button>
    </span>
  );
}
