import type { Discovery } from "@/lib/discovery";
import type { Gateway } from "@/lib/gateway";

/** Everything below `/pay/`: a merchant's documents, and the addresses that they tell of. */
export const payDoor = (gateway: Gateway, discovery: Discovery): Gateway => ({
  ...gateway,
  async handle(request, arrival) {
    const [path = ""] = (arrival?.target ?? new URL(request.url).pathname).split("?", 1);
    return discovery.owns(path)
      ? await discovery.handle(request, path)
      : await gateway.handle(request, arrival);
  },
});
