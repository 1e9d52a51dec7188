import type { ReactNode } from "react";
import { TextLink } from "@/components/ui/text-link";

type CatalogueShellProps = {
  host: string;
  title: string;
  note?: ReactNode;
  openapi: string;
  llms: string;
  children: ReactNode;
};

/** A page that anybody may read: what is sold here, without signing in. */
export function CatalogueShell({ host, title, note, openapi, llms, children }: CatalogueShellProps) {
  return (
    <div className="mx-auto grid max-w-240 gap-6 px-4 pt-8 pb-12 md:pt-16">
      <header className="grid gap-2">
        <p className="text-muted text-sm">
          <bdi dir="ltr">{host}</bdi>
        </p>
        <h1>
          <bdi>{title}</bdi>
        </h1>
        {note}
      </header>
      <main className="grid gap-6">{children}</main>
      <footer className="flex flex-wrap gap-x-4 gap-y-2 border-t pt-4 text-muted text-sm">
        <span>For programs:</span>
        <TextLink href={openapi}>openapi.json</TextLink>
        <TextLink href={llms}>llms.txt</TextLink>
      </footer>
    </div>
  );
}
