import { sha256 } from "@/lib/kit";
import { Money } from "@/lib/money";

export const pts = { code: "PTS", exponent: 3 } as const;
export const points = (units: bigint) => Money.of(units, pts);

type Ticket = { key: string; units: bigint; isPaid: boolean };
type Behaviour = "normal" | "down" | "lose-answer" | "refuse-refund";
type Gift = Readonly<{ key: string; to: string; units: bigint }>;
type Closing = Readonly<{ key: string; isRepeat: boolean | undefined }>;

const secretFor = (key: string) => sha256(`secret of ${key}`).toString("hex");

/** The public name of a secret: whoever knows the secret holds what the name stands for. */
export const nameOf = (secret: string) => sha256(secret).toString("hex");

export type TicketNetwork = ReturnType<typeof createTicketNetwork>;

/** A network of prepaid tickets that lives in a test: what it did itself is what the books are compared with. */
export function createTicketNetwork() {
  const tickets = new Map<string, Ticket>();
  const gifts = new Map<string, Gift>();
  const closings: Closing[] = [];
  let behaviour: Behaviour = "normal";
  return {
    behave(how: Behaviour) {
      behaviour = how;
    },
    behaviour: () => behaviour,
    find: (name: string) => tickets.get(name) ?? null,
    /** Makes a ticket; the same key makes the same one. */
    draw(key: string, units: bigint): string {
      const name = nameOf(secretFor(key));
      if (!tickets.has(name)) tickets.set(name, { key, units, isPaid: false });
      return name;
    },
    drawn: () => tickets.size,
    /** Pays a ticket; answers the secret that proves it. */
    pay(name: string): string {
      const ticket = tickets.get(name);
      if (!ticket) throw new Error(`There is no ticket ${name}.`);
      ticket.isPaid = true;
      return secretFor(ticket.key);
    },
    /** The secret of a ticket, paid or not. */
    secretOf: (name: string) => secretFor(tickets.get(name)?.key ?? name),
    /** Sends money out, once per key. */
    give(gift: Gift): Gift {
      const known = gifts.get(gift.key) ?? gift;
      gifts.set(gift.key, known);
      return known;
    },
    /** Notes that a channel is to be closed, whatever comes of it. */
    hearClosing: (closing: Closing) => void closings.push(closing),
    closings: () => closings,
    /** What was paid in, and what was sent out, in base units. */
    received: () => [...tickets.values()].reduce((sum, { isPaid, units }) => sum + (isPaid ? units : 0n), 0n),
    sent: () => [...gifts.values()],
  };
}
