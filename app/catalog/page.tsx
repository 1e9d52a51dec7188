import type { Metadata } from "next";
import { CatalogueList } from "@/components/catalogue/catalogue-list";
import { loadCatalogueList } from "@/lib/dashboard/catalogue/loaders";

export const metadata: Metadata = { title: "What is sold here", robots: { index: true, follow: true } };
export const dynamic = "force-dynamic";

export default async function Page() {
  return <CatalogueList view={await loadCatalogueList()} />;
}
