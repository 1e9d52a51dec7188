import { ModuleProvider, Modules } from "@medusajs/framework/utils";
import { FareboxProvider } from "./provider";

export default ModuleProvider(Modules.PAYMENT, { services: [FareboxProvider] });
