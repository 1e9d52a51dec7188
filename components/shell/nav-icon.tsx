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
  TrainTrack,
  Undo2,
  UserRound,
  UsersRound,
  Webhook,
} from "lucide-react";
import type { NavIconName } from "./nav";

const icons: Record<NavIconName, LucideIcon> = {
  overview: LayoutGrid,
  receipts: ReceiptText,
  refunds: Undo2,
  channels: ArrowLeftRight,
  payers: UserRound,
  services: Box,
  rails: TrainTrack,
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
