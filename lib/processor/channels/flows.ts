import { findCredentialAnswer } from "../answers/answers";
import type { Inside } from "../deps";
import { authorize } from "./authorize";
import { closeByMerchant, closeChannel } from "./close";
import { getChannel, listChannels, summarizeChannels } from "./list-channels";
import { putIn } from "./put-in";
import { beginUse, channelNow, debitUse, endUse } from "./serve";
import { settleChannel } from "./settle";

/** Everything that is done with prepaid channels, by name. */
export function channelFlows(deps: Inside) {
  const bind =
    <A extends unknown[], R>(flow: (deps: Inside, ...rest: A) => R) =>
    (...rest: A): R =>
      flow(deps, ...rest);
  return {
    putIn: bind(putIn),
    authorize: bind(authorize),
    begin: bind(beginUse),
    debit: bind(debitUse),
    end: bind(endUse),
    /** What the very same credential was answered before, if that was kept. */
    answered: bind(findCredentialAnswer),
    now: bind(channelNow),
    /** Waits for a channel to change: armed before it is looked at. */
    arm: (id: string) => deps.channelWakes.arm(id),
    close: bind(closeChannel),
    closeByMerchant: bind(closeByMerchant),
    settle: bind(settleChannel),
    list: bind(listChannels),
    get: bind(getChannel),
    summary: bind(summarizeChannels),
  };
}
