import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { StripeEvent } from "@/e2e/networks/stripe/double";
import { sha256 } from "@/lib/kit";
import { receiveNotice } from "@/lib/runtime";
import { createStripeWorld, type StripeWorld } from "@/lib/testing/stripe-world";
import { ok } from "@/lib/testing/upstream-double";

let given: StripeWorld;
beforeAll(async () => {
  given = await createStripeWorld();
});
beforeEach(async () => {
  given.double.calm();
  given.world.upstream.answer(ok);
});
afterAll(() => given.close());

const address = { kind: "stripe", merchant: "acme", rail: "cards" };

async function deliver(
  { body, headers }: { body: string; headers: Record<string, string> },
  where: Partial<typeof address> = {},
  process = 0,
): Promise<number> {
  const request = new Request("http://farebox.test/api/rails/stripe/acme/cards", {
    method: "POST",
    body,
    headers,
  });
  return (await receiveNotice(given.runtimeOf(process), request, { ...address, ...where })).status;
}

const secret = () => given.double.settings().webhookSecret;
const send = (event: StripeEvent, process = 0) =>
  deliver(given.double.events.delivery(event, secret()), {}, process);
const processor = () => given.runtimeOf().processor;
const merchantId = async () => (await given.paid()).merchantId;
const receiptOf = async (id: string | null, merchant: string) =>
  processor().receipts.get({ merchantId: merchant, id: id ?? "" });
const notices = () => given.runtimeOf().database.client.notice.count();
const books = async (chargeId: string) => {
  const rows = await given.runtimeOf().ledger.postingsOf(chargeId);
  const sums = new Map<string, bigint>();
  for (const { account, amount } of rows) sums.set(account, (sums.get(account) ?? 0n) + amount.units);
  return Object.fromEntries([...sums].filter(([, sum]) => sum !== 0n));
};
const verified = async () =>
  (await processor().verify({ rails: true })).violations.map(({ rule, detail }) => `${rule}: ${detail}`);

describe("a callback", () => {
  test("is refused when its signature is missing, of another secret, too old, or over other bytes", async () => {
    await given.paid();
    const { double } = given;
    const event = double.events.named("payment_intent.succeeded");
    const good = double.events.delivery(event, secret());
    const before = await notices();
    expect(await deliver({ ...good, headers: {} })).toBe(400);
    expect(await deliver(double.events.delivery(event, "whsec_somebody_elses"))).toBe(400);
    expect(await deliver(double.events.delivery(event, secret(), new Date(Date.now() - 301_000)))).toBe(400);
    expect(await deliver({ ...good, body: good.body.replace("succeeded", "canceled") })).toBe(400);
    expect(await deliver({ ...good, body: JSON.stringify(JSON.parse(good.body)) })).toBe(400);
    expect(await notices()).toBe(before);
  });

  test("is not taken for another merchant, rail or kind, and not beyond 256 KiB", async () => {
    await given.paid();
    const { events } = given.double;
    const good = events.delivery(events.named("payment_intent.succeeded"), secret());
    for (const where of [{ merchant: "other" }, { rail: "demo" }, { rail: "none" }, { kind: "demo" }]) {
      expect(await deliver(good, where)).toBe(404);
    }
    expect(await deliver({ ...good, body: "x".repeat(256 * 1024 + 1) })).toBe(413);
  });

  test("of the other mode or another account is authentic, and has no effect", async () => {
    await given.paid();
    const { events } = given.double;
    const event = events.named("payment_intent.succeeded");
    const before = await notices();
    const live = events.altered(event, (body) => {
      body.livemode = true;
      body.id = "evt_live";
    });
    const foreign = events.altered(event, (body) => {
      body.account = "acct_other";
      body.id = "evt_foreign";
    });
    expect([await send(live), await send(foreign)]).toEqual([200, 200]);
    expect(await notices()).toBe(before);
  });

  test("counts once, fifty times at once on two processes", async () => {
    await given.paid();
    const event = given.double.events.named("payment_intent.succeeded");
    const before = await notices();
    const all = await Promise.all(Array.from({ length: 50 }, (_, place) => send(event, place % 2)));
    expect(new Set(all)).toEqual(new Set([200]));
    expect(await notices()).toBe(before + 1);
    await given.settle();
    expect(await send(event)).toBe(200);
    expect(await notices()).toBe(before + 1);
  });

  test("about nothing of ours is kept as unmatched, and of a type that names no payment as ignored", async () => {
    await given.paid();
    const { events } = given.double;
    const event = events.named("payment_intent.succeeded");
    const strange = events.altered(event, (body) => {
      body.id = "evt_strange";
      body.data = { object: { id: "pi_never_made", object: "payment_intent" } };
    });
    const account = events.altered(event, (body) => {
      Object.assign(body, { id: "evt_account", type: "account.updated", data: { object: { id: "acct_1" } } });
    });
    expect([await send(strange), await send(account)]).toEqual([200, 200]);
    for (let round = 0; round < 8; round += 1) await given.settle();
    const { client } = given.runtimeOf().database;
    const rows = await client.notice.findMany({ where: { eventId: { in: ["evt_strange", "evt_account"] } } });
    expect(new Map(rows.map(({ eventId, state }) => [eventId, state]))).toEqual(
      new Map([
        ["evt_strange", "unmatched"],
        ["evt_account", "ignored"],
      ]),
    );
  });

  test("with a wrong amount changes nothing: the network is asked, not believed", async () => {
    const charge = await given.paid();
    const { events } = given.double;
    const forgedAmount = events.altered(events.named("payment_intent.succeeded"), (body) => {
      body.id = "evt_amount";
      body.data = { object: { id: charge.reference, object: "payment_intent", amount_received: 999_999 } };
    });
    expect(await send(forgedAmount)).toBe(200);
    await given.settle();
    const receipt = await receiptOf(charge.receiptId, charge.merchantId);
    expect([receipt.amount.units, receipt.fee.units, receipt.net.units]).toEqual([250n, 37n, 213n]);
  });

  test("that comes before our own call has returned decides the payment", async () => {
    const [offer, spt] = [await given.challenge(), given.grant()];
    given.double.knobs.lose = "reset";
    expect((await given.presented(offer, spt)).status).toBe(503);
    given.double.calm();
    const unknown = await given.chargeOf(offer.id);
    expect(unknown?.reference).toBeNull();
    await send(given.double.events.named("payment_intent.succeeded"), 1);
    await given.settle(1);
    expect(await given.chargeOf(offer.id)).toMatchObject({ state: "captured" });
    expect((await given.presented(offer, spt)).status).toBe(200);
  });

  test("that cannot be worked on yet says why, and how often it was tried, until it can", async () => {
    const charge = await given.paid();
    given.double.dispute(charge.reference ?? "");
    const about = { merchantId: charge.merchantId, mode: "test" as const };
    await send(given.double.events.named("charge.dispute.created"));
    await given.double.down();
    await given.settle();
    const [waiting] = (await processor().notices.list(about)).data;
    expect(waiting).toMatchObject({ state: "received", attempts: 1, chargeId: null });
    expect(waiting?.fault).not.toBeNull();
    await given.double.up();
    await processor().notices.replay({ ...about, id: waiting?.id ?? "" });
    await given.settle();
    const [done] = (await processor().notices.list(about)).data;
    expect(done).toMatchObject({ id: waiting?.id, state: "done", attempts: 2, fault: null });
  });

  test("is worked on again when somebody asks for it", async () => {
    const charge = await given.paid();
    await send(given.double.events.named("payment_intent.succeeded"));
    await given.settle();
    const { data } = await processor().notices.list({ merchantId: charge.merchantId });
    const [latest] = data;
    expect(latest).toMatchObject({ state: "done", chargeId: charge.id, attempts: 1 });
    await processor().notices.replay({ merchantId: charge.merchantId, id: latest?.id ?? "" });
    await given.settle();
    const again = await processor().notices.list({ merchantId: charge.merchantId });
    expect(again.data[0]).toMatchObject({ state: "done", attempts: 2 });
    await expect(processor().notices.replay({ merchantId: "m_other", id: latest?.id ?? "" })).rejects.toThrow(
      "There is no such notice",
    );
  });
});

describe("fees and refunds", () => {
  test("a fee that is known only later is booked once", async () => {
    given.double.knobs.holdFees = true;
    const charge = await given.paid();
    expect(String(charge.fee)).toBe("0");
    given.double.clearFees();
    await send(given.double.events.named("payment_intent.succeeded"));
    await given.settle();
    await processor().reconciliation.run({ merchantId: charge.merchantId });
    const receipt = await receiptOf(charge.receiptId, charge.merchantId);
    expect([receipt.fee.units, receipt.net.units]).toEqual([37n, 213n]);
    expect(receipt.postings.filter(({ reason }) => reason === "charge.fee")).toHaveLength(2);
    expect(await verified()).toEqual([]);
  });

  test("of two refunds of sixty per cent at once one succeeds", async () => {
    const charge = await given.paid();
    const ask = (key: string) =>
      processor().requestRefund({
        merchantId: charge.merchantId,
        receiptId: charge.receiptId ?? "",
        amount: { units: 150n, currency: { code: "USD", exponent: 2 } },
        key,
        actor: "system",
      });
    const asked = await Promise.allSettled([ask(`a-${charge.id}`), ask(`b-${charge.id}`)]);
    expect(asked.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    await given.settle();
    expect((await receiptOf(charge.receiptId, charge.merchantId)).refunded.units).toBe(150n);
    expect(await verified()).toEqual([]);
  });

  test.each([
    ["succeeded", "settled", 100n],
    ["failed", "failed", 0n],
    ["canceled", "failed", 0n],
  ] as const)("one that is pending and then has %s is %s", async (how, status, refunded) => {
    const charge = await given.paid();
    given.double.knobs.refund = "pending";
    const { id } = await processor().requestRefund({
      merchantId: charge.merchantId,
      receiptId: charge.receiptId ?? "",
      amount: { units: 100n, currency: { code: "USD", exponent: 2 } },
      key: `pending-${charge.id}`,
      actor: "system",
    });
    await given.settle();
    expect((await processor().getRefund({ merchantId: charge.merchantId, id })).status).toBe("submitted");
    given.double.endRefund(given.double.refunds().at(-1) ?? "", how);
    const { events } = given.double;
    await send(events.named(how === "failed" ? "refund.failed" : "refund.updated"));
    await given.settle();
    expect((await processor().getRefund({ merchantId: charge.merchantId, id })).status).toBe(status);
    const receipt = await receiptOf(charge.receiptId, charge.merchantId);
    expect([receipt.refunded.units, receipt.pendingRefund.units]).toEqual([refunded, 0n]);
  });

  test("one whose answer was lost is made once, also when its key is forgotten", async () => {
    const charge = await given.paid();
    given.double.knobs.lose = "reset";
    const { id } = await processor().requestRefund({
      merchantId: charge.merchantId,
      receiptId: charge.receiptId ?? "",
      key: `lost-${charge.id}`,
      actor: "system",
    });
    await given.settle();
    given.double.calm();
    given.double.forgetKeys();
    await given.settle();
    expect((await processor().getRefund({ merchantId: charge.merchantId, id })).status).toBe("settled");
    const moved = given.double
      .log()
      .filter(({ type, about }) => type === "refund" && about === charge.challengeId);
    expect(moved.map(({ units }) => units)).toEqual([250]);
  });
});

describe("a dispute", () => {
  const opened = async () => {
    const charge = await given.paid();
    const dispute = given.double.dispute(charge.reference ?? "");
    return { charge, dispute };
  };

  test("marks the receipt, takes amount and fee from the rail, and shows until when it can be answered", async () => {
    const { charge, dispute } = await opened();
    await send(given.double.events.named("charge.dispute.created"));
    await given.settle();
    const receipt = await receiptOf(charge.receiptId, charge.merchantId);
    expect(receipt).toMatchObject({ status: "disputed", fee: { units: 1_537n } });
    expect(receipt.disputes).toMatchObject([
      { reference: dispute.id, state: "open", withheld: { units: 250n }, needsResponse: true },
    ]);
    expect(receipt.disputes[0]?.respondBy?.getTime()).toBe((dispute.evidence_details.due_by ?? 0) * 1000);
    expect(await books(charge.id)).toEqual({
      "merchant:sales": -250n,
      "merchant:disputed": 250n,
      "rail:cards:fees": 1_537n,
      "rail:cards": -1_537n,
    });
    await expect(
      processor().requestRefund({
        merchantId: charge.merchantId,
        receiptId: receipt.id,
        key: `no-${charge.id}`,
        actor: "system",
      }),
    ).rejects.toThrow();
    expect(await verified()).toEqual([]);
  });

  test.each([
    ["won", "paid", { "merchant:sales": -250n, "rail:cards:fees": 1_537n, "rail:cards": -1_287n }],
    [
      "lost",
      "disputed",
      {
        "merchant:sales": -250n,
        "merchant:dispute-losses": 250n,
        "rail:cards:fees": 1_537n,
        "rail:cards": -1_537n,
      },
    ],
  ] as const)(
    "that is %s leaves the receipt %s, in whatever order its events come",
    async (how, status, sums) => {
      const { charge, dispute } = await opened();
      given.double.closeDispute(dispute.id, how);
      const about = given.double.events.all.filter(({ body }) => body.includes(dispute.id));
      const orders = [about, about.toReversed(), [...about.slice(1), ...about]];
      for (const order of orders) {
        for (const event of order) await send(event);
        await given.settle();
        expect((await receiptOf(charge.receiptId, charge.merchantId)).status).toBe(status);
        expect(await books(charge.id)).toEqual(sums);
      }
      const { data } = await processor().receipts.list({
        merchantId: charge.merchantId,
        status: ["disputed"],
        q: charge.id,
      });
      expect(data).toHaveLength(how === "lost" ? 1 : 0);
      expect(await verified()).toEqual([]);
    },
  );

  test("that is only asked about takes nothing", async () => {
    const charge = await given.paid();
    given.double.dispute(charge.reference ?? "", { isWarning: true });
    await send(given.double.events.named("charge.dispute.created"));
    await given.settle();
    const receipt = await receiptOf(charge.receiptId, charge.merchantId);
    expect([receipt.status, receipt.disputes[0]?.state]).toEqual(["paid", "warning"]);
    expect(await books(charge.id)).toMatchObject({ "rail:cards": 213n });
  });

  test("that nobody tells of is found by asking, once, and only where one began", async () => {
    await given.paid();
    const { charge, dispute } = await opened();
    const find = processor().worker.find(({ kind }) => kind === "disputes.find");
    await processor().reconciliation.run({ merchantId: charge.merchantId });
    expect((await receiptOf(charge.receiptId, charge.merchantId)).disputes).toEqual([]);
    expect(await find?.run()).toBeGreaterThan(0);
    const receipt = await receiptOf(charge.receiptId, charge.merchantId);
    expect(receipt).toMatchObject({ status: "disputed", disputes: [{ reference: dispute.id }] });
    expect(await find?.run()).toBe(0);
    await send(given.double.events.named("charge.dispute.created")); // it comes after all, and says nothing new
    await given.settle();
    expect((await receiptOf(charge.receiptId, charge.merchantId)).disputes).toHaveLength(1);
    expect(await verified()).toEqual([]);
  });

  test("that was not answered about is found by the next look", async () => {
    const { charge } = await opened();
    const find = given.runtimeOf(1).processor.worker.find(({ kind }) => kind === "disputes.find");
    await given.double.down();
    expect(await find?.run()).toBe(0);
    await given.double.up();
    expect(await find?.run()).toBeGreaterThan(0);
    expect((await receiptOf(charge.receiptId, charge.merchantId)).status).toBe("disputed");
  });

  test("can be answered with one file that holds hashes, times and states, and no body or token", async () => {
    const { charge } = await opened();
    const body = Buffer.from(JSON.stringify({ answer: 42 }));
    await send(given.double.events.named("charge.dispute.created"));
    await given.settle();
    const evidence = await processor().receipts.evidence({
      merchantId: charge.merchantId,
      id: charge.receiptId ?? "",
    });
    expect(evidence).toMatchObject({
      challenge: { id: charge.challengeId },
      delivery: {
        state: "delivered",
        upstreamStatus: 200,
        bytes: String(body.byteLength),
        response: { sha256: sha256(body).toString("base64url"), contentType: "application/json" },
      },
      disputes: [{ state: "open", amount: "2.50" }],
    });
    expect(JSON.stringify(evidence)).not.toMatch(/spt_|"answer"/);
    await expect(
      processor().receipts.evidence({ merchantId: "m_other", id: charge.receiptId ?? "" }),
    ).rejects.toThrow("no such receipt");
  });
});

test("five events about one payment end in one state, in every order", async () => {
  const merchant = await merchantId();
  const charge = await given.paid();
  await processor().requestRefund({
    merchantId: merchant,
    receiptId: charge.receiptId ?? "",
    amount: { units: 100n, currency: { code: "USD", exponent: 2 } },
    key: `five-${charge.id}`,
    actor: "system",
  });
  await given.settle();
  const dispute = given.double.dispute(charge.reference ?? "");
  given.double.closeDispute(dispute.id, "lost");
  const about = given.double.events.all.filter(({ body }) => body.includes(charge.reference ?? "-"));
  const five = about.filter(({ type }) => !type.includes("funds")).slice(-5);
  expect(five).toHaveLength(5);
  const permutations = (rest: StripeEvent[]): StripeEvent[][] =>
    rest.length === 0
      ? [[]]
      : rest.flatMap((one, at) => permutations(rest.toSpliced(at, 1)).map((tail) => [one, ...tail]));
  let expected: unknown = null;
  for (const [at, order] of permutations(five).entries()) {
    if (at % 10 !== 0) continue;
    const numbered = order.map((event) =>
      given.double.events.altered(event, (body) => {
        body.id = `${event.id}_${at}`;
      }),
    );
    for (const event of numbered) await send(event);
    await given.settle();
    const { status, refunded, fee } = await receiptOf(charge.receiptId, merchant);
    const end = { status, refunded: refunded.units, fee: fee.units, books: await books(charge.id) };
    expected ??= end;
    expect(end).toEqual(expected);
  }
  expect(expected).toMatchObject({ status: "disputed", refunded: 100n });
});
