export { FareboxProcessor as default } from "./processor";
