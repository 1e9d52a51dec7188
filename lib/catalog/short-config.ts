import { type ConfigDocument, type EndpointDocument, optionDefaults } from "./schema";

type Short = Readonly<Record<string, unknown>>;

function leaveOut(value: object, defaults: Readonly<Record<string, unknown>>): Short {
  return Object.fromEntries(
    Object.entries(value).filter(([key, item]) => !(key in defaults) || defaults[key] !== item),
  );
}

const isEmpty = (value: object): boolean => Object.keys(value).length === 0;

const shortEndpoint = (endpoint: EndpointDocument): Short =>
  leaveOut(endpoint, { free: false, intent: "charge", ...optionDefaults });

/** The document as a person would write it: what says no more than its default is left out. */
export function shortConfig({ version, merchant, rails, services }: ConfigDocument): Short {
  return {
    version,
    merchant,
    rails: rails.map(({ settings, ...rail }) => ({
      ...leaveOut(rail, { enabled: true }),
      ...(isEmpty(settings) ? {} : { settings }),
    })),
    services: services.map(({ upstream: { headers, ...upstream }, endpoints, ...service }) => ({
      ...service,
      upstream: { ...upstream, ...(isEmpty(headers) ? {} : { headers }) },
      endpoints: endpoints.map(shortEndpoint),
    })),
  };
}
