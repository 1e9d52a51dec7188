"use client";

import { Printer } from "lucide-react";
import { Button } from "@/components/ui/button";

export function PrintButton() {
  return (
    <Button size="medium" className="print:hidden" onClick={() => window.print()}>
      <Printer />
      Print
    </Button>
  );
}
