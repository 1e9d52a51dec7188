import type { Counter } from "prom-client";
import type { Seen } from "@/lib/gateway";

type Offering = NonNullable<Seen["offering"]>;
type Place = "merchant" | "service" | "endpoint";
type Counters = Readonly<{ requests: Counter<Place | "status_class">; challenges: Counter<Place> }>;
type Row = { readonly labels: Record<Place, string>; readonly classes: number[]; challenges: number };

/** An endpoint is another object with every change of the catalogue; nobody may ever ask for the counters. */
const endpointsMax = 1_000;

const labelsOf = ({ merchant, service, endpoint }: Offering): Row["labels"] => ({
  merchant: merchant.merchant.slug,
  service: service.slug,
  endpoint: `${endpoint.method} ${endpoint.path}`,
});

/**
 * Counts what is answered at each endpoint, and tells the counters when they are asked for: finding their labels costs
 * as much as signing a challenge.
 */
export function createTally({ requests, challenges }: Counters) {
  let rows = new Map<Offering["endpoint"], Row>();

  function tell(): void {
    const told = rows;
    rows = new Map();
    for (const row of told.values()) {
      if (row.challenges > 0) challenges.inc(row.labels, row.challenges);
      for (const [hundreds, count] of row.classes.entries()) {
        if (count > 0) requests.inc({ ...row.labels, status_class: `${hundreds}xx` }, count);
      }
    }
  }
  function rowOf(offering: Offering): Row {
    const known = rows.get(offering.endpoint);
    if (known) return known;
    if (rows.size >= endpointsMax) tell();
    const row: Row = { labels: labelsOf(offering), classes: [0, 0, 0, 0, 0, 0], challenges: 0 };
    rows.set(offering.endpoint, row);
    return row;
  }

  return {
    answered(offering: Offering, status: number): void {
      const { classes } = rowOf(offering);
      const hundreds = Math.trunc(status / 100);
      classes[hundreds] = (classes[hundreds] ?? 0) + 1;
    },
    challenged(offering: Offering): void {
      rowOf(offering).challenges += 1;
    },
    tell,
  };
}
