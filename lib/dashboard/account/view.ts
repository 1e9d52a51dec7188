export type AccountView = Readonly<{
  merchant: string;
  email: string;
  name: string | null;
  isOperator: boolean;
  /** What the member may do, merchant by merchant. */
  roles: readonly { merchant: string; role: string }[];
}>;
