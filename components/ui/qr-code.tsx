import { cn } from "./cn";

type QrCodeProps = {
  /** What is in it, for whoever cannot see it: "the address". */
  of: string;
  qr: Readonly<{ size: number; path: string }>;
  className?: string;
};

/** A code to scan: black on white in every theme, as cameras want it. */
export function QrCode({ of, qr, className }: QrCodeProps) {
  return (
    <svg
      viewBox={`0 0 ${qr.size} ${qr.size}`}
      role="img"
      aria-label={`QR code of ${of}`}
      shapeRendering="crispEdges"
      className={cn("w-full rounded-card border", className)}
    >
      <rect width={qr.size} height={qr.size} fill="#ffffff" />
      <path d={qr.path} fill="#000000" />
    </svg>
  );
}
