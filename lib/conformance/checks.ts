import { type Challenge, parseTimestamp, readRequest } from "@/lib/protocol";
import { goodsFaults, isCached, problemFaults, refusalFaults, statusFaults, wireFaults } from "./demand";
import type { Answer } from "./exchange";
import { forgeries } from "./forgeries";
import { fieldOf, type Visit } from "./visit";

/** One thing a server owes; answers the sentences of what it did wrong. */
export type Check = Readonly<{
  name: string;
  faults(visit: Visit): Promise<string[]>;
  /** Why it cannot be asked of this address; `null` when it can. */
  skip?(visit: Visit): string | null;
}>;

const unpaidFaults = (answer: Answer): string[] => [
  ...wireFaults(answer),
  ...statusFaults(answer, [402]),
  ...(answer.status === 402 && answer.method !== "HEAD" ? problemFaults(answer, ["payment-required"]) : []),
];

function termsFaults({ sold, clock }: Visit, challenge: Challenge): string[] {
  const { realm, intent, expires, digest, method } = challenge;
  const host = new URL(sold.url).host.replace(/[[\]]/g, "");
  const until = expires === undefined ? null : parseTimestamp(expires);
  const { amount, currency } = readRequest(challenge) ?? {};
  const faults: string[] = [];
  if (realm !== host) faults.push(`The realm is ${realm}, and the host is ${host}.`);
  if (!until || until <= clock.now())
    faults.push(`The challenge expires at ${expires}, which is not in the future.`);
  if (typeof amount !== "string" || !/^[1-9]\d*$/.test(amount)) {
    faults.push(`The ${method}/${intent} challenge asks for the amount ${String(amount)}.`);
  }
  if (typeof currency !== "string" || currency === "") faults.push("The challenge names no currency.");
  if ((digest !== undefined) !== (sold.body !== null)) {
    faults.push(sold.body === null ? "There is a digest of no body." : "The body is not bound by a digest.");
  }
  return faults;
}

const unpaid: readonly Check[] = [
  {
    name: "unpaid_request_is_challenged",
    faults: async ({ ask }) => unpaidFaults(await ask()),
  },
  {
    name: "challenge_says_what_to_pay_until_when",
    async faults(visit) {
      return termsFaults(visit, await visit.challenge());
    },
  },
  {
    name: "every_challenge_is_its_own",
    async faults({ challenge }) {
      const ids = await Promise.all([challenge(), challenge(), challenge()]);
      return new Set(ids.map(({ id }) => id)).size === 3 ? [] : ["Two payers got one challenge id."];
    },
  },
  {
    name: "realm_follows_no_header",
    async faults({ ask, challenge }) {
      const { realm } = await challenge();
      const forwarded = { "x-forwarded-host": "evil.example", forwarded: "host=evil.example" };
      const { challenges } = await ask({ headers: { ...forwarded, "x-original-host": "evil.example" } });
      const moved = challenges.find((other) => other.realm !== realm);
      return moved ? [`A header of the caller moved the realm to ${moved.realm}.`] : [];
    },
  },
  {
    name: "head_is_challenged_without_a_body",
    skip: ({ sold }) => (sold.method === "GET" ? null : "HEAD belongs to GET"),
    async faults({ ask }) {
      const answer = await ask({ method: "HEAD" });
      return [...unpaidFaults(answer), ...(answer.text === "" ? [] : ["An answer to HEAD has a body."])];
    },
  },
  {
    name: "preflight_is_free",
    async faults({ ask }) {
      const answer = await ask({
        method: "OPTIONS",
        headers: { origin: "https://page.example", "access-control-request-method": "GET" },
      });
      return [...wireFaults(answer), ...(answer.status < 400 ? [] : [`A preflight got ${answer.status}.`])];
    },
  },
  {
    name: "pages_may_read_challenge_and_receipt",
    async faults({ ask }) {
      const { headers } = await ask({ headers: { origin: "https://page.example" } });
      const exposed = (headers.get("access-control-expose-headers") ?? "").toLowerCase();
      const missing = ["www-authenticate", "payment-receipt"].filter((name) => !exposed.includes(name));
      return missing.map((name) => `Access-Control-Expose-Headers lacks ${name}.`);
    },
  },
  {
    name: "other_credentials_are_none",
    async faults({ ask }) {
      const bearer = await ask({ headers: { authorization: "Bearer abc" } });
      const basic = await ask({ headers: { authorization: "Basic YTpi" } });
      return [...unpaidFaults(bearer), ...unpaidFaults(basic)];
    },
  },
  {
    name: "a_preference_nobody_meets_is_ignored",
    async faults({ ask }) {
      const odd = await ask({ headers: { "accept-payment": "nothing/charge" } });
      const broken = await ask({ headers: { "accept-payment": ";;q=,/" } });
      return [...unpaidFaults(odd), ...unpaidFaults(broken)];
    },
  },
  {
    name: "malformed_credentials_get_a_fresh_challenge",
    async faults({ ask, challenge }) {
      const presented = await challenge();
      const answers = await Promise.all(
        ["!!", "dGhpcyBpcyBnYXJiYWdl", "e30", "W10"].map((token) =>
          ask({ headers: { [fieldOf(presented)]: `Payment ${token}` } }),
        ),
      );
      return answers.flatMap((answer) =>
        refusalFaults(answer, { presented, problems: ["malformed-credential"] }),
      );
    },
  },
];

/** Cheats with money that was really paid, then spends it honestly: a refused attempt must not burn it. */
const cheated: Check = {
  name: "a_credential_is_good_for_its_own_request_only",
  async faults({ challenge, payer, present, sold }) {
    const paid = await challenge();
    const proof = await payer.pay(paid);
    const faults: string[] = [];
    for (const { what, forged, problems, extra } of forgeries(paid, sold)) {
      const answer = await present(forged, proof, extra);
      const found =
        answer.status === 400 && problems.includes("method-unsupported")
          ? wireFaults(answer)
          : refusalFaults(answer, { presented: paid, problems });
      faults.push(...found.map((fault) => `With ${what}: ${fault}`));
    }
    const honest = await present(paid, proof);
    return [...faults, ...goodsFaults(honest, { paid }).map((fault) => `After all that, honestly: ${fault}`)];
  },
};

const paying: readonly Check[] = [
  {
    name: "a_payload_of_another_shape_is_refused",
    async faults({ challenge, present }) {
      const presented = await challenge();
      const answer = await present(presented, { payload: { nonsense: true } });
      return refusalFaults(answer, { presented, problems: ["invalid-payload"] });
    },
  },
  cheated,
  {
    name: "two_credentials_at_once_are_refused",
    async faults({ challenge, payer, present }) {
      const paid = await challenge();
      const proof = await payer.pay(paid);
      const other = fieldOf(paid) === "Authorization" ? "payment-authorization" : "authorization";
      const answer = await present(paid, proof, { headers: { [other]: "Payment e30" } });
      return [...wireFaults(answer), ...statusFaults(answer, [400])];
    },
  },
  {
    name: "paid_request_is_served_with_a_receipt",
    async faults({ challenge, payer, present }) {
      const paid = await challenge();
      const answer = await present(paid, await payer.pay(paid));
      const isPrivate = isCached(answer, "private") || isCached(answer, "no-store");
      return [...goodsFaults(answer, { paid }), ...(isPrivate ? [] : ["Paid goods may be cached."])];
    },
  },
  {
    name: "a_used_credential_is_refused",
    async faults({ challenge, payer, present }) {
      const paid = await challenge();
      const proof = await payer.pay(paid);
      const first = await present(paid, proof);
      const again = await present(paid, proof);
      return [
        ...goodsFaults(first, { paid }),
        ...refusalFaults(again, { presented: paid, problems: ["invalid-challenge"] }),
      ];
    },
  },
  {
    name: "a_used_payment_buys_nothing_under_a_fresh_challenge",
    async faults({ challenge, payer, present }) {
      const paid = await challenge();
      const proof = await payer.pay(paid);
      const first = await present(paid, proof);
      const fresh = await challenge();
      const again = await present(fresh, proof);
      const problems = ["invalid-challenge", "verification-failed"];
      return [...goodsFaults(first, { paid }), ...refusalFaults(again, { presented: fresh, problems })];
    },
  },
  {
    name: "copies_sent_at_once_are_served_once",
    async faults({ challenge, payer, present }) {
      const paid = await challenge();
      const proof = await payer.pay(paid);
      const answers = await Promise.all(Array.from({ length: 8 }, () => present(paid, proof)));
      const served = answers.filter(({ status }) => status === 200);
      const others = answers.filter(({ status }) => status !== 200);
      return [
        ...(served.length === 1 ? [] : [`${served.length} of 8 copies were served.`]),
        ...served.flatMap((answer) => goodsFaults(answer, { paid })),
        ...others.flatMap((answer) => [...wireFaults(answer), ...statusFaults(answer, [402, 409])]),
      ];
    },
  },
  {
    name: "an_idempotency_key_gets_the_first_answer_again",
    async faults({ challenge, payer, present, nonce }) {
      const headers = { "idempotency-key": `conformance-${nonce}` };
      const paid = await challenge();
      const proof = await payer.pay(paid);
      const first = await present(paid, proof, { headers });
      const again = await present(paid, proof, { headers });
      return [
        ...goodsFaults(first, { paid }),
        ...goodsFaults(again, { paid }),
        ...(first.text === again.text ? [] : ["The repeated request got another answer."]),
      ];
    },
  },
  {
    name: "a_declined_payment_is_refused",
    async faults({ challenge, payer, present }) {
      const presented = await challenge();
      const answer = await present(presented, await payer.pay(presented, { isDeclined: true }));
      return refusalFaults(answer, { presented, problems: ["verification-failed"] });
    },
  },
];

/** In the order they are run; none needs another. */
export const checks: readonly Check[] = [...unpaid, ...paying];
