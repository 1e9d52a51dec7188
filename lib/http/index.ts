export { currentMember, signOut } from "./current-member";
export {
  action,
  checkoutRoutes,
  endpoint,
  openEndpoint,
  paymentPageRoutes,
  sessionRoute,
  visitorAction,
} from "./doors";
export { noSuchAddress } from "./no-such-address";
export { ownPath } from "./own-path";
export { listResponse } from "./page";
export { readBytes } from "./read-body";
export { listAudit } from "./records/audit";
export { listBalances } from "./records/balances";
export { actOnChannel, exportChannels } from "./records/channels";
export { configBytesMax, readConfig, writeConfig } from "./records/config";
export {
  CreateShopKey,
  createShopKey,
  endShopKey,
  listConnectors,
  listShopCalls,
  listShopKeys,
  readConnector,
} from "./records/connectors";
export { lastDiscoveryCheck, runDiscoveryCheck } from "./records/discovery";
export { exportReceipts } from "./records/export";
export { exportRefunds } from "./records/export-refunds";
export { ImportBody, importBytesMax, importDescription } from "./records/import";
export {
  channelDetail,
  channelItem,
  chargeItem,
  eventItem,
  receiptDetail,
  receiptItem,
  refundItem,
} from "./records/items";
export {
  CreateLink,
  endLink,
  LinkQuery,
  linkDetail,
  linkItem,
  listLinks,
  makeLink,
} from "./records/links";
export { deleteLogo, logoBytesMax, logoItem, saveLogo, storedLogo } from "./records/logo";
export { evidenceFile, NoticeQuery, noticeItem, replayNotice } from "./records/notices";
export { listPrices, RollBackBody, rollBackPrice } from "./records/prices";
export {
  endPublicReceipt,
  makePublicReceipt,
  publicReceiptItem,
} from "./records/public-receipt";
export {
  ById,
  BySlug,
  ChannelExportQuery,
  ChannelQuery,
  ChargeQuery,
  DryRun,
  EventQuery,
  ExportQuery,
  PageQuery,
  pageOf,
  ReceiptQuery,
  RefundExportQuery,
  RefundQuery,
  receiptFilter,
  scopeOf,
  withRange,
} from "./records/query";
export {
  ExplainMismatch,
  explainMismatch,
  listReconciliation,
  runReconciliation,
} from "./records/reconciliation";
export { CreateRefund, GiveDestination, giveDestination, requestRefund } from "./records/refund";
export { playTryIt, TryItBody } from "./records/try-it";
export { verifyRecords } from "./records/verify";
export { watch } from "./watch";
