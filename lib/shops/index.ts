export { createShops, type Shops } from "./shops";
export { createVtex } from "./vtex/vtex";
