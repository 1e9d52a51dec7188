import type { MerchantView } from "@/lib/catalog";
import { canonicalPath, matchEndpoint } from "@/lib/catalog";
import { errorText } from "@/lib/kit";
import { Problem } from "@/lib/problems";
import { type CaseId, playCase, playPasted } from "./cases";
import { createConversation, type TryItDeps } from "./conversation";
import type { Emit } from "./exchange";
import type { HeaderList } from "./wire";

export type TryItRequest = Readonly<{
  service: string;
  method: string;
  path: string;
  query: string;
  headers: HeaderList;
  body: string;
  payer: string;
  how: { case: CaseId } | { credential: string };
}>;

export type TryIt = Readonly<{
  /** Plays one exchange in test mode, telling each step as it happens. Throws for what cannot be sent at all. */
  play(merchant: MerchantView, request: TryItRequest, emit: Emit): Promise<void>;
}>;

/** The dashboard's payer: it asks the gateway function that payers ask, and pays with pretend money. */
export const createTryIt = (deps: TryItDeps): TryIt => ({
  async play(merchant, { service: slug, how, ...request }, emit) {
    const service = merchant.services.get(slug);
    if (!service) throw new Problem("not-found", "There is no such service.");
    if (service.mode !== "test") {
      throw new Problem("forbidden", "The console works in test mode only; this service takes real money.");
    }
    const path = canonicalPath(request.path);
    const match = path.ok ? matchEndpoint(service, request.method, path) : null;
    const endpoint = match?.kind === "match" ? match.endpoint : null;
    const talk = createConversation(deps, { ...request, merchant, service, endpoint }, emit);
    try {
      const played = "case" in how ? await playCase(talk, how.case) : await playPasted(talk, how.credential);
      const postings = await talk.told.postings();
      if (postings.length > 0) {
        talk.note({ from: "gateway", to: "gateway", title: "In the ledger", postings });
      }
      emit({ type: "verdict", ...played, ...(await talk.told.ids()) });
    } catch (error) {
      if (!Problem.is(error)) deps.gateway.log("error", "try-it.fault", { error: errorText(error) });
      emit({
        type: "fault",
        detail: Problem.is(error) ? error.message : "Something failed here. Nothing more was sent.",
      });
    }
  },
});
