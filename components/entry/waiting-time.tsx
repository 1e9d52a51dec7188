"use client";

import { useEffect, useState } from "react";

/** "in 8 s", counting down; read out once, as it was when it appeared. */
export function WaitingTime({ seconds }: { seconds: number }) {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    const until = Date.now() + seconds * 1_000;
    const timer = setInterval(() => {
      const rest = Math.max(0, Math.ceil((until - Date.now()) / 1_000));
      setLeft(rest);
      if (rest === 0) clearInterval(timer);
    }, 250);
    return () => clearInterval(timer);
  }, [seconds]);
  return (
    <>
      <span className="sr-only">in {seconds} seconds</span>
      <b aria-hidden className="num">
        {left > 0 ? `in ${left} s` : "now"}
      </b>
    </>
  );
}
