const reserved = /^payment-/i;

/** An event may be this large; a larger one ends the stream, because nothing of it can be held back in memory. */
const eventBytesMax = 1024 * 1024;

class EventTooLarge extends Error {
  override name = "EventTooLarge";
}

/**
 * Re-encodes an upstream's event stream event by event, whatever its line ends and chunks are, and drops events
 * whose name is ours to give, so that an upstream cannot forge a receipt (`contracts/mpp.md` §13, row 28).
 */
export function relayEvents(): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let rest = "";
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
      rest += decoder.decode(chunk, { stream: true });
      for (let end = lineEnd(rest); end; end = lineEnd(rest)) {
        const line = rest.slice(0, end.at);
        rest = rest.slice(end.next);
        size += line.length;
        if (line === "") flush(controller);
        else lines.push(line);
      }
      if (size + rest.length > eventBytesMax) controller.error(new EventTooLarge("An event exceeds 1 MiB."));
    },
    flush(controller) {
      if (rest) lines.push(rest.replace(/\r$/, ""));
      flush(controller);
    },
  });
}

/** The first line end that is complete: a lone CR at the very end may still become CRLF. */
function lineEnd(text: string): { at: number; next: number } | null {
  const at = text.search(/[\r\n]/);
  if (at < 0) return null;
  if (text[at] === "\n") return { at, next: at + 1 };
  if (at + 1 === text.length) return null;
  return { at, next: text[at + 1] === "\n" ? at + 2 : at + 1 };
}
