"use client";

import { usePathname } from "next/navigation";
import { ButtonLink } from "@/components/ui/button";
import { SearchField } from "@/components/ui/search-field";

/** From an address of a merchant at which there is nothing: search, or the screens that always exist. */
export function WayBack() {
  const base = /^\/m\/[^/]+/.exec(usePathname())?.[0] ?? "";
  return (
    <div className="grid gap-4">
      <SearchField action={`${base}/search`} label="Search everything" placeholder="Any id, name or path" />
      <div className="flex flex-wrap gap-2">
        <ButtonLink href={`${base}/overview`} size="medium">
          Overview
        </ButtonLink>
        <ButtonLink href={`${base}/receipts`} size="medium">
          Receipts
        </ButtonLink>
      </div>
    </div>
  );
}
