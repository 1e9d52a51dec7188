import { describe, expect, test } from "vitest";
import { formatReceipt } from "@/lib/protocol";
import { flowServer } from "@/lib/testing/flow-server";
import { memoryProcessor } from "@/lib/testing/memory-processor";
import { readVectors } from "@/lib/testing/read-vectors";
import { scriptedRail } from "@/lib/testing/scripted-rail";
import { type CaseResult, type Flow, flows, linesOf, type Payer, runChecks, runFlows, totalOf } from ".";

const origin = "https://pay.example";
const clock = { now: () => new Date("2026-11-21T12:00:00.000Z") };

/** Changes what a correct server says. `asked` has the request's text, because the server has read its body. */
type Defect = (answer: Response, asked: Request) => Response | Promise<Response>;

const purse: readonly Flow[] = Array.from({ length: 40 }, (_, place) => ({
  name: `paid ${place}`,
  path: "/purse",
  payload: { type: "transaction", signature: `0xpaid${place}` },
}));

/** A server as it is reached over HTTP, with a defect of our choice. */
function reach(defect: Defect = (answer) => answer) {
  const rail = scriptedRail([...flows, ...purse]);
  const server = flowServer({ origin, flows, rail, processor: memoryProcessor(), clock });
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const asked = request.clone();
    const answer = await server.handle(request);
    const { status } = answer;
    const bytes = status === 204 || status === 304 ? null : new Uint8Array(await answer.arrayBuffer());
    return await defect(new Response(bytes, { status, headers: answer.headers }), asked);
  };
  return { ...server, fetch };
}

const flowsAgainst = async (defect?: Defect) => await runFlows(reach(defect));

const payer = (): Payer => {
  const signatures = purse.map(({ payload }) => payload);
  return {
    canPay: ({ method }) => method === "tempo",
    async pay(_, { isDeclined } = { isDeclined: false }) {
      const payload = isDeclined ? { type: "transaction", signature: "0xnobody" } : signatures.shift();
      return { payload: payload ?? {} };
    },
  };
};

async function checksAgainst(defect?: Defect) {
  const { fetch, baseUrl } = reach(defect);
  const sold = { url: `${baseUrl}/charge/success`, method: "GET", headers: {}, body: null };
  return await runChecks({ sold, payer: payer(), fetch, clock });
}

const failedIn = (cases: readonly CaseResult[]): string[] =>
  cases.filter(({ outcome }) => outcome === "failed").map(({ name }) => name);

const edited = async (
  answer: Response,
  change: (headers: Headers) => void,
  text?: string,
): Promise<Response> => {
  const headers = new Headers(answer.headers);
  change(headers);
  const { status } = answer;
  const body = status === 204 ? null : (text ?? (await answer.text()));
  return new Response(body, { status, headers });
};

const isPaid = (asked: Request): boolean => asked.headers.has("authorization");
const someReceipt = formatReceipt({
  method: "tempo",
  reference: "forged",
  status: "success",
  timestamp: "2026-11-21T12:00:00.000Z",
});
const someChallenge = 'Payment id="x", realm="pay.example", method="tempo", intent="charge", request="e30"';

test("the flows are the published ones", () => {
  expect(flows).toEqual(readVectors<{ cases: Flow[] }>("mpp-tools/flows.json").cases);
});

test("a correct server passes every flow that is about servers", async () => {
  const { cases, ...total } = await flowsAgainst();
  expect(cases.flatMap((result) => (result.outcome === "failed" ? linesOf(result) : []))).toEqual([]);
  expect(total).toEqual({ target: `${origin}/pay/flows/suite`, passed: 29, failed: 0, skipped: 6 });
  expect(totalOf({ ...total, cases })).toBe("29 passed, 0 failed, 6 skipped");
});

test("every case is told as it ends, in the order of the list", async () => {
  const told: string[] = [];
  const { cases } = await runFlows({ ...reach(), onCase: (result) => told.push(...linesOf(result)) });
  expect(told[0]).toBe("✓ success_charge");
  expect(told).toContain(
    "- no_receipt_header, skipped: for clients: a 200 without Payment-Receipt is accepted",
  );
  expect(told).toHaveLength(cases.length);
});

describe("a server is caught that", () => {
  const onPaid402 =
    (change: (headers: Headers) => void): Defect =>
    async (answer, asked) =>
      isPaid(asked) && answer.status === 402 ? await edited(answer, change) : answer;
  const onGoods =
    (change: (headers: Headers) => void): Defect =>
    async (answer, asked) =>
      isPaid(asked) && answer.status === 200 ? await edited(answer, change) : answer;

  const defects: Record<string, [Defect, readonly string[]]> = {
    "answers 402 without a challenge": [
      (answer) =>
        answer.status === 402 ? edited(answer, (headers) => headers.delete("www-authenticate")) : answer,
      ["success_charge", "verification_error", "missing_authorization"],
    ],
    "breaks its challenge's grammar": [
      (answer) =>
        answer.status === 402
          ? edited(answer, (headers) => headers.set("www-authenticate", 'Payment id="a'))
          : answer,
      ["success_charge"],
    ],
    "sends a challenge with an error": [
      (answer) =>
        answer.status === 500
          ? edited(answer, (headers) => headers.set("www-authenticate", someChallenge))
          : answer,
      ["non_402_error"],
    ],
    "sends a challenge with what is free": [
      (answer, { url }) =>
        url.endsWith("/free")
          ? edited(answer, (headers) => headers.set("www-authenticate", someChallenge))
          : answer,
      ["free_endpoint"],
    ],
    "sends a challenge with the goods": [
      onGoods((headers) => headers.set("www-authenticate", someChallenge)),
      ["success_charge", "post_body_charge"],
    ],
    "gives a receipt for a refusal": [
      onPaid402((headers) => headers.set("payment-receipt", someReceipt)),
      ["verification_error", "problem_details_retry_after_no_receipt"],
    ],
    "gives a receipt for an error": [
      (answer) =>
        answer.status === 500
          ? edited(answer, (headers) => headers.set("payment-receipt", someReceipt))
          : answer,
      ["non_402_error"],
    ],
    "serves without a receipt": [onGoods((headers) => headers.delete("payment-receipt")), ["success_charge"]],
    "gives another payment's receipt": [
      onGoods((headers) => headers.set("payment-receipt", someReceipt)),
      ["success_charge", "concurrent_replay_rejected"],
    ],
    "lets a 402 be cached": [
      (answer) =>
        answer.status === 402 ? edited(answer, (headers) => headers.delete("cache-control")) : answer,
      ["cache_headers_success", "success_charge"],
    ],
    "lets paid goods be cached": [
      onGoods((headers) => headers.set("cache-control", "public")),
      ["cache_headers_success"],
    ],
    "forgets how long to wait": [
      onPaid402((headers) => headers.delete("retry-after")),
      ["problem_details_retry_after_no_receipt"],
    ],
    "names its refusals wrongly": [
      async (answer, asked) =>
        isPaid(asked) && answer.status === 402
          ? await edited(
              answer,
              () => {},
              (await answer.text()).replaceAll("verification-failed", "payment-required"),
            )
          : answer,
      ["verification_error", "problem_details_verification_failed"],
    ],
    "explains itself in prose": [
      (answer) =>
        answer.status === 402
          ? edited(answer, (headers) => headers.set("content-type", "text/html"))
          : answer,
      ["problem_details_missing_auth"],
    ],
    "repeats the refused challenge": [
      (answer, asked) => {
        const token = asked.headers.get("authorization")?.slice("Payment ".length);
        if (!token || answer.status !== 402) return answer;
        const { challenge } = JSON.parse(Buffer.from(token, "base64url").toString());
        return edited(answer, (headers) =>
          headers.set(
            "www-authenticate",
            `Payment id="${challenge.id}", realm="r", method="tempo", intent="charge", request="e30"`,
          ),
        );
      },
      ["verification_error", "mismatched_request"],
    ],
    "asks for another amount": [
      (answer) =>
        answer.status === 402
          ? edited(answer, (headers) => {
              const { request } =
                /request="(?<request>[^"]+)"/.exec(headers.get("www-authenticate") ?? "")?.groups ?? {};
              const dearer = Buffer.from('{"amount":"9","currency":"usd","recipient":"merchant"}').toString(
                "base64url",
              );
              headers.set(
                "www-authenticate",
                (headers.get("www-authenticate") ?? "").replace(request ?? "", dearer),
              );
            })
          : answer,
      ["success_charge", "route_bound_basic_charge"],
    ],
    "does not bind the body": [
      (answer) =>
        answer.status === 402
          ? edited(answer, (headers) =>
              headers.set(
                "www-authenticate",
                (headers.get("www-authenticate") ?? "").replace(/, digest="[^"]+"/, ""),
              ),
            )
          : answer,
      ["body_digest_match"],
    ],
    "loses the body on the way": [
      async (answer, { url }) =>
        url.includes("post-body") && answer.status === 200
          ? await edited(answer, () => {}, '{"body":null}')
          : answer,
      ["post_body_charge", "post_body_preserved_on_retry"],
    ],
    "works twice for one key": [
      (() => {
        let calls = 0;
        return (answer, { url }) => {
          calls += 1;
          return url.includes("idempotent") && answer.status === 200
            ? edited(answer, () => {}, `{"call":${calls}}`)
            : answer;
        };
      })(),
      ["idempotent_post_side_effect"],
    ],
    "takes anything for a payment": [
      (answer, asked) =>
        isPaid(asked)
          ? new Response("served", {
              headers: { "payment-receipt": someReceipt, "cache-control": "private, no-store" },
            })
          : answer,
      [
        ...["verification_error", "invalid_payload", "expired_challenge", "mismatched_request"],
        ...["invalid_challenge_id", "missing_challenge_expires_rejected", "body_digest_mismatch"],
        ...["cross_route_credential_replay_rejected", "query_replay_rejected", "concurrent_replay_rejected"],
      ],
    ],
    "sends payers elsewhere": [
      (_, asked) => (asked.url.includes("/charge/") ? Response.redirect(`${origin}/elsewhere`, 307) : _),
      ["success_charge", "non_402_error"],
    ],
    "publishes no offers": [
      async (answer, { url }) =>
        url.endsWith("openapi.json")
          ? await edited(answer, () => {}, '{"openapi":"3.1.0","x-service-info":{}}')
          : answer,
      ["discovery_document"],
    ],
    "publishes offers that nobody understands": [
      async (answer, { url }) =>
        url.endsWith("openapi.json")
          ? await edited(
              answer,
              () => {},
              (await answer.text()).replaceAll('"amount":"1000"', '"amount":10.5'),
            )
          : answer,
      ["discovery_document"],
    ],
    "is not there": [
      () => Promise.reject(new TypeError("fetch failed")),
      ["success_charge", "discovery_document"],
    ],
  };

  test.each(Object.entries(defects))("%s", async (_, [defect, caught]) => {
    const { cases, failed } = await flowsAgainst(defect);
    expect(failedIn(cases)).toEqual(expect.arrayContaining([...caught]));
    expect(failedIn(cases)).toHaveLength(failed);
  });
});

describe("a paid JSON-RPC call", () => {
  const challenge = {
    id: "c1",
    realm: "r",
    method: "tempo",
    intent: "charge",
    request: { amount: "1", currency: "usd" },
  };
  const receipt = { status: "success", method: "tempo", challengeId: "c1", reference: "r1", timestamp: "t" };
  type Script = { unpaid?: unknown; paid?: unknown };

  const rpc =
    ({ unpaid, paid }: Script): Defect =>
    async (answer, asked) => {
      if (!asked.url.endsWith("/rpc")) return answer;
      const { id, _meta } = await asked.json();
      const body = _meta?.["org.paymentauth/credential"]?.challenge?.id === "c1" ? paid : unpaid;
      return Response.json({ jsonrpc: "2.0", id, ...(body as object) });
    };
  const asksFor = { error: { code: -32042, message: "Payment Required", data: { challenges: [challenge] } } };
  const gives = { result: { content: [], _meta: { "org.paymentauth/receipt": receipt } } };
  const outcomeOf = async (script: Script) =>
    (await flowsAgainst(rpc(script))).cases.find(({ name }) => name === "json_rpc_mcp_payment");

  test("passes when the error has the challenge and the result the receipt", async () => {
    expect(await outcomeOf({ unpaid: asksFor, paid: gives })).toMatchObject({ outcome: "passed" });
  });

  test.each<[string, Script, string]>([
    ["is free", { unpaid: gives, paid: gives }, "The unpaid call is no error -32042."],
    [
      "has another code",
      { unpaid: { error: { ...asksFor.error, code: -32000 } }, paid: gives },
      "The unpaid call is no error -32042.",
    ],
    [
      "has no challenge",
      { unpaid: { error: { code: -32042, data: { challenges: [] } } } },
      "The error has no tempo/charge challenge in data.challenges.",
    ],
    ["gives no result", { unpaid: asksFor, paid: asksFor }, "The paid call has no result."],
    [
      "gives no receipt",
      { unpaid: asksFor, paid: { result: { content: [] } } },
      "The result has no receipt for the challenge in its _meta.",
    ],
  ])("that %s fails", async (_, script, fault) => {
    const result = await outcomeOf(script);
    expect(result).toMatchObject({ outcome: "failed", faults: expect.arrayContaining([fault]) });
  });

  test("is skipped where nothing speaks JSON-RPC", async () => {
    const { cases } = await flowsAgainst();
    expect(cases.at(-1)).toEqual({
      name: "json_rpc_mcp_payment",
      outcome: "skipped",
      why: "nothing speaks JSON-RPC at /rpc",
    });
  });
});

describe("the checks of one address", () => {
  test("find nothing wrong with a correct server", async () => {
    const { cases, failed, passed, target } = await checksAgainst();
    expect(cases.flatMap((result) => (result.outcome === "failed" ? linesOf(result) : []))).toEqual([]);
    expect([failed, passed, target]).toEqual([0, cases.length, `${origin}/pay/flows/suite/charge/success`]);
  });

  test("leave out HEAD where something is sent", async () => {
    const { fetch, baseUrl } = reach();
    const sold = { url: `${baseUrl}/charge/post-body`, method: "POST", headers: {}, body: "{}" };
    const { cases } = await runChecks({ sold, payer: payer(), fetch, clock });
    expect(cases.find(({ name }) => name.startsWith("head_"))).toMatchObject({ outcome: "skipped" });
    expect(failedIn(cases)).toEqual([]);
  });

  const onChallenge =
    (change: (line: string, asked: Request) => string): Defect =>
    (answer, asked) => {
      const line = answer.headers.get("www-authenticate");
      return line === null
        ? answer
        : edited(answer, (headers) => headers.set("www-authenticate", change(line, asked)));
    };
  let served = new Map<string, Response>();
  const defects: Record<string, [Defect, readonly string[]]> = {
    "a realm that is not the host": [
      onChallenge((line) => line.replace('realm="pay.example"', 'realm="elsewhere.example"')),
      ["challenge_says_what_to_pay_until_when"],
    ],
    "a realm that follows a header": [
      onChallenge((line, { headers }) =>
        line.replace("pay.example", headers.get("x-forwarded-host") ?? "pay.example"),
      ),
      ["realm_follows_no_header"],
    ],
    "a challenge that is over": [
      onChallenge((line) => line.replace(/expires="[^"]+"/, 'expires="2026-11-21T11:59:59.000Z"')),
      ["challenge_says_what_to_pay_until_when"],
    ],
    "one challenge for all": [
      onChallenge((line) => line.replace(/id="[^"]+"/, 'id="same"')),
      ["every_challenge_is_its_own"],
    ],
    "a HEAD that is free": [
      (answer, { method }) => (method === "HEAD" ? new Response(null) : answer),
      ["head_is_challenged_without_a_body"],
    ],
    "a preflight that costs": [
      (answer, { method }) => (method === "OPTIONS" ? new Response("", { status: 402 }) : answer),
      ["preflight_is_free"],
    ],
    "headers that no page may read": [
      (answer) => edited(answer, (headers) => headers.delete("access-control-expose-headers")),
      ["pages_may_read_challenge_and_receipt"],
    ],
    "a bearer token taken for a payment": [
      (answer, { headers }) =>
        headers.get("authorization")?.startsWith("Bearer") ? new Response("ok") : answer,
      ["other_credentials_are_none"],
    ],
    "no challenge when a preference is not met": [
      (answer, { headers }) => (headers.has("accept-payment") ? new Response("", { status: 406 }) : answer),
      ["a_preference_nobody_meets_is_ignored"],
    ],
    "a crash at a malformed credential": [
      (answer, { headers }) =>
        (headers.get("authorization")?.length ?? 99) < 20 ? new Response("", { status: 500 }) : answer,
      ["malformed_credentials_get_a_fresh_challenge"],
    ],
    "trust in whatever is echoed": [
      (answer, { headers }) =>
        (headers.get("authorization")?.length ?? 0) > 100
          ? new Response("served", {
              headers: { "payment-receipt": someReceipt, "cache-control": "private" },
            })
          : answer,
      [
        ...["a_payload_of_another_shape_is_refused", "a_credential_is_good_for_its_own_request_only"],
        ...["a_used_credential_is_refused", "a_used_payment_buys_nothing_under_a_fresh_challenge"],
        ...[
          "two_credentials_at_once_are_refused",
          "copies_sent_at_once_are_served_once",
          "a_declined_payment_is_refused",
        ],
      ],
    ],
    "a payment that is burnt by a refused attempt": [
      (() => {
        let refusals = 0;
        return (answer, asked) => {
          if (isPaid(asked) && answer.status === 402) refusals += 1;
          return refusals > 10 && answer.status === 200 ? new Response("", { status: 409 }) : answer;
        };
      })(),
      ["a_credential_is_good_for_its_own_request_only"],
    ],
    "goods without a receipt": [
      (answer) => edited(answer, (headers) => headers.delete("payment-receipt")),
      ["paid_request_is_served_with_a_receipt"],
    ],
    "replays that are served": [
      async (answer, { headers }) => {
        const credential = headers.get("authorization") ?? "";
        if (answer.status === 200 && credential) served.set(credential, answer.clone());
        return answer.status === 402 ? (served.get(credential)?.clone() ?? answer) : answer;
      },
      ["a_used_credential_is_refused"],
    ],
    "another answer for the same key": [
      (answer, { headers }) =>
        headers.has("idempotency-key") && answer.headers.has("idempotency-replayed")
          ? edited(answer, () => {}, "something else")
          : answer,
      ["an_idempotency_key_gets_the_first_answer_again"],
    ],
  };

  test.each(Object.entries(defects))("catch %s", async (_, [defect, caught]) => {
    served = new Map();
    const { cases } = await checksAgainst(defect);
    expect(failedIn(cases)).toEqual(expect.arrayContaining([...caught]));
  });
});
