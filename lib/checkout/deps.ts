import type { Endpoint, Merchant, Service } from "@/lib/catalog";
import type { Database } from "@/lib/db";
import type { Clock, Log, Seal } from "@/lib/kit";
import type { Money, Price } from "@/lib/money";
import type { MerchantRates } from "@/lib/pricing";
import type { ConnectedRail, Processor } from "@/lib/processor";
import type { Challenge, HeaderLines } from "@/lib/protocol";

/** What a `402` asks for, as the gateway hands it over. */
export type Demand = Readonly<{
  offering: Readonly<{
    merchant: Readonly<{ merchant: Merchant }>;
    service: Service;
    endpoint: Endpoint;
    path: string;
    query: string | null;
  }>;
  origin: string;
  price: Price;
  offers: readonly Readonly<{ rail: ConnectedRail; challenge: Challenge; money: Money }>[];
}>;

type Arrival = Readonly<{
  target: string;
  rawHeaders: HeaderLines;
  peer: string;
  secure: boolean;
  onDemand?(demand: Demand): void;
}>;

export type CheckoutDeps = Readonly<{
  /** `PUBLIC_ORIGIN`. */
  origin: string;
  database: Pick<Database, "client" | "transaction">;
  clock: Clock;
  seal: Pick<Seal, "seal" | "open">;
  log: Log;
  /** The gateway itself, asked as a browser or a program asks it. */
  gateway(request: Request, arrival: Arrival): Promise<Response>;
  rail(merchantId: string, slug: string): Promise<ConnectedRail | null>;
  merchant(merchantId: string): Promise<Merchant | null>;
  /** The merchant's picture, as it was checked. */
  logo(merchantId: string): Promise<Readonly<{ type: string; bytes: Uint8Array }> | null>;
  /** A merchant's rails of one mode that are switched on, in the merchant's order, and the rates as they stand. */
  till(
    merchantId: string,
    mode: "test" | "live",
  ): Promise<Readonly<{ rails: readonly ConnectedRail[]; rates: MerchantRates }>>;
  /** Payments that no endpoint stands behind. */
  payments: Pick<Processor["payments"], "open" | "authorize" | "void" | "sendBackStray">;
  records: Readonly<{
    search: Processor["search"];
    receipts: Pick<Processor["receipts"], "get">;
    charges: Pick<Processor["charges"], "get">;
  }>;
}>;
