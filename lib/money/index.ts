export { type Currency, findCurrency, listDecimals } from "./currency";
export { showAmount } from "./display";
export { Money } from "./money";
export { type Price, priceFault } from "./price";
