import type { ReactNode } from "react";

/** The card at the side: how to pay, or what came of it. */
export function Panel({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section
      aria-labelledby="panel"
      className="grid min-w-0 content-start gap-4 rounded-card border bg-surface p-4 md:p-6"
    >
      <h2 id="panel" className="text-lg">
        {title}
      </h2>
      {children}
    </section>
  );
}
