/** The same stream, which acts once when it has ended, broken or was cancelled. It takes nothing in advance. */
export function whenOver(stream: ReadableStream<Uint8Array>, act: () => void): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) return controller.enqueue(value);
          act();
          controller.close();
        } catch (error) {
          act();
          throw error;
        }
      },
      async cancel(reason) {
        act();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
