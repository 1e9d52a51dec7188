"use client";

import { Menu as MenuIcon, X } from "lucide-react";
import { usePathname } from "next/navigation";
import { Dialog } from "radix-ui";
import { type ReactNode, useState } from "react";
import { IconButton } from "@/components/ui/icon-button";

/** Below 768 px the left bar is a menu; it closes by itself when a page has been chosen. */
export function MobileMenu({ children }: { children: ReactNode }) {
  const pathname = usePathname();
  const [openedOn, setOpenedOn] = useState<string | null>(null);
  return (
    <Dialog.Root
      open={openedOn === pathname}
      onOpenChange={(isOpen) => setOpenedOn(isOpen ? pathname : null)}
    >
      <Dialog.Trigger asChild>
        <IconButton label="Menu" className="-ms-2 size-9 md:hidden">
          <MenuIcon />
        </IconButton>
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-veil md:hidden" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-y-0 start-0 z-50 grid w-72 max-w-[calc(100vw-3rem)] content-start gap-4 overflow-y-auto bg-raised p-2 shadow-float outline-none md:hidden"
        >
          <div className="flex items-center justify-between ps-2">
            <Dialog.Title className="text-base">Menu</Dialog.Title>
            <Dialog.Close asChild>
              <IconButton label="Close menu" size="touch">
                <X />
              </IconButton>
            </Dialog.Close>
          </div>
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
