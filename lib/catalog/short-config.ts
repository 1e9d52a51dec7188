import { isDeepStrictEqual } from "node:util";
import type { ConnectorDocument } from "./connectors/schema";
import {
  type ConfigDocument,
  type EndpointDocument,
  merchantDefaults,
  optionDefaults,
  type ServiceDocument,
  serviceDefaults,
} from "./schema";
import { upstreamDefaults } from "./schema-upstream";

type Short = Readonly<Record<string, unknown>>;

const leaveOut = (value: object, defaults: Short): Short =>
  Object.fromEntries(
    Object.entries(value).filter(
      ([key, item]) => !(key in defaults) || !isDeepStrictEqual(defaults[key], item),
    ),
  );

const shortEndpoint = (endpoint: EndpointDocument): Short =>
  leaveOut(endpoint, { free: false, intent: "charge", ...optionDefaults });

/** How long a call may take is written out: it is what people look for first. */
const { timeoutMs: _, ...quietUpstream } = upstreamDefaults;

const shortService = ({ upstream, endpoints, ...service }: ServiceDocument): Short => ({
  ...leaveOut(service, serviceDefaults),
  upstream: leaveOut(upstream, quietUpstream),
  endpoints: endpoints.map(shortEndpoint),
});

const shortConnector = ({ methods, ...connector }: ConnectorDocument): Short => ({
  ...leaveOut(connector, { enabled: true, homologation: false, settings: {} }),
  methods: methods.map((method) => leaveOut(method, { split: "disabled" })),
});

/** The document as a person would write it: what says no more than its default is left out. */
export const shortConfig = ({ version, merchant, rails, services, connectors }: ConfigDocument): Short => ({
  version,
  merchant: leaveOut(merchant, merchantDefaults),
  rails: rails.map((rail) => leaveOut(rail, { enabled: true, settings: {} })),
  services: services.map(shortService),
  ...(connectors.length === 0 ? {} : { connectors: connectors.map(shortConnector) }),
});
