import { Amount } from "@/components/ui/amount";
import { Card } from "@/components/ui/card";
import { RowTh, Table, Td } from "@/components/ui/table";
import type { ChannelView } from "@/lib/dashboard/channel/view";

type ChannelMoneyProps = Pick<ChannelView, "bar" | "amounts" | "places">;

/** The deposit as a bar: what of it is spent, with what is settled marked, and every amount under it. */
export function ChannelMoney({ bar, amounts, places }: ChannelMoneyProps) {
  return (
    <Card title="Money" note={bar.label} body="flush">
      <div className="px-4 pb-3">
        <svg
          role="img"
          aria-label={bar.label}
          className="h-3 w-full overflow-hidden rounded-pill rtl:-scale-x-100"
        >
          <rect width="100%" height="12" className="fill-line" />
          <rect width={`${bar.accepted}%`} height="12" className="fill-line-strong" />
          <rect width={`${bar.spent}%`} height="12" className="fill-accent" />
          <line
            x1={`${bar.settled}%`}
            x2={`${bar.settled}%`}
            y1="0"
            y2="12"
            className="stroke-2 stroke-ink"
          />
        </svg>
      </div>
      <Table caption="Money in this channel" phone="scroll">
        <tbody>
          {amounts.map(({ label, note, amount }) => (
            <tr key={label}>
              <RowTh>{label}</RowTh>
              <Td isWrapped className="w-full font-regular text-muted">
                {note}
              </Td>
              <Td align="amount">
                <Amount {...amount} places={places} />
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}
