import { callbackFaults, createdFaults, differing, doneFaults, refusedFaults, statusFault } from "./judge";
import { type Case, cardMethods, cards, redirectMethods, withCard } from "./suite";
import { newRef, pairHeaders, suiteHeader, type Visit } from "./visit";

const callbackMs = 30_000;

const atOnce: Case = {
  name: "Twenty creates at once are one payment",
  methods: cardMethods,
  async faults({ create, asking }, paymentMethod) {
    const asked = asking({ paymentMethod, ...withCard(cards.approved) });
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(asked)));
    const tids = new Set(answers.map(({ body }) => body.tid));
    const last = await create(asked);
    return [
      ...answers.flatMap((answer) => statusFault(answer, 200)),
      ...(tids.size === 1 ? [] : [`${tids.size} payments were opened.`]),
      ...createdFaults(last, asked.paymentId, "approved"),
    ];
  },
};

const parts: Case = {
  name: "20 and 30 of 57 are settled, and 8 more are refused",
  methods: cardMethods,
  async faults({ create, operate, asking }, paymentMethod) {
    const asked = asking({ paymentMethod, ...withCard(cards.approved) });
    await create(asked);
    const [one, two, three] = [
      await operate("settlements", asked, { value: 20 }),
      await operate("settlements", asked, { value: 30 }),
      await operate("settlements", asked, { value: 8 }),
    ];
    return [
      ...doneFaults(one, { id: "settleId", value: 20 }),
      ...doneFaults(two, { id: "settleId", value: 30 }),
      ...refusedFaults(three, { id: "settleId", value: 0 }),
    ];
  },
};

const strangers: Case = {
  name: "Wrong, empty and swapped credentials are refused, both spellings of the headers are known",
  methods: redirectMethods,
  async faults({ create, asking, target }, paymentMethod) {
    const { appKey, appToken } = target.pair;
    const wrong = [
      { appKey, appToken: newRef() },
      { appKey: appToken, appToken: appKey },
      { appKey, appToken: "" },
    ];
    const refused = [
      {},
      ...wrong.map(pairHeaders),
      { ...pairHeaders({ appKey, appToken: newRef() }), ...suiteHeader },
    ];
    const answers = await Promise.all(
      refused.map(async (headers) => await create(asking({ paymentMethod }), { headers })),
    );
    const provider = { "X-PROVIDER-API-AppKey": appKey, "X-PROVIDER-API-AppToken": appToken };
    const known = await create(asking({ paymentMethod }), { headers: provider });
    return [...answers.flatMap((answer) => statusFault(answer, 401)), ...statusFault(known, 200)];
  },
};

const unknown: Case = {
  name: "A payment that is not the merchant's is 404",
  async faults({ operate, asking }) {
    const asked = asking({});
    const answers = [
      await operate("settlements", asked, { value: 57 }),
      await operate("cancellations", asked),
      await operate("refunds", asked, { value: 57 }),
    ];
    return answers.flatMap((answer) => statusFault(answer, 404));
  },
};

const printed: Case = {
  name: "The number of a card is refused outside the suite, and not repeated",
  methods: cardMethods,
  async faults({ create, asking, target }, paymentMethod) {
    const asked = asking({ paymentMethod, ...withCard(cards.approved) });
    const said = await create(asked, { headers: pairHeaders(target.pair) });
    const isRepeated = said.text.includes(cards.approved);
    return [
      ...statusFault(said, 400),
      ...differing(said.body, { code: "pan_not_accepted" }),
      ...(isRepeated ? ["The answer holds the number."] : []),
    ];
  },
};

const changed: Case = {
  name: "A repeat that asks for something else is refused",
  methods: cardMethods,
  async faults({ create, operate, asking }, paymentMethod) {
    const asked = asking({ paymentMethod, ...withCard(cards.approved) });
    await create(asked);
    const other = await create({ ...asked, value: 58 });
    const requestId = newRef();
    await operate("settlements", asked, { value: 20, requestId });
    const settled = await operate("settlements", asked, { value: 21, requestId });
    return [
      ...statusFault(other, 400),
      ...differing(other.body, { code: "payment_changed" }),
      ...statusFault(settled, 409),
    ];
  },
};

const inbound: Case = {
  name: "Both spellings of inbound requests are answered",
  methods: redirectMethods,
  async faults({ create, send, asking }, paymentMethod) {
    const asked = asking({ paymentMethod });
    const { body } = await create(asked);
    const { paymentId, transactionId } = asked;
    const ask = (spelling: string) =>
      send("POST", `payments/${paymentId}/${spelling}/status`, {
        body: { paymentId, transactionId, tid: body.tid, requestId: newRef(), requestData: { body: "x" } },
      });
    const answers = [await ask("inbound"), await ask("inbound-request")];
    return answers.flatMap((answer) => [
      ...statusFault(answer, 200),
      ...(answer.body.responseData ? [] : ["responseData is missing."]),
    ]);
  },
};

const nulls: Case = {
  name: "A card of null and of the word are the same",
  methods: redirectMethods,
  async faults({ create, asking }, paymentMethod) {
    const answers = await Promise.all(
      [null, "null"].map(async (card) => await create(asking({ paymentMethod, card }))),
    );
    return answers.flatMap((answer) => [
      ...statusFault(answer, 200),
      ...differing(answer.body, { status: "undefined" }),
    ]);
  },
};

const strangeHosts: Case = {
  name: "A callback to a host that nobody listed is refused",
  methods: redirectMethods,
  async faults({ create, asking }, paymentMethod) {
    const urls = ["https://10.0.0.1/callback", "https://evil.example/callback", "ftp://acme.myvtex.com/"];
    const answers = await Promise.all(
      urls.map(async (callbackUrl) => await create(asking({ paymentMethod, callbackUrl }))),
    );
    return answers.flatMap((answer) => statusFault(answer, 400));
  },
};

/** The first try goes wrong; the end is told all the same. */
async function toldAgain({ target, create, asking }: Visit, paymentMethod: string, how: "redirect" | "hang") {
  const asked = asking({ paymentMethod });
  const { paymentId, callbackUrl: url } = asked;
  target.desk.answerNext(url, how);
  await create(asked);
  const first = await target.desk.next(url, callbackMs);
  const second = await target.desk.next(url, callbackMs);
  return [
    ...(first ? [] : ["No callback came."]),
    ...callbackFaults(target, second, { url, paymentId, status: "approved" }),
  ];
}

/** What a careful gateway tries besides the published cases. */
export const beyond: readonly Case[] = [
  atOnce,
  parts,
  strangers,
  unknown,
  printed,
  changed,
  inbound,
  nulls,
  strangeHosts,
  {
    name: "A callback that is redirected is sent again",
    methods: redirectMethods,
    faults: (visit, method) => toldAgain(visit, method, "redirect"),
  },
  {
    name: "A callback that is never answered is sent again",
    methods: redirectMethods,
    faults: (visit, method) => toldAgain(visit, method, "hang"),
  },
];
