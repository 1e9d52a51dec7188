import { redirect } from "next/navigation";
import { findHome } from "@/lib/dashboard/entry/loaders";

export const dynamic = "force-dynamic";

export default async function HomePage() {
  redirect(await findHome());
}
