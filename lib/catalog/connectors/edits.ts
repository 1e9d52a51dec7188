import { type ApplyDeps, applyEdit, type By, type Changed } from "../apply";
import { drop, keepName, placeOfItem, put } from "../edit-parts";
import type { ConfigDocument } from "../schema";

const connectorPlace = ({ connectors }: ConfigDocument, slug: string) =>
  placeOfItem(connectors, ({ id }) => id === slug, `connector "${slug}"`);

/** Writes of one connector, as the document writes it. */
export type ConnectorEdits = Readonly<{
  createConnector(merchant: string, connector: unknown, by: By): Promise<Changed>;
  updateConnector(merchant: string, slug: string, connector: unknown, by: By): Promise<Changed>;
  deleteConnector(merchant: string, slug: string, by: By): Promise<Changed>;
}>;

export const connectorEdits = (deps: ApplyDeps): ConnectorEdits => ({
  createConnector: (merchant, connector, { actor }) =>
    applyEdit(deps, merchant, {
      actor,
      next: (config) => ({ ...config, connectors: [...config.connectors, connector] }),
      at: ({ connectors }) => `connectors[${connectors.length}]`,
    }),
  updateConnector: (merchant, slug, connector, { actor }) =>
    applyEdit(deps, merchant, {
      actor,
      next: (config) => ({
        ...config,
        connectors: put(config.connectors, connectorPlace(config, slug), keepName(connector, "id", slug)),
      }),
      at: (config) => `connectors[${connectorPlace(config, slug)}]`,
    }),
  deleteConnector: (merchant, slug, { actor }) =>
    applyEdit(deps, merchant, {
      actor,
      next: (config) => ({ ...config, connectors: drop(config.connectors, connectorPlace(config, slug)) }),
      at: () => "",
    }),
});
