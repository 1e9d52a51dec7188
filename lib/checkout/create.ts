import { errorText } from "@/lib/kit";
import { drawRefusal } from "./demand-page";
import type { CheckoutDeps } from "./deps";
import { drawLinkPage } from "./links/link-page";
import { endLink, listLinks, makeLink, readLink } from "./links/links";
import { chooseMethod, getCheckout, openCheckout } from "./open";
import { later, leaseMs, look, pay } from "./pay";
import { retireDue, retireShown } from "./retire";
import { takeOne, wake } from "./retire-store";
import * as store from "./store";
import { paperOf, viewCheckout } from "./view";

export type Checkouts = ReturnType<typeof createCheckouts>;

const atOnce = 20;
const lookEveryMs = 1_000;
const retireEveryMs = 2_000;
const forgetEveryMs = 10 * 60_000;
/** Whoever says again and again that they have paid makes us ask the network no more often than this. */
const heedEveryMs = 1_500;

/** The page that people pay on: what it does, what it shows, and the steps that end what a browser left. */
export function createCheckouts(deps: CheckoutDeps) {
  async function lookAtDue(): Promise<number> {
    const at = deps.clock.now();
    const due = await store.takeDue(deps.database.client, {
      at,
      leaseUntil: later(deps, leaseMs),
      limit: atOnce,
    });
    await Promise.all(
      due.map(async (id) => {
        try {
          await look(deps, id);
        } catch (error) {
          deps.log("error", "checkout.fault", { reason: id, error: errorText(error) });
        }
      }),
    );
    return due.length;
  }

  return {
    open: (opening: Parameters<typeof openCheckout>[1]) => openCheckout(deps, opening),
    choose: async (choosing: Parameters<typeof chooseMethod>[1]) => {
      if (choosing.isFresh) await retireShown(deps, choosing);
      await chooseMethod(deps, choosing);
    },
    pay: (pressed: Parameters<typeof pay>[1]) => pay(deps, pressed),
    /** The payer's browser says that something has happened: the network is asked at once. */
    look: async (id: string) => {
      await getCheckout(deps, id);
      const at = deps.clock.now();
      const askedBefore = later(deps, -heedEveryMs);
      await wake(deps.database.client, { checkoutId: id, at, askedBefore });
      const isOurs = await takeOne(deps.database.client, { id, at, leaseUntil: later(deps, leaseMs) });
      if (isOurs) await look(deps, id);
    },
    /** A payment network says that something has happened to what is known there by this name. */
    noticed: (reference: string) => wake(deps.database.client, { reference, at: deps.clock.now() }),
    view: (id: string) => viewCheckout(deps, id),
    /** What the page asks for again and again while it waits. */
    state: async (id: string) => {
      const { state, attemptId, tries } = await getCheckout(deps, id);
      return { state, attemptId, tries };
    },
    paper: (id: string) => paperOf(deps, id),
    /** What was bought; `null` when it is not kept, or not any more. */
    answer: async (id: string) => {
      await getCheckout(deps, id);
      return await store.findAnswer(deps.database.client, id);
    },
    /** The addresses that merchants send to be paid at. */
    links: {
      make: (making: Parameters<typeof makeLink>[1]) => makeLink(deps, making),
      list: (listing: Parameters<typeof listLinks>[1]) => listLinks(deps, listing),
      get: (named: Parameters<typeof readLink>[1]) => readLink(deps, named),
      end: (ending: Parameters<typeof endLink>[1]) => endLink(deps, ending),
      page: (visit: Parameters<typeof drawLinkPage>[1]) => drawLinkPage(deps, visit),
    },
    refusal: (error: unknown, back: string | null) => drawRefusal(deps.origin, error, back),
    origin: deps.origin,
    steps: [
      { kind: "checkout.look", everyMs: lookEveryMs, run: lookAtDue },
      { kind: "checkout.retire", everyMs: retireEveryMs, run: () => retireDue(deps) },
      {
        kind: "checkout.forget",
        everyMs: forgetEveryMs,
        run: () => store.forgetAnswers(deps.database.client, deps.clock.now()),
      },
    ],
  };
}
