"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { simulateEndpoint } from "@/lib/dashboard/endpoints/actions";
import {
  describedRequest,
  emptyRequest,
  type RequestDraft,
  type Simulated,
} from "@/lib/dashboard/endpoints/simulator/view";
import { type EndpointDraft, type EndpointFormView, samplePath } from "@/lib/dashboard/endpoints/view";

const pauseMs = 350;

const nothing: Simulated = { faults: [], refused: null, outcome: null, cases: [], keep: null };

/** The path that is tried: the one that was written, or a sample of the pattern. */
const pathOf = ({ path }: RequestDraft, { path: pattern }: EndpointDraft): string =>
  path.trim() === "" ? samplePath(pattern.trim()) : path.trim();

export type Simulation = Readonly<{
  request: RequestDraft;
  changeRequest: (part: Partial<RequestDraft>) => void;
  shown: Simulated;
  isAsking: boolean;
  /** With a hook the merchant's own server is asked, so that waits for a press; `null` when there is nothing to press. */
  ask: (() => void) | null;
  /** Why the answer shown is not that of the form as it stands; `null` when it is. */
  failure: string | null;
  /** What the form would be answered with these rules: for a rule that is still being written. */
  judge: (draft: EndpointDraft) => Promise<Simulated | null>;
}>;

/** Tries the form as it is typed on a described request, a moment after each change. */
export function useSimulation(view: EndpointFormView, draft: EndpointDraft): Simulation {
  const [request, setRequest] = useState(emptyRequest);
  const [shown, setShown] = useState({ asked: "", simulated: nothing, failure: null as string | null });
  const { merchant, service, stored, timeZone, mayWrite } = view;
  const method = stored?.method;
  const path = stored?.path;
  const judge = useCallback(
    async (asked: EndpointDraft) => {
      const about = { path: pathOf(request, asked), zone: timeZone };
      const replaces = method === undefined || path === undefined ? null : { method, path };
      return await simulateEndpoint({
        ...{ merchant, service, replaces, draft: asked },
        request: describedRequest(request, about),
      }).catch(() => null);
    },
    [request, merchant, service, timeZone, method, path],
  );
  const { reason: _, ...terms } = draft;
  const asked = JSON.stringify([terms, request]);
  const [allowed, setAllowed] = useState("");
  const isOff = !mayWrite || draft.terms === "free";
  const isHeld = draft.rules.some(({ effect }) => effect.kind === "hook") && allowed !== asked;
  const isAnswered = isOff || isHeld || shown.asked === asked;
  const latest = useRef(draft);
  latest.current = draft;
  useEffect(() => {
    if (isAnswered) return;
    let isCurrent = true;
    const timer = setTimeout(async () => {
      const answer = await judge(latest.current);
      if (!isCurrent) return;
      const failure = answer && !answer.ok ? answer.problem.detail : "The server did not answer.";
      setShown((before) =>
        answer?.ok
          ? { asked, simulated: answer.simulated, failure: null }
          : { asked, simulated: before.simulated, failure },
      );
    }, pauseMs);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [asked, isAnswered, judge]);
  return {
    request,
    changeRequest: (part) => setRequest((before) => ({ ...before, ...part })),
    shown: isOff ? nothing : shown.simulated,
    isAsking: !isAnswered,
    ask: isHeld && shown.asked !== asked ? () => setAllowed(asked) : null,
    failure: shown.failure,
    judge: async (asked) => {
      const answer = await judge(asked);
      return answer?.ok ? answer.simulated : null;
    },
  };
}
