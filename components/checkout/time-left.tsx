"use client";

import { Clock } from "lucide-react";
import { useEffect, useState } from "react";

const everyMs = 1_000;

function shown(until: string): string {
  const seconds = Math.max(0, Math.ceil((Date.parse(until) - Date.now()) / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** How long the price holds: until when, and with a script the time that is left. */
export function TimeLeft({ until, text }: { until: string; text: string }) {
  const [left, setLeft] = useState<string | null>(null);
  useEffect(() => {
    const show = () => setLeft(shown(until));
    show();
    const timer = setInterval(show, everyMs);
    return () => clearInterval(timer);
  }, [until]);
  return (
    <p className="inline-flex items-center gap-2 text-muted text-sm">
      <Clock />
      {left === null ? (
        <span>Price held until {text}</span>
      ) : (
        <span role="timer">
          Price held for <b className="num">{left}</b>
        </span>
      )}
    </p>
  );
}
