import type { VtexDeps } from "./deps";
import type { VtexPayment } from "./store";

type Owner = Pick<VtexPayment, "id" | "merchantId">;

const about = ({ id, merchantId }: Owner): string => `vtex_payment|callback|${id}|${merchantId}`;

/** The address, byte for byte, as it is kept: its query lets whoever has it speak for us. */
export const sealCallback = ({ seal }: Pick<VtexDeps, "seal">, owner: Owner, url: string): string =>
  seal.seal(url, about(owner));

export const openCallback = (
  { seal }: Pick<VtexDeps, "seal">,
  payment: Owner & Pick<VtexPayment, "sealedCallback">,
): string => seal.open(payment.sealedCallback, about(payment));
