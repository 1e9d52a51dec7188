"use client";

import { Tooltip as Primitive } from "radix-ui";
import type { ReactNode } from "react";

/** More about what it stands on; never the only place of anything a reader needs. `children` must take focus. */
export function Tooltip({ content, children }: { content: ReactNode; children: ReactNode }) {
  return (
    <Primitive.Provider delayDuration={300}>
      <Primitive.Root>
        <Primitive.Trigger asChild>{children}</Primitive.Trigger>
        <Primitive.Portal>
          <Primitive.Content
            sideOffset={6}
            collisionPadding={8}
            className="num z-50 max-w-80 rounded-control bg-raised px-2 py-1 text-body text-xs shadow-float forced-colors:border"
          >
            {content}
          </Primitive.Content>
        </Primitive.Portal>
      </Primitive.Root>
    </Primitive.Provider>
  );
}
