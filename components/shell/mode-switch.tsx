"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { SegmentedLinks } from "@/components/ui/segmented";
import { type Mode, withMode } from "./nav";

type ModeSwitchProps = {
  mode: Mode;
  /** Where the other mode begins, when this very page exists in one mode only (a receipt, a charge). */
  base?: string | undefined;
};

/** Test or live, as addresses: the same view with the other mode. */
export function ModeSwitch({ mode, base }: ModeSwitchProps) {
  const pathname = usePathname();
  const query = useSearchParams().toString();
  const address = (to: Mode) =>
    base && to !== mode ? withMode(base, "", to) : withMode(pathname, query, to);
  return (
    <SegmentedLinks
      label="Mode"
      options={[
        { label: "Test", href: address("test"), isCurrent: mode === "test" },
        { label: "Live", href: address("live"), isCurrent: mode === "live" },
      ]}
    />
  );
}
