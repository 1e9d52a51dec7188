/** A request of VTEX for credentials, as the member who is asked sees it. */
export type ConsentView = Readonly<{
  merchant: string;
  token: string;
  /** The connector that credentials would open, as it is called. */
  connector: string;
  mode: "test" | "live";
  /** Where the browser goes afterwards. */
  returnHost: string;
  until: string;
}>;
