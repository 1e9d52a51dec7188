/** Touches the runtime at start-up, so that a bad value stops the start and not the first payment. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { runtime } = await import("@/lib/runtime");
  await runtime();
}
