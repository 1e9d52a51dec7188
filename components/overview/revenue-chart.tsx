"use client";

import { useRouter } from "next/navigation";
import {
  Bar,
  BarChart,
  type BarShapeProps,
  CartesianGrid,
  Rectangle,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import type { Bucket, Colour, RevenueView } from "@/lib/dashboard/overview/view";
import { swatch } from "./swatch";

const paint = (colour: Colour): string => `var(--color-chart-${colour})`;
const hatch = (colour: Colour): string => `revenue-hatch-${colour}`;

type RevenueChartProps = Pick<RevenueView, "series" | "buckets" | "ticks">;

/** Stacked bars on a zero base. What is drawn are shares of the axis; every figure that is read is exact text. */
export function RevenueChart({ series, buckets, ticks }: RevenueChartProps) {
  const router = useRouter();
  const labels = new Map(ticks.map(({ share, label }) => [share, label]));
  const open = (index: number) => {
    const bucket = buckets[index];
    if (bucket) router.push(bucket.href);
  };
  return (
    <ResponsiveContainer width="100%" height="100%">
      <BarChart
        data={[...buckets]}
        margin={{ top: 8, right: 0, bottom: 0, left: 0 }}
        barCategoryGap="22%"
        onClick={({ activeTooltipIndex }) => {
          if (activeTooltipIndex != null) open(Number(activeTooltipIndex));
        }}
        className="cursor-pointer"
      >
        <defs>
          {series.map(({ colour }) => (
            <pattern
              key={colour}
              id={hatch(colour)}
              width="5"
              height="5"
              patternUnits="userSpaceOnUse"
              patternTransform="rotate(45)"
            >
              <rect width="5" height="5" fill={paint(colour)} opacity="0.25" />
              <rect width="2.5" height="5" fill={paint(colour)} />
            </pattern>
          ))}
        </defs>
        <CartesianGrid vertical={false} stroke="var(--color-chart-grid)" />
        <XAxis
          dataKey="label"
          tickLine={false}
          axisLine={{ stroke: "var(--color-line-strong)" }}
          tick={{ fill: "var(--color-muted)", fontSize: 12 }}
          interval="equidistantPreserveStart"
          minTickGap={28}
          tickMargin={6}
        />
        <YAxis
          domain={[0, 1]}
          ticks={ticks.map(({ share }) => share)}
          tickFormatter={(share: number) => labels.get(share) ?? ""}
          tick={{ fill: "var(--color-muted)", fontSize: 12 }}
          tickLine={false}
          axisLine={false}
          width="auto"
        />
        <Tooltip
          cursor={{ fill: "var(--color-hover)" }}
          isAnimationActive={false}
          content={({ active, payload }) => {
            const bucket: Bucket | undefined = payload?.[0]?.payload;
            return active && bucket ? <BucketNote bucket={bucket} series={series} /> : null;
          }}
        />
        {series.map(({ name, colour }, place) => (
          <Bar
            key={name}
            name={name}
            stackId="all"
            dataKey={(bucket: Bucket) => bucket.heights[place] ?? 0}
            maxBarSize={28}
            isAnimationActive={false}
            shape={(props: BarShapeProps) => <Layer {...props} colour={colour} />}
          />
        ))}
      </BarChart>
    </ResponsiveContainer>
  );
}

function Layer({ colour, payload, ...rest }: BarShapeProps & { colour: Colour }) {
  const { x, y, width, height } = rest;
  const isRunning = (payload as Bucket | undefined)?.isRunning ?? false;
  return (
    <Rectangle
      x={x}
      y={y}
      width={width}
      height={height}
      fill={isRunning ? `url(#${hatch(colour)})` : paint(colour)}
      stroke="var(--color-surface)"
      strokeWidth={1}
    />
  );
}

function BucketNote({ bucket, series }: { bucket: Bucket; series: RevenueView["series"] }) {
  const layers = series.map((layer, place) => ({ ...layer, amount: bucket.amounts[place] })).reverse();
  return (
    <div className="rounded-card bg-raised p-3 text-sm shadow-float">
      <p className="font-medium text-ink">
        {bucket.full}
        {bucket.isRunning && <span className="font-regular text-muted"> · still running</span>}
      </p>
      <table className="num mt-1">
        <tbody>
          {layers.map(({ name, colour, amount }) => (
            <tr key={name}>
              <td className="flex items-center gap-2 pe-4">
                <span className={swatch(colour)} />
                {name}
              </td>
              <td className="text-end text-ink">{amount}</td>
            </tr>
          ))}
          <tr>
            <td className="pe-4 text-muted">In all</td>
            <td className="text-end font-medium text-ink">{bucket.total}</td>
          </tr>
        </tbody>
      </table>
    </div>
  );
}
