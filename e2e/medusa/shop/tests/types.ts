// Compiled, never run: what the packages ship is what Medusa's own types ask for.
import type { IPaymentProvider } from "@medusajs/framework/types";
import type { PaymentProcessor } from "@medusajs/medusa/dist/interfaces/payment-processor";
import type { FareboxProvider } from "../../../../packages/medusa-provider/src/provider";
import type { FareboxProcessor } from "../../../../packages/medusa-v1-processor/src/processor";

export const held = (
  provider: FareboxProvider,
  processor: FareboxProcessor,
): [IPaymentProvider, PaymentProcessor] => [provider, processor];
