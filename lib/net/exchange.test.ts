import { Dispatcher } from "undici";
import { expect, test } from "vitest";
import { exchange } from "./exchange";

const outgoing = { href: "", method: "POST", headers: new Headers(), body: Buffer.from("pay"), signal: null };
const destination = {
  url: new URL("http://a.test/"),
  target: "/",
  limits: { connectTimeoutMs: 10_000, headersTimeoutMs: 10_000, bodyTimeoutMs: 10_000 },
};

class FakeController implements Dispatcher.DispatchController {
  readonly paused = false;
  reason: Error | null = null;
  get aborted() {
    return this.reason !== null;
  }
  abort(reason: Error) {
    this.reason = reason;
  }
  pause() {}
  resume() {}
}

function dispatching(play: (handler: Dispatcher.DispatchHandler) => void): Dispatcher {
  return new (class extends Dispatcher {
    override dispatch(_options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler) {
      play(handler);
      return true;
    }
  })();
}

test("a request that the pool would write to a second socket is stopped there", async () => {
  const [first, second] = [new FakeController(), new FakeController()];
  const pool = dispatching((handler) => {
    handler.onRequestStart?.(first, {});
    handler.onRequestStart?.(second, {});
  });
  await expect(exchange(pool, outgoing, destination)).rejects.toMatchObject({ kind: "broken" });
  expect([first.aborted, second.aborted]).toEqual([true, true]);
});

test("a request that was given up while it waited for a socket is not written", async () => {
  const late = new FakeController();
  const stop = new AbortController();
  let handler: Dispatcher.DispatchHandler | undefined;
  const pool = dispatching((given) => {
    handler = given;
  });
  const call = exchange(pool, { ...outgoing, signal: stop.signal }, destination);
  stop.abort();
  await expect(call).rejects.toMatchObject({ kind: "not-reached" });
  handler?.onRequestStart?.(late, {});
  expect(late.aborted).toBe(true);
});
