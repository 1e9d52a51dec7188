export type Found = Readonly<{ kind: string; label: string; href: string; isId?: boolean }>;

type Endpoint = Readonly<{ method: string; path: string }>;
type Service = Readonly<{ slug: string; title: string; mode: string; endpoints: readonly Endpoint[] }>;

/** Services and endpoints whose name, address or path holds the words. */
export function findSold(
  services: readonly Service[],
  q: string,
  href: (path: string, parameters?: Readonly<Record<string, string>>) => string,
): Found[] {
  const words = q.toLowerCase();
  const holds = (text: string) => text.toLowerCase().includes(words);
  return services.flatMap((service) => {
    const { slug, title, mode, endpoints } = service;
    const own = holds(slug) || holds(title);
    const matching = endpoints.filter(({ method, path }) => holds(`${method} ${path}`));
    return [
      ...(own ? [{ kind: "Service", label: title, href: href(`services/${slug}`, { mode }) }] : []),
      ...matching.map(({ method, path }) => ({
        kind: `Endpoint of ${title}`,
        label: `${method} ${path}`,
        href: href(`services/${slug}`, { mode }),
        isId: true,
      })),
    ];
  });
}
