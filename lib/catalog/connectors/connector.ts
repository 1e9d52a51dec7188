import type { connectorKinds } from "./schema";

export type ConnectorKind = (typeof connectorKinds)[number];

export type ConnectorMethod = Readonly<{
  /** What the shop calls it. */
  name: string;
  /** The slug of the rail it is paid on. */
  rail: string;
  split: "disabled" | "onAuthorize" | "onCapture";
}>;

/** A shop that takes payments through us, its secrets opened. */
export type Connector = Readonly<{
  id: string;
  merchantId: string;
  /** The merchant's own name for it; payments carry it. */
  slug: string;
  kind: ConnectorKind;
  mode: "test" | "live";
  title: string | null;
  enabled: boolean;
  /** Is the shop's own test suite let in? In test mode only. */
  homologation: boolean;
  methods: readonly ConnectorMethod[];
  settings: Readonly<Record<string, unknown>>;
}>;
