import { type ReactNode, Suspense } from "react";
import { Breadcrumb, type Crumb } from "@/components/ui/breadcrumb";
import { cn } from "@/components/ui/cn";
import { AccountMenu, type ShellUser } from "./account-menu";
import { BarToggle } from "./bar-toggle";
import { type MerchantChoice, MerchantSwitcher } from "./merchant-switcher";
import { MobileMenu } from "./mobile-menu";
import { ModeBand } from "./mode-band";
import { ModeSwitch } from "./mode-switch";
import type { Mode, NavGroup } from "./nav";
import { NavList } from "./nav-list";
import { ShellTools } from "./shell-tools";

export type AppShellProps = {
  merchant: { name: string; href: string };
  merchants: readonly MerchantChoice[];
  /** Only screens that exist and that this member may open. */
  nav: readonly NavGroup[];
  mode: Mode;
  /** Where the other mode begins, on pages that exist in one mode only. */
  modeBase?: string | undefined;
  user: ShellUser;
  accountHref?: string | undefined;
  /** A form with a `MenuSubmit` in it. */
  signOut?: ReactNode;
  breadcrumb: readonly Crumb[];
  /** The page that finds any identifier by `?q=`; without it the search box offers pages only. */
  searchHref?: string | undefined;
  /** "wide" gives side-by-side editors all the room there is. */
  width?: "normal" | "wide";
  children: ReactNode;
};

/** Everything around a page of the dashboard. */
export function AppShell(props: AppShellProps) {
  const { merchant, merchants, nav, mode, width = "normal", children } = props;
  return (
    <>
      <a
        href="#main"
        className="fixed start-2 top-2 z-50 -translate-y-20 rounded-control bg-raised px-3 py-2 text-accent shadow-float focus:translate-y-0"
      >
        Skip to content
      </a>
      <div className="grid min-h-dvh md:grid-cols-[var(--spacing-sidebar)_minmax(0,1fr)] icons:grid-cols-[3.25rem_minmax(0,1fr)] print:block">
        <aside className="relative z-30 border-e bg-surface max-md:hidden print:hidden">
          <div className="sticky top-0 flex h-dvh flex-col gap-4 overflow-y-auto p-2">
            <MerchantSwitcher {...merchant} choices={merchants} canShrink />
            <nav aria-label="Main">
              <NavList groups={nav} canShrink />
            </nav>
            <BarToggle />
          </div>
        </aside>
        <div className="flex min-w-0 flex-col">
          <TopBar {...props} />
          {mode === "test" && (
            <div className="hidden print:block">
              <ModeBand />
            </div>
          )}
          <main
            id="main"
            tabIndex={-1}
            className={cn(
              "w-full flex-1 p-4 outline-none md:p-6 print:px-0 print:pb-0",
              width === "normal" && "max-w-340",
              mode === "test" && "[--sticky-top:5rem]",
            )}
          >
            {children}
          </main>
        </div>
      </div>
    </>
  );
}

function TopBar(props: AppShellProps) {
  const { merchant, merchants, nav, mode, modeBase, user, accountHref, signOut, breadcrumb, searchHref } =
    props;
  return (
    <header className="sticky top-0 z-20 print:hidden">
      <div className="flex h-bar items-center gap-1 border-b bg-surface px-4 md:gap-2 md:px-6">
        <MobileMenu>
          <MerchantSwitcher {...merchant} choices={merchants} />
          <nav aria-label="Main">
            <NavList groups={nav} />
          </nav>
        </MobileMenu>
        <Breadcrumb crumbs={breadcrumb} />
        <div className="ms-auto flex flex-none items-center gap-1 md:gap-2">
          <Suspense>
            <ModeSwitch mode={mode} base={modeBase} />
          </Suspense>
          <ShellTools groups={nav} searchHref={searchHref} />
          <AccountMenu user={user} accountHref={accountHref} signOut={signOut} />
        </div>
      </div>
      {mode === "test" && <ModeBand />}
    </header>
  );
}
