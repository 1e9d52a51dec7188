/** A signal that follows another one, and ends by itself after a time unless the limit is lifted before. */
export function timeLimit(signal: AbortSignal, ms: number): { signal: AbortSignal; lift(): void } {
  const stop = new AbortController();
  const late = () => stop.abort(new DOMException("It took too long.", "TimeoutError"));
  const timer = setTimeout(late, ms);
  const follow = () => stop.abort(signal.reason);
  if (signal.aborted) follow();
  else signal.addEventListener("abort", follow, { once: true });
  return { signal: stop.signal, lift: () => clearTimeout(timer) };
}
