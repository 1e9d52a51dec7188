import { createHmac } from "node:crypto";
import { type Book, livesInTest, newId } from "./book";

export type StripeEvent = Readonly<{ id: string; type: string; body: string }>;

export type Delivery = Readonly<{ body: string; headers: Record<string, string> }>;

/** Signs as Stripe does, for `constructEvent` of the official client. */
export function sign(body: string, { secret, at }: { secret: string; at: Date }): Record<string, string> {
  const t = Math.floor(at.getTime() / 1000);
  const mac = createHmac("sha256", secret).update(`${t}.${body}`).digest("hex");
  return { "content-type": "application/json; charset=utf-8", "stripe-signature": `t=${t},v1=${mac}` };
}

/** Events as they happened. Whoever sends them chooses the order, how often, how late, and what gets lost. */
export class Events {
  readonly all: StripeEvent[] = [];
  readonly #book: Book;

  constructor(book: Book) {
    this.#book = book;
    book.onEvent((type, object) => {
      const id = newId("evt");
      const body = JSON.stringify(
        {
          ...{ id, object: "event", api_version: "2026-10-28.endive", created: book.seconds() },
          ...{ livemode: livesInTest, type, pending_webhooks: 1, data: { object } },
        },
        null,
        2,
      );
      this.all.push({ id, type, body });
      book.write({ type: "event", about: id, units: 0, text: type });
    });
  }

  named(type: string): StripeEvent {
    const found = this.all.findLast((event) => event.type === type);
    if (!found) throw new Error(`No event ${type} has happened.`);
    return found;
  }

  /** One event with another content, still signed rightly: authentic is not valid. */
  altered(event: StripeEvent, change: (event: Record<string, unknown>) => void): StripeEvent {
    const body = JSON.parse(event.body) as Record<string, unknown>;
    change(body);
    return { ...event, id: String(body.id), body: JSON.stringify(body) };
  }

  delivery(event: StripeEvent, secret: string, at: Date = this.#book.now()): Delivery {
    return { body: event.body, headers: sign(event.body, { secret, at }) };
  }
}
