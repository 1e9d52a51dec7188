import type { ReactNode } from "react";
import { cn } from "./cn";

type PageHeaderProps = {
  title: ReactNode;
  /** Right behind the title, stepped back: "asked as $0.48". */
  note?: ReactNode;
  /** Views of the same page, beside the title. */
  views?: ReactNode;
  /** At the end: at most one primary button. */
  actions?: ReactNode;
  /** Under the title: states, id, time. */
  below?: ReactNode;
  /** The title is an amount. */
  isFigure?: boolean;
};

export function PageHeader({ title, note, views, actions, below, isFigure }: PageHeaderProps) {
  return (
    <header className="grid gap-1">
      <div className="flex min-h-9 flex-wrap items-center gap-x-4 gap-y-2">
        <h1 className={cn("min-w-0 wrap-anywhere", isFigure && "num text-2xl tracking-[-0.02em]")}>
          <bdi>{title}</bdi>
          {note !== undefined && (
            <span className="ms-2 font-regular text-muted text-sm tracking-normal">
              <bdi>{note}</bdi>
            </span>
          )}
        </h1>
        {views}
        {actions !== undefined && (
          <div className="ms-auto flex flex-wrap items-center gap-2 print:hidden">{actions}</div>
        )}
      </div>
      {below !== undefined && (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-muted text-sm">{below}</div>
      )}
    </header>
  );
}
