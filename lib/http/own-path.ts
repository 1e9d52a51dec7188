const here = "http://here.invalid";

/**
 * The path of our own that this text names, or `null`: where somebody may be sent after signing in. Whatever a browser
 * would read as another host (`//evil`, `/\evil`, a tab between the slashes) or another scheme is not ours.
 */
export function ownPath(text: unknown): string | null {
  if (typeof text !== "string" || !text.startsWith("/") || text.length > 2_000) return null;
  if (!URL.canParse(text, here)) return null;
  const { origin, pathname, search, hash } = new URL(text, here);
  if (origin !== here || /^\/[/\\]/.test(pathname)) return null;
  return `${pathname}${search}${hash}`;
}
