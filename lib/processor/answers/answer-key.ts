/** How long a stored answer is given again. */
export const answerLifeMs = 24 * 60 * 60 * 1000;
export const answerBodyMaxBytes = 1024 * 1024;

type Scope = Readonly<{ merchantId: string; endpointId: string; key: string }>;

/** An `Idempotency-Key` means something only for one endpoint of one merchant. */
export const answerKey = ({ merchantId, endpointId, key }: Scope): string =>
  `key:${merchantId}:${endpointId}:${key}`;
