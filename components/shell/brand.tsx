import { ReceiptText } from "lucide-react";

/** The mark and the name, where no left bar says whose page this is. */
export function Brand() {
  return (
    <p className="flex items-center gap-2 text-ink text-lg">
      <span
        aria-hidden
        className="grid size-7 place-items-center rounded-control bg-ink text-canvas forced-colors:border"
      >
        <ReceiptText />
      </span>
      Farebox
    </p>
  );
}
