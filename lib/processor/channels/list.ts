import type { Mode } from "../deps";
import type { ChannelStatus } from "./channel";

export type ChannelFilter = Readonly<{
  merchantId: string;
  mode?: Mode;
  from?: Date;
  to?: Date;
  status?: readonly ChannelStatus[];
  service?: readonly string[];
  rail?: readonly string[];
  payer?: string;
  /** Closed with something that could not be sent back. */
  owed?: true;
  /** A channel's id, or a payer, whole. */
  q?: string;
}>;

export type ChannelEntry = Readonly<{ at: Date; type: string; detail: Record<string, unknown> }>;
export type ChannelTabs = Readonly<Record<"all" | ChannelStatus | "owed", number>>;
