const reserved = /^(?:payment-|session-timeout$)/i;

/** An event may be this large; a larger one ends the stream, because nothing of it can be held back in memory. */
const eventBytesMax = 1024 * 1024;

class EventTooLarge extends Error {
  override name = "EventTooLarge";
}

/** Cuts text into lines at CR, LF and CRLF as soon as each has ended, reading every character once. */
function createLines() {
  const lineEnd = /[\r\n]/g;
  let rest = "";
  let isAfterReturn = false;
  return {
    *take(text: string): Generator<string> {
      // A line that ended in CR has ended; an LF that follows belongs to that end.
      const fresh = isAfterReturn && text.startsWith("\n") ? text.slice(1) : text;
      if (text !== "") isAfterReturn = text.endsWith("\r");
      let start = 0;
      lineEnd.lastIndex = 0;
      for (let found = lineEnd.exec(fresh); found; found = lineEnd.exec(fresh)) {
        const line = rest + fresh.slice(start, found.index);
        rest = "";
        start = found.index + (fresh.startsWith("\r\n", found.index) ? 2 : 1);
        lineEnd.lastIndex = start;
        yield line;
      }
      rest += fresh.slice(start);
    },
    rest: () => rest,
  };
}

/**
 * Re-encodes an upstream's event stream event by event, whatever its line ends and chunks are, and drops events
 * whose name is ours to give, so that an upstream cannot forge a receipt (`contracts/mpp.md` §13, row 28).
 */
export function relayEvents(): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  const split = createLines();
  let lines: string[] = [];
  let size = 0;

  const flush = (controller: TransformStreamDefaultController<Uint8Array>) => {
    const name =
      lines
        .findLast((line) => /^event:/.test(line))
        ?.slice(6)
        .trim() ?? "";
    if (lines.length > 0 && !reserved.test(name))
      controller.enqueue(encoder.encode(`${lines.join("\n")}\n\n`));
    lines = [];
    size = 0;
  };

  return new TransformStream({
    transform(chunk, controller) {
      for (const line of split.take(decoder.decode(chunk, { stream: true }))) {
        size += line.length + 1;
        if (line === "") flush(controller);
        else lines.push(line);
      }
      if (size + split.rest().length > eventBytesMax) {
        throw new EventTooLarge("An event exceeds 1 MiB.");
      }
    },
    flush(controller) {
      if (split.rest()) lines.push(split.rest());
      flush(controller);
    },
  });
}
