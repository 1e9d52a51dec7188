"use client";

import { useRouter } from "next/navigation";
import { useRef, useState, useTransition } from "react";
import { toast } from "sonner";
import { Banner } from "@/components/ui/banner";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { changeLogo, removeLogo } from "@/lib/dashboard/settings/actions";

type LogoCardProps = { merchant: string; logo: string | null; mayWrite: boolean };
type Answer = Awaited<ReturnType<typeof changeLogo>> | null;

const unasked = "The server did not answer. Nothing was changed.";

/** The picture on the pages for payers: it is stored as soon as it is chosen. */
export function LogoCard({ merchant, logo, mayWrite }: LogoCardProps) {
  const router = useRouter();
  const field = useRef<HTMLInputElement>(null);
  const [isPending, start] = useTransition();
  const [fault, setFault] = useState<string | null>(null);
  const told = (answer: Answer, done: string) => {
    if (field.current) field.current.value = "";
    if (!answer?.ok) return setFault(reasonOf(answer));
    setFault(null);
    toast.success(done);
    router.refresh();
  };
  const change = async (file: File) => {
    const form = new FormData();
    form.set("merchant", merchant);
    form.set("logo", file);
    told(await changeLogo(form).catch(() => null), "The picture is on the pages for payers.");
  };
  const remove = async () =>
    told(await removeLogo({ merchant }).catch(() => null), "The picture is gone from the pages for payers.");
  return (
    <Card title="Logo" note="on the checkout, the page of a price and receipts">
      <div className="grid justify-items-start gap-4 text-sm">
        {fault && <Banner tone="failed" title={fault} isAlert />}
        {logo ? (
          // biome-ignore lint/performance/noImgElement: it is served as it was checked
          <img src={logo} alt="Logo as payers see it" className="max-h-10 max-w-40 rounded-[4px]" />
        ) : (
          <p className="text-muted">None: the first letter of the name stands there.</p>
        )}
        {mayWrite && (
          <div className="flex flex-wrap gap-2">
            <input
              ref={field}
              id="logo"
              type="file"
              aria-label="Picture"
              accept="image/png,image/jpeg,image/webp"
              className="sr-only"
              tabIndex={-1}
              onChange={({ target }) => {
                const file = target.files?.[0];
                if (file) start(() => change(file));
              }}
            />
            <Button isPending={isPending} onClick={() => field.current?.click()}>
              {logo ? "Replace logo" : "Choose logo"}
            </Button>
            {logo && !isPending && <Button onClick={() => start(remove)}>Remove logo</Button>}
          </div>
        )}
        <p className="text-muted text-xs">
          PNG, JPEG or WebP, at most 256 KiB and 2,000 by 2,000 points. It is shown 40 points high at most;
          WebP does not stand on PDF receipts.
        </p>
      </div>
    </Card>
  );
}

const reasonOf = (answer: Answer): string => {
  if (!answer || answer.ok) return unasked;
  const { detail, errors = [] } = answer.problem;
  return errors.map(({ message }) => message).join(" ") || detail;
};
