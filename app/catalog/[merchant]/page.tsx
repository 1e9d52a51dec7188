import type { Metadata } from "next";
import { CataloguePage } from "@/components/catalogue/catalogue-page";
import { loadCatalogue } from "@/lib/dashboard/catalogue/loaders";

type Props = { params: Promise<{ merchant: string }> };

export const dynamic = "force-dynamic";

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { name, summary } = await loadCatalogue((await params).merchant);
  return {
    title: { absolute: name },
    description: summary ?? `What ${name} sells, and how it is paid.`,
    robots: { index: true, follow: true },
  };
}

export default async function Page({ params }: Props) {
  return <CataloguePage view={await loadCatalogue((await params).merchant)} />;
}
