import type { Ground } from "./ground";
import { type SessionGround, unitSats } from "./session-ground";
import type { Session } from "./session-payers";

const unitMsat = BigInt(unitSats) * 1_000n;

type Checked = Readonly<{ counts: Record<string, number>; violations: readonly string[] }>;
type Say = (text: string) => void;
type ChannelRow = NonNullable<
  Awaited<ReturnType<Ground["runtime"]["database"]["client"]["channel"]["findUnique"]>>
>;
type Decimal = { toFixed(): string };

const msat = (value: Decimal): bigint => BigInt(value.toFixed());
const total = (values: Iterable<bigint>): bigint => [...values].reduce((sum, value) => sum + value, 0n);

/** What every use has become, by the name that its upstream call carried. */
async function chargedUnits({ runtime }: Ground): Promise<Map<string, { channelId: string; units: bigint }>> {
  const charges = await runtime.database.client.charge.findMany({
    where: { channelId: { not: null } },
    select: { id: true, channelId: true, captured: true },
  });
  return new Map(
    charges.map(({ id, channelId, captured }) => [
      `fb-${id}`,
      { channelId: channelId ?? "", units: msat(captured) / unitMsat },
    ]),
  );
}

/** Holds what one payer heard against what that payer was charged; answers the units that were paid and never came. */
function checkAnswers(session: Session, charged: Awaited<ReturnType<typeof chargedUnits>>, say: Say): bigint {
  const heard = new Map(
    session.answers.filter(({ key }) => key !== "").map((answer) => [answer.key, answer]),
  );
  for (const [key, { units, isWhole, told }] of heard) {
    const paid = charged.get(key);
    if (paid && paid.channelId !== session.id) say(`${key} was charged to another session`);
    const debited = paid?.units ?? 0n;
    if (BigInt(units) > debited) say(`${key} delivered ${units} units and debited ${debited}`);
    if (isWhole && BigInt(units) !== debited)
      say(`${key} is whole with ${units} units and debited ${debited}`);
    if (told >= 0 && told !== units) say(`${key} says ${told} units and delivered ${units}`);
  }
  const mine = [...charged].filter(([, { channelId }]) => channelId === session.id);
  const lost = total(mine.map(([key, { units }]) => units - BigInt(heard.get(key)?.units ?? 0)));
  return lost;
}

/** Holds one channel against the node's own list of payments, in both directions. */
function checkMoney(
  { pair }: SessionGround,
  { session, row, hashes, charged }: { session: Session; row: ChannelRow; hashes: string[]; charged: bigint },
  say: Say,
): void {
  const [deposit, spent, refunded] = [msat(row.deposit), msat(row.spent), msat(row.refunded)];
  if (row.status !== "closed" || msat(row.reserved) !== 0n)
    say(`it is ${row.status}, ${row.reserved} reserved`);
  if (charged !== spent) say(`spent ${spent}, charged ${charged}`);
  const came = hashes.map((hash) => pair.merchant.incoming.get(hash));
  const received = total(came.map((invoice) => (invoice?.state === "settled" ? invoice.receivedMsat : 0n)));
  if (received !== deposit) say(`deposit ${deposit}, the node received ${received}`);
  if ([...session.paid].sort().join() !== [...hashes].sort().join())
    say(`${session.paid.length} payments were made for it and ${hashes.length} are credited`);
  const back = [...pair.merchant.outgoing.values()].filter(({ bolt11 }) => bolt11 === session.returnInvoice);
  const sent = total(back.map(({ state, msat: amount }) => (state === "succeeded" ? amount : 0n)));
  if (sent !== refunded) say(`refunded ${refunded}, the node sent ${sent}`);
  // Nothing of what was on its way when it closed goes back: what then was not spent is owed, and stays in the books.
  const final = msat(row.closingSpent ?? row.spent);
  if (final < spent) say(`it closed at ${final} and spent ${spent}`);
  if (refunded !== deposit - final)
    say(`${deposit - final} were to go back, refunded ${refunded}, ${row.refundState}`);
  const told = session.closed && BigInt(Number(session.closed.refundSats)) * 1_000n;
  if (told !== null && told !== deposit - final)
    say(`its payer was told that ${told} go back, of ${deposit - final}`);
}

const owed = ({ deposit, spent, refunded }: ChannelRow): bigint =>
  msat(deposit) - msat(spent) - msat(refunded);

/** The rail's own account beside what the node holds. */
async function checkBooks(ground: Ground, { pair, paidOut }: SessionGround, say: Say): Promise<void> {
  const { client } = ground.runtime.database;
  const [books] = await client.$queryRaw<{ sum: Decimal }[]>`
    select coalesce(sum(units), 0) as sum from posting where account = 'rail:ln'`;
  const moved = pair.merchant
    .payments()
    .map(({ direction, msat: amount }) => (direction === "in" ? amount : -amount));
  const held = total(moved) - total([...pair.merchant.outgoing.values()].map(({ feeMsat }) => feeMsat));
  if (!books || msat(books.sum) !== held)
    say(`the ledger says ${books?.sum.toFixed()}, the node holds ${held}`);
  if (new Set(paidOut()).size !== paidOut().length) say("one return invoice was paid twice");
  const verified = await ground.runtime.processor.verify({ rails: true });
  for (const { rule, subject, detail } of verified.violations) say(`${rule}: ${subject} ${detail}`);
}

/** Compares what every payer heard and paid with our records, the ledger and the node's own list of payments. */
export async function checkSessions(
  ground: Ground,
  sessions: SessionGround,
  lived: readonly Session[],
): Promise<Checked> {
  const { client } = ground.runtime.database;
  const violations: string[] = [];
  const charged = await chargedUnits(ground);
  const rows = new Map((await client.channel.findMany()).map((row) => [row.id, row]));
  const deposits = await client.channelDeposit.findMany({ where: { state: "credited" } });
  let lost = 0n;
  for (const session of lived) {
    const say: Say = (text) => violations.push(`${session.id}: ${text}.`);
    const row = rows.get(session.id);
    if (!row) {
      say("it was paid for and is not there");
      continue;
    }
    lost += checkAnswers(session, charged, say);
    const mine = [...charged.values()].filter(({ channelId }) => channelId === session.id);
    const hashes = deposits
      .filter(({ channelId }) => channelId === session.id)
      .map(({ offer }) => String((offer as Record<string, unknown>).paymentHash));
    const sum = total(mine.map(({ units }) => units)) * unitMsat;
    checkMoney(sessions, { session, row, hashes, charged: sum }, say);
  }
  if (rows.size !== lived.length)
    violations.push(`${lived.length} sessions were opened, ${rows.size} are there.`);
  if (charged.size === 0) violations.push("Nothing was sold: nothing was tried.");
  await checkBooks(ground, sessions, (text) => violations.push(`${text}.`));
  const answers = lived.flatMap((session) => session.answers);
  const refunds = [...sessions.pair.merchant.outgoing.values()].filter(({ state }) => state === "succeeded");
  return {
    counts: {
      "owed units": Number(total([...rows.values()].map(owed)) / unitMsat),
      units: Number(total([...charged.values()].map(({ units }) => units))),
      "answers cut": answers.filter(({ isWhole, key }) => !isWhole && key !== "").length,
      "paid and lost on the way": Number(lost),
      "sent back": refunds.length,
    },
    violations,
  };
}
