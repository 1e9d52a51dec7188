export { type Currency, findCurrency } from "./currency";
export { showAmount } from "./display";
export { Money } from "./money";
export { type Price, priceFault, settle } from "./price";
