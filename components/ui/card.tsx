import type { ReactNode } from "react";
import { cn } from "./cn";

type CardProps = {
  title?: ReactNode;
  /** Beside the title, stepped back: a count, a currency, a remark. */
  note?: ReactNode;
  /** At the end of the header: one action or link. */
  aside?: ReactNode;
  /** "padded" for prose and forms, "flush" for tables and lists that reach the edge. */
  body?: "padded" | "flush";
  foot?: ReactNode;
  id?: string;
  className?: string | undefined;
  children: ReactNode;
};

/** One group with one border; `title` gives it its heading. */
export function Card({ title, note, aside, body = "padded", foot, id, className, children }: CardProps) {
  return (
    <section id={id} className={cn("min-w-0 rounded-card border bg-surface", className)}>
      {title !== undefined && (
        <header className="flex min-h-12 flex-wrap items-center gap-2 px-4 py-2">
          <h2 className="text-base">{title}</h2>
          {note !== undefined && <span className="num text-muted text-sm">{note}</span>}
          {aside !== undefined && <div className="ms-auto flex items-center gap-2 text-sm">{aside}</div>}
        </header>
      )}
      {body === "padded" ? (
        <div className={cn("px-4 pb-4", title === undefined && "pt-4")}>{children}</div>
      ) : (
        children
      )}
      {foot !== undefined && <CardFoot>{foot}</CardFoot>}
    </section>
  );
}

/** The last line of a card: position, sums, a quiet remark. */
function CardFoot({ children }: { children: ReactNode }) {
  return (
    <footer className="num flex min-h-12 flex-wrap items-center gap-x-4 gap-y-2 border-t px-4 py-2 text-sm">
      {children}
    </footer>
  );
}
