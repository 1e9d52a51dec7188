import { Card } from "@/components/ui/card";
import { CodeBlock } from "@/components/ui/code-block";
import { Facts } from "@/components/ui/facts";
import { Identifier } from "@/components/ui/identifier";
import { TextLink } from "@/components/ui/text-link";
import type { Fact, ReceiptView } from "@/lib/dashboard/receipt/view";

export function ReceiptFacts({ facts }: Pick<ReceiptView, "facts">) {
  return (
    <Card title="Facts">
      <Facts facts={facts.map((fact) => ({ label: fact.label, value: <Value fact={fact} /> }))} />
    </Card>
  );
}

function Value({ fact }: { fact: Fact }) {
  const { label, value, isId, href, note } = fact;
  if (isId) {
    return (
      <Identifier
        value={value}
        what={label.toLowerCase()}
        href={href}
        keep={[12, 6]}
        className="flex justify-between"
      />
    );
  }
  return (
    <>
      {href ? (
        <TextLink href={href} className={note ? "underline" : undefined}>
          {value}
        </TextLink>
      ) : (
        <bdi>{value}</bdi>
      )}
      {note && <span className="text-muted">, {note}</span>}
    </>
  );
}

export function ReceiptPrograms({ programs }: Pick<ReceiptView, "programs">) {
  return (
    <Card
      title="For programs"
      aside={
        <a href={programs.jsonHref} className="text-accent underline-offset-2 hover:underline">
          Open as JSON
        </a>
      }
    >
      <div className="grid gap-3">
        <CodeBlock what="command" code={programs.curl} />
        <details className="min-w-0">
          <summary className="cursor-pointer text-accent text-sm">What it answers</summary>
          <CodeBlock what="JSON" code={programs.json} className="mt-2 max-h-96 overflow-y-auto" />
        </details>
      </div>
    </Card>
  );
}
