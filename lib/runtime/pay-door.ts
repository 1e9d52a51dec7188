import type { Bound, Snapshot } from "@/lib/catalog";
import type { Discovery, OnDomain } from "@/lib/discovery";
import type { Gateway } from "@/lib/gateway";

export type PayDoor = Gateway &
  Readonly<{
    /** Is this the host of a custom domain? Then everything asked of it comes here, and no page of ours is on it. */
    ownsHost(host: string): Promise<boolean>;
  }>;

type Known = Readonly<{
  /** `PUBLIC_ORIGIN`: the installation's own, where addresses begin with `/pay/`. */
  origin: string;
  catalog: Readonly<{
    snapshot(): Promise<Pick<Snapshot, "findByDomain">>;
    peek?(): Pick<Snapshot, "findByDomain"> | null;
  }>;
}>;

/** A custom domain is reached as the installation is: by the same scheme, at the same port. */
export function originOfDomain(domain: string, publicOrigin: string): string {
  const url = new URL(publicOrigin);
  url.hostname = domain;
  return url.origin;
}

const domainOf = ({ merchant, service }: Bound): string | null => (service ?? merchant.merchant).domain;

/** Where the catalogue sells what a custom domain is asked for: below its service, or below its merchant. */
const targetOn = ({ merchant, service }: Bound, target: string): string =>
  `/pay/${merchant.merchant.slug}${service ? `/${service.slug}` : ""}${target}`;

/** Everything that is sold: a merchant's documents, and the addresses that they tell of, on every host. */
export function payDoor(gateway: Gateway, discovery: Discovery, { origin, catalog }: Known): PayDoor {
  const { host: publicHost } = new URL(origin);

  async function find(host: string | undefined): Promise<OnDomain | null> {
    if (!host || host === publicHost) return null; // the hot path asks for no snapshot
    const bound = (await catalog.snapshot()).findByDomain(host);
    const domain = bound && domainOf(bound);
    return bound && domain ? { bound, origin: originOfDomain(domain, origin) } : null;
  }

  return {
    ...gateway,
    ownsHost: async (host) => (await find(host)) !== null,
    answerNow(arrival) {
      const { host } = arrival;
      const isOurs = !host || host === publicHost || catalog.peek?.()?.findByDomain(host) === null;
      return isOurs ? gateway.answerNow(arrival) : null;
    },
    async handle(request, arrival) {
      const target = arrival?.target ?? new URL(request.url).pathname;
      const [path = ""] = target.split("?", 1);
      const domain = arrival ? await find(arrival.host) : null;
      if (discovery.owns(path, domain ?? undefined)) {
        return await discovery.handle(request, path, domain ?? undefined);
      }
      if (!arrival || !domain) return await gateway.handle(request, arrival);
      return await gateway.handle(request, {
        ...arrival,
        target: targetOn(domain.bound, target),
        origin: domain.origin,
      });
    },
  };
}
