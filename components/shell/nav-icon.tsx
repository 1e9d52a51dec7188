import {
  ArrowLeftRight,
  Box,
  Compass,
  FileText,
  KeyRound,
  LayoutGrid,
  type LucideIcon,
  Play,
  ReceiptText,
  SlidersHorizontal,
  Store,
  Undo2,
  UserRound,
  UsersRound,
  Webhook,
} from "lucide-react";
import { cn } from "@/components/ui/cn";
import type { NavIconName } from "./nav";

/** Two rails and their sleepers; the icon set has only a slanted track. */
function Rails({ className }: { className?: string | undefined }) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeLinecap="round"
      strokeLinejoin="round"
      className={cn("lucide", className)}
    >
      <path d="M8 3 5 21M16 3l3 18M7.4 7h9.2M6.6 12h10.8M5.8 17h12.4" />
    </svg>
  );
}

const icons: Record<NavIconName, LucideIcon | typeof Rails> = {
  overview: LayoutGrid,
  receipts: ReceiptText,
  refunds: Undo2,
  channels: ArrowLeftRight,
  payers: UserRound,
  services: Box,
  rails: Rails,
  connectors: Store,
  "try-it": Play,
  discovery: Compass,
  webhooks: Webhook,
  keys: KeyRound,
  settings: SlidersHorizontal,
  team: UsersRound,
  audit: FileText,
};

export function NavIcon({ name, className }: { name: NavIconName; className?: string }) {
  const Icon = icons[name];
  return <Icon className={className} />;
}
