export { createShops, type Shops } from "./shops";
