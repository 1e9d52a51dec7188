import { Bug } from "./assert";

/** Places where a test may stop, fail or delay the process, in the order of a paid request (security.md 3). */
export const failpointNames = [
  "after-parse",
  "before-claim-commit",
  "after-claim",
  "before-rail",
  "after-rail",
  "after-settle-recorded",
  "before-upstream",
  "after-upstream",
  "mid-body",
  "before-response-stored",
  "before-response",
  "before-ledger-post",
  "before-outbox",
  "after-response",
  "in-recovery",
  "refund-intent-recorded",
  "refund-before-rail",
  "refund-after-rail",
  "refund-fact-recorded",
  "refund-in-recovery",
] as const;

export type FailpointName = (typeof failpointNames)[number];

/** What a `throw` failpoint throws: the process died here, as far as the caller can tell. */
export class FailpointReached extends Error {
  override name = "FailpointReached";
}

type Armed = { name: FailpointName; left: number; act: "kill" | "throw" | { delayMs: number } };
type Rig = { armed: Armed | null };

// The process loads this module once for the server and once for Next; both must see the same rig.
const place = Symbol.for("farebox.failpoints");
const rig = (): Rig => {
  const world = globalThis as { [place]?: Rig };
  world[place] ??= { armed: null };
  return world[place];
};

const isName = (text: string): text is FailpointName => (failpointNames as readonly string[]).includes(text);

/** Arms `name:nth:kill|throw|delay=ms`; `null` disarms. Called by the runtime under test only. */
export function configureFailpoints(spec: string | null): void {
  if (spec === null) {
    rig().armed = null;
    return;
  }
  const [, name = "", nth = "", act = "", ms] = /^([a-z-]+):(\d+):(kill|throw|delay=(\d+))$/.exec(spec) ?? [];
  if (!isName(name) || Number(nth) < 1) throw new Bug(`"${spec}" is no failpoint.`);
  rig().armed = {
    name,
    left: Number(nth),
    act: act === "kill" || act === "throw" ? act : { delayMs: Number(ms) },
  };
}

/** Marks a place between two steps. Costs nothing unless a test armed it. */
export function failpoint(name: FailpointName): Promise<void> | undefined {
  const { armed } = rig();
  if (armed?.name !== name) return undefined;
  armed.left -= 1;
  if (armed.left !== 0) return undefined;
  if (armed.act === "throw")
    return Promise.reject(new FailpointReached(`The failpoint ${name} was reached.`));
  if (armed.act === "kill") {
    process.kill(process.pid, "SIGKILL");
    return new Promise(() => undefined);
  }
  const { delayMs } = armed.act;
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}
