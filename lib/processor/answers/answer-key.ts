/** How long a stored answer is given again. */
export const answerLifeMs = 24 * 60 * 60 * 1000;
export const answerBodyMaxBytes = 1024 * 1024;

type Scope = Readonly<{ merchantId: string; endpointId: string; key: string }>;

/** An `Idempotency-Key` means something only for one endpoint of one merchant. */
export const answerKey = ({ merchantId, endpointId, key }: Scope): string =>
  `key:${merchantId}:${endpointId}:${key}`;

/** The key of the answer that a byte-identical credential gets: whoever knows a challenge's id alone gets nothing. */
export const credentialKey = (hash: Uint8Array): string => `credential:${Buffer.from(hash).toString("hex")}`;
