import { Card } from "@/components/ui/card";
import { CodeBlock } from "@/components/ui/code-block";
import { QrCode } from "@/components/ui/qr-code";
import type { LinkDetailView } from "@/lib/dashboard/links/view";

/** The address of a link, to copy and to scan. */
export function LinkAddress({ view }: { view: Pick<LinkDetailView, "address" | "qr"> }) {
  const { address, qr } = view;
  return (
    <Card title="Address">
      <div className="grid gap-4">
        <CodeBlock what="address" code={address} />
        <QrCode of="the address" qr={qr} className="max-w-56 justify-self-center" />
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
