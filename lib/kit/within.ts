class TimeLimit extends Error {
  override name = "TimeLimit";
}

/** Gives `work` a time limit: its signal is aborted and the wait ends in {@link TimeLimit}, whether it listens or not. */
export async function within<T>(limitMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new TimeLimit(`No answer within ${limitMs} ms.`);
      controller.abort(error);
      reject(error);
    }, limitMs);
  });
  try {
    return await Promise.race([work(controller.signal), limit]);
  } finally {
    clearTimeout(timer);
  }
}
