import { SegmentedLinks } from "@/components/ui/segmented";

type MoneyViewsProps = {
  merchant: string;
  mode: "test" | "live";
  current: "receipts" | "attempts" | "links";
};

/** Receipts are settled payments; links are where some of them are made; attempts have no receipt yet, or never will. */
export function MoneyViews({ merchant, mode, current }: MoneyViewsProps) {
  const base = `/m/${merchant}/receipts`;
  return (
    <SegmentedLinks
      label="View"
      className="max-md:order-last max-md:w-full"
      options={[
        { label: "Receipts", href: `${base}?mode=${mode}`, isCurrent: current === "receipts" },
        { label: "Links", href: `${base}/links?mode=${mode}`, isCurrent: current === "links" },
        { label: "Attempts", href: `${base}/attempts?mode=${mode}`, isCurrent: current === "attempts" },
      ]}
    />
  );
}
