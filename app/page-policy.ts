/** What a page of ours may load, run and talk to (docs/checkout.md, "Security"). */
type Page = Readonly<{ pathname: string; host: string; nonce: string }>;

/** Where people pay: at an address that is sold, a payment link, or in a shop. */
const checkoutForm = /^\/checkout\/(?:payments\/)?[^/]+\/?$/;

/**
 * Where the card processor's script, frames and calls come from (docs.stripe.com/security/guide). Its frames are of
 * another origin, so that what is typed into them stays there.
 */
const cardProcessor = {
  script: ["https://js.stripe.com", "https://*.js.stripe.com"],
  frame: ["https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"],
  connect: ["https://api.stripe.com"],
  image: ["https://*.stripe.com"],
};
const nobody = { script: [], frame: ["'none'"], connect: [], image: [] };

/** Of our own origin only what was built may run: whatever an upstream sells under `/pay/` is no script of ours. */
const builtAt = (host: string): string => `${host}/_next/static/`;

/**
 * One policy for each answer. Scripts need its nonce or come from the build; nothing is framed, and nothing frames. The
 * checkout alone may load the card processor's script, and takes no inline style; elsewhere charts and dialogs write
 * their places into the elements, which a policy can only allow as a whole.
 */
export function policyOf({ pathname, host, nonce }: Page): string {
  const isCheckout = checkoutForm.test(pathname);
  const others = isCheckout ? cardProcessor : nobody;
  const style = isCheckout ? `'nonce-${nonce}'` : "'unsafe-inline'";
  const lines: readonly (readonly string[])[] = [
    ["default-src", "'none'"],
    ["script-src", `'nonce-${nonce}'`, builtAt(host), ...others.script],
    ["style-src", "'self'", style],
    ["img-src", "'self'", "data:", ...others.image],
    ["font-src", "'self'"],
    ["connect-src", "'self'", ...others.connect],
    ["frame-src", ...others.frame],
    ["form-action", "'self'"],
    ["base-uri", "'none'"],
    ["frame-ancestors", "'none'"],
  ];
  return lines.map((line) => line.join(" ")).join("; ");
}

/** Pages that nobody sees without having signed in. */
export const needsSession = (pathname: string): boolean =>
  pathname === "/" || /^\/(?:m|account)(?:\/|$)/.test(pathname);
