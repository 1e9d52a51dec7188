import { Card } from "@/components/ui/card";
import { CodeBlock } from "@/components/ui/code-block";
import type { LinkDetailView } from "@/lib/dashboard/links/view";

/** The address of a link, to copy and to scan. */
export function LinkAddress({ view }: { view: Pick<LinkDetailView, "address" | "qr"> }) {
  const { address, qr } = view;
  return (
    <Card title="Address">
      <div className="grid gap-4">
        <CodeBlock what="address" code={address} />
        <svg
          viewBox={`0 0 ${qr.size} ${qr.size}`}
          role="img"
          aria-label="QR code of the address"
          shapeRendering="crispEdges"
          className="w-full max-w-56 justify-self-center rounded-card border"
        >
          <rect width={qr.size} height={qr.size} fill="#ffffff" />
          <path d={qr.path} fill="#000000" />
        </svg>
        <p className="text-muted text-sm">
          Send it, or show the code.{" "}
          <a href={address} className="text-accent underline underline-offset-2">
            Open the page as a payer sees it
          </a>
        </p>
      </div>
    </Card>
  );
}
