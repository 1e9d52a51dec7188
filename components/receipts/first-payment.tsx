import { CodeBlock } from "@/components/ui/code-block";
import type { FirstPayment as FirstPaymentView } from "@/lib/dashboard/receipts/view";

/** The command that makes a first payment, with what it will cost. */
export function FirstPayment({ command, price, service }: FirstPaymentView) {
  return (
    <div className="grid min-w-0 gap-2">
      <p className="text-sm">
        Run this where Farebox is installed. It asks {service}, meets the 402, pays {price} of test money and
        shows the answer with its receipt.
      </p>
      <CodeBlock what="command" code={command} />
    </div>
  );
}
