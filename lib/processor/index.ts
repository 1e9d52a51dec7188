export type { StoredAnswer } from "./answers/answers";
export type { Authorized } from "./channels/authorize";
export type { Channel, ChannelStatus, RefundState } from "./channels/channel";
export type { CloseAnswer } from "./channels/close";
export type { PutIn, PutInAnswer } from "./channels/deposit";
export type { ChannelFilter } from "./channels/list";
export type { ChannelDetail, ChannelSummary } from "./channels/list-channels";
export type { BeginUse, EndUse } from "./channels/serve";
export type { ChannelSums } from "./channels/sums-store";
export type { Use } from "./channels/use";
export type { Charge, Delivery, EffectState, Remedy } from "./charges/charge";
export type { CutFacts, DeliveredFacts, PaymentState, UndeliveredFacts } from "./charges/deliver";
export type { ChargeState } from "./charges/lifecycle";
export type { ChargeDetail, ChargeFilter } from "./charges/list-charges";
export type { TraceStep } from "./charges/steps";
export type { Taken, TakePayment } from "./charges/take-payment";
export type { ConnectedRail, Mode, ProcessorDeps } from "./deps";
export type { Dispute, DisputeState } from "./disputes/dispute";
export type { OwnEvent } from "./events/list-events";
export type { EventFilter } from "./events/store";
export type { Drawn, DrawOffer } from "./issued/issued";
export type { Notice, NoticeState } from "./notices/notice";
export type { Page, PageRequest, Sort } from "./paging";
export type { AuthorizePayment } from "./payments/authorize";
export type { CapturePayment } from "./payments/capture";
export type { OpenPayment, UpdatePayment } from "./payments/open";
export {
  type Captures,
  capturesOn,
  type NamedAmount,
  type Payment,
  type PaymentAnswer,
  type PaymentOperation,
  type PaymentRate,
} from "./payments/payment";
export { paymentEventType } from "./payments/record";
export type { RefundAnswer, RefundPayment } from "./payments/refund";
export type { VoidPayment } from "./payments/void";
export { createProcessor, type Processor } from "./processor";
export type { OpenedReceipt, PublicAddress } from "./public-receipts/public-receipts";
export type { ReceiptFilter } from "./receipts/filter";
export type { Figures, Overview, OverviewRequest } from "./receipts/overview";
export type { Receipt, ReceiptDetail, ReceiptStatus, TimelineEntry } from "./receipts/receipt";
export type { ReceiptTabs, Summary } from "./receipts/receipts";
export type { Mismatch } from "./reconcile/mismatch";
export type { RailStanding } from "./reconcile/reconciliation";
export type { RefundFilter, RefundTabs } from "./refunds/list-refunds";
export type { Refund, RefundStatus } from "./refunds/refund";
export type { RefundAbility, RequestRefund } from "./refunds/request-refund";
export type { Hit } from "./search/search";
export type { TrafficOutcome, Visited } from "./traffic/store";
export type { Verification, VerifyRequest } from "./verify/verify";
export type { WorkerStep } from "./worker";
