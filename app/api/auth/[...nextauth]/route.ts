import { sessionRoute } from "@/lib/http";

export { sessionRoute as GET, sessionRoute as POST };
