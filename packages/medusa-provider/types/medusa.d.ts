// What this package uses of @medusajs/framework 2.21.2, so that it builds without a Medusa beside it. The tests in
// e2e/medusa compile the same sources against the real types instead.
declare module "@medusajs/framework/utils" {
  export abstract class AbstractPaymentProvider<TConfig = Record<string, unknown>> {
    static identifier: string;
    // biome-ignore lint/suspicious/noExplicitAny: the real signature, which a narrower one could not override
    static validateOptions(options: Record<any, any>): void;
    protected readonly config: TConfig;
    protected readonly container: Record<string, unknown>;
    protected constructor(cradle: Record<string, unknown>, config?: TConfig);
    getIdentifier(): string;
  }
  export class MedusaError extends Error {
    static Types: Record<
      | "INVALID_DATA"
      | "INVALID_ARGUMENT"
      | "NOT_FOUND"
      | "NOT_ALLOWED"
      | "UNEXPECTED_STATE"
      | "CONFLICT"
      | "PAYMENT_AUTHORIZATION_ERROR",
      string
    >;
    type: string;
    code?: string;
    constructor(type: string, message: string, code?: string);
  }
  export class BigNumber {
    constructor(value: string);
    readonly raw?: { value: string | number };
    readonly numeric: number;
  }
  export const Modules: { readonly PAYMENT: "payment" };
  export function ModuleProvider(
    name: string,
    provider: { services: readonly unknown[] },
  ): { module: string; services: readonly unknown[] };
}
