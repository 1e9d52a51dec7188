export {
  ImportChoice,
  type ImportPlan,
  ImportPrices,
  type Preset,
  presetService,
  presets,
  shortConfig,
} from "@/lib/catalog";
export {
  browserHeaders,
  type CheckoutView,
  type LinkView,
  type LinkWish,
  type PaymentPage,
  qrCode,
} from "@/lib/checkout";
export { migrate } from "@/lib/db";
export { sampleOf, sampleText } from "@/lib/discovery";
export { type Expectation, expectationOf } from "@/lib/pricing";
export { type DraftEndpoint, readDescribed, readDraft } from "./draft-endpoint";
export type { LastCheck } from "./drift/store";
export { type Env, readEnv } from "./env";
export { fixedSecrets, type MasterSecrets } from "./master-secrets";
export { payerWallet } from "./payer-wallet";
export type { PreviewedAnswer, PreviewedOffer } from "./preview";
export { type NoticeAddress, receiveNotice } from "./receive-notice";
export type { Rotation } from "./rotate-secret";
export { createRuntime, type Runtime } from "./runtime";
export { installRuntime, runtime } from "./singleton";
export { caseIds as tryItCases } from "./try-it/cases";
export { payerMark } from "./try-it/conversation";
export type { TryItEvent } from "./try-it/exchange";
