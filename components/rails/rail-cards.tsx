import { ButtonLink } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Facts } from "@/components/ui/facts";
import { Status } from "@/components/ui/status";
import { TextLink } from "@/components/ui/text-link";
import type { Capability, RailCard, RailsView } from "@/lib/dashboard/rails/view";
import { SwitchRail } from "./rail-acts";

/** The rails of one mode: what each can do, and whether payers are offered it. */
export function RailCards({ merchant, mode, cards, newHref, elsewhere, mayWrite }: RailsView) {
  if (cards.length === 0) {
    return (
      <Card body="flush">
        <EmptyState
          kind="first"
          title={`No rail in ${mode} mode yet`}
          action={
            newHref && (
              <ButtonLink href={newHref} variant="primary">
                Add rail
              </ButtonLink>
            )
          }
        >
          A rail is one way to be paid. {newHref ? "Services offer the rails they name." : noKind(mode)}
          {elsewhere && (
            <>
              {" "}
              There is{" "}
              <TextLink href={elsewhere.href} className="underline">
                {elsewhere.count}
              </TextLink>
              .
            </>
          )}
        </EmptyState>
      </Card>
    );
  }
  return (
    <ul className="grid gap-6 lg:grid-cols-2">
      {cards.map((card) => (
        <li key={card.slug} className="grid">
          <OneRail card={card} merchant={merchant} mayWrite={mayWrite} />
        </li>
      ))}
    </ul>
  );
}

const noKind = (mode: string) => `This installation has no kind of rail that can be added in ${mode} mode.`;

type OneRailProps = { card: RailCard; merchant: string; mayWrite: boolean };

function OneRail({ card, merchant, mayWrite }: OneRailProps) {
  const { word, tone, shape, sentence } = card.state;
  return (
    <Card
      title={
        <TextLink href={card.href} className="text-ink">
          {card.name}
        </TextLink>
      }
      note={<span className="mono">{card.slug}</span>}
      aside={<Status tone={tone} shape={shape} label={word} isPill />}
      className="flex flex-col"
      foot={
        <>
          <TextLink href={card.href}>{mayWrite ? "Settings" : "Details"}</TextLink>
          {mayWrite && (
            <span className="ms-auto">
              <SwitchRail merchant={merchant} slug={card.slug} name={card.name} isEnabled={card.isEnabled} />
            </span>
          )}
        </>
      }
    >
      <p className="mb-2 text-sm">{sentence}</p>
      <RailFacts card={card} />
    </Card>
  );
}

/** What is known of a rail without asking its network. */
export function RailFacts({ card }: { card: RailCard }) {
  return (
    <Facts
      facts={[
        { label: "Kind", value: card.kind },
        { label: "Settles", value: card.currencies },
        { label: "Can do", value: <Capabilities capabilities={card.capabilities} /> },
        { label: "Services", value: <Services services={card.services} /> },
      ]}
    />
  );
}

function Capabilities({ capabilities }: { capabilities: readonly Capability[] }) {
  if (capabilities.length === 0) return "—";
  return (
    <ul className="flex flex-wrap gap-x-4">
      {capabilities.map(({ label, can }) => (
        <li key={label}>
          <Status
            tone="neutral"
            shape={can ? "check" : "minus"}
            label={can ? label : `No ${label.toLowerCase()}`}
          />
        </li>
      ))}
    </ul>
  );
}

function Services({ services }: Pick<RailCard, "services">) {
  if (services.length === 0) return <span className="text-muted">none names it yet</span>;
  return (
    <ul className="flex flex-wrap gap-x-3">
      {services.map(({ title, href }) => (
        <li key={href}>
          <TextLink href={href}>{title}</TextLink>
        </li>
      ))}
    </ul>
  );
}
