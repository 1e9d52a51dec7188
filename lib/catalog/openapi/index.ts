export { type Imported, type ImportInput, importDescription } from "./import-description";
export { ImportChoice, type ImportPlan, ImportPrices } from "./plan-import";
