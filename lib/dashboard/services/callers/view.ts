import type { ServiceHeaderView } from "../view";

export type CallersView = ServiceHeaderView & Readonly<{ keys: readonly string[] }>;
