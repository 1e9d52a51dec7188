/** A way to pay, as its tab shows it. */
export type MethodTab = Readonly<{ method: string; title: string; amount: string; isCurrent: boolean }>;

/** How a merchant's pages for payers look. */
export type BrandView = Readonly<{
  /** The first letter of the name, where there is no picture. */
  mark: string;
  colour: Readonly<{ fill: string; text: string }> | null;
  /** The address of the picture. */
  logo: string | null;
  /** Of this answer's policy, for the style. */
  nonce: string | undefined;
}>;

/** What a checkout has come to, for its page. */
export type CheckoutView = Readonly<{
  id: string;
  merchant: string;
  brand: BrandView;
  isTest: boolean;
  title: string;
  price: string;
  methods: readonly MethodTab[];
  /** Which state and attempt is shown, as the page asks for it again and again. */
  standing: string;
  panel: CheckoutPanel;
}>;

export type PayPanel = Readonly<{
  kind: "pay";
  attempt: string;
  method: string;
  amount: string;
  expiresAt: string;
  expiresText: string;
  isExpired: boolean;
  /** Why the last try came to nothing, and what to do. */
  failure: Readonly<{ title: string; next: string }> | null;
  choices: readonly Readonly<{ name: string; title: string }>[];
  code: Readonly<{ text: string; short: string; link: string; size: number; path: string }> | null;
  card: CardFields | null;
}>;

/** What the network's own form needs, which the payer's browser gets from it and sends to it. */
export type CardFields = Readonly<{
  publishableKey: string;
  clientSecret: string;
  account: string | null;
  returnUrl: string;
}>;

export type CheckoutPanel =
  | PayPanel
  | Readonly<{ kind: "asking"; isPaid: boolean }>
  | Readonly<{ kind: "late" }>
  | ReceiptPanel;

export type ReceiptPanel = Readonly<{
  kind: "receipt";
  isDelivered: boolean;
  amount: string;
  facts: readonly Readonly<{ label: string; value: string; isId?: boolean }>[];
  refunded: string | null;
  answer: string | null;
  /** The receipt on paper. */
  paper: string | null;
  answerUntil: string | null;
  /** For buying it once more. */
  again: Readonly<{ label: string; target: string; method: string; key: string }> | null;
}>;
