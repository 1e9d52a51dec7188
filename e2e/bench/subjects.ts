import { startFarebox } from "./farebox";
import { type Program, startProgram } from "./program";
import { type Lightning, startLightning } from "./sessions";
import { askUnpaid, type Subject } from "./subject";
import { tokenFor } from "./token";

export type Subjects = Readonly<{
  upstream: Subject;
  bare: Subject;
  mppx: Subject;
  farebox: Subject;
  lightning: Lightning | null;
  stop(): Promise<void>;
}>;

const path = "/v1/forecast/berlin";

/** Everybody who is measured, each in a process of its own, all in front of one upstream. */
export async function startSubjects({
  profile,
  withSessions,
}: {
  profile: string | null;
  withSessions: boolean;
}): Promise<Subjects> {
  const running: { stop(): Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    for (const each of running.toReversed()) await each.stop();
  };
  const open = async <T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const started = await starting;
    running.push(started);
    return started;
  };
  try {
    const upstream = await open(startProgram("upstream"));
    const address = `http://127.0.0.1:${upstream.port}`;
    const lightning = withSessions ? await open(startLightning()) : null;
    const farebox = await open(startFarebox(address, { profile, lightning: lightning?.settings ?? null }));
    // What the bare server answers is what Farebox answers, so that both send as many bytes.
    const demand = await askUnpaid(farebox.subject);
    const env = { BENCH_UPSTREAM: address, BENCH_CHALLENGE: demand.challenge, BENCH_DEMAND: demand.body };
    const bare = await open(startProgram("bare", env));
    const mppx = await open(startProgram("mppx", env));
    const own = ({ port, pid }: Program) => ({ port, pid, path });
    return {
      upstream: { name: "upstream", ...own(upstream), pay: null },
      bare: { name: "bare", ...own(bare), pay: null },
      mppx: { name: "mppx", ...own(mppx), pay: async ({ id }) => tokenFor(id) },
      farebox: farebox.subject,
      lightning,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
