import { Download } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";

/** The file that answers a dispute, for whoever must. */
export function DisputeEvidence({ href }: { href: string }) {
  return (
    <Card title="Evidence">
      <div className="grid justify-items-start gap-3 text-sm">
        <p className="text-muted">
          Challenge, hashes of request, credential and what was delivered, times and refunds, as one file for
          the answer to the bank. No body is in it. Farebox does not send it: hand it in at your payment
          network.
        </p>
        <Button asChild>
          <a href={href} download>
            <Download />
            Download evidence
          </a>
        </Button>
      </div>
    </Card>
  );
}
