import type { Runtime } from "@/lib/runtime";

type Processor = Runtime["processor"];
type Row<F extends (...given: never[]) => Promise<{ data: readonly unknown[] }>> = Awaited<
  ReturnType<F>
>["data"][number];

// The rows of the processor, by the door's own name for them.
export type Receipt = Row<Processor["receipts"]["list"]>;
export type ReceiptDetail = Awaited<ReturnType<Processor["receipts"]["get"]>>;
export type ReceiptFilter = Parameters<Processor["receipts"]["list"]>[0];
export type Refund = Awaited<ReturnType<Processor["getRefund"]>>;
export type Charge = Row<Processor["charges"]["list"]>;
export type Channel = Row<Processor["channels"]["list"]>;
export type ChannelDetail = Awaited<ReturnType<Processor["channels"]["get"]>>;
export type Event = Row<Processor["events"]["list"]>;
