"use client";

import { Tabs } from "radix-ui";
import { useState } from "react";
import { Card } from "@/components/ui/card";
import { CodeBlock } from "@/components/ui/code-block";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { TextLink } from "@/components/ui/text-link";
import {
  curlCommand,
  type DecodedChallenge,
  type EndpointFormView,
  parametersOf,
  payCommand,
  samplePath,
} from "@/lib/dashboard/endpoints/view";

type PreviewCardProps = { view: EndpointFormView; isChanged: boolean };

/** The very answer an unpaid request gets, byte for byte, and the same with its encoded parts opened. */
export function PreviewCard({ view, isChanged }: PreviewCardProps) {
  const { stored, preview } = view;
  if (!stored) {
    return (
      <Card title="What a payer gets">
        <p className="text-muted text-sm">
          Once this endpoint is created, the exact 402 that a payer gets stands here, byte for byte.
        </p>
      </Card>
    );
  }
  if (!preview) {
    return (
      <Card title="What a payer gets">
        <p className="text-muted text-sm">
          It is free: requests go to the upstream and its answers come back, without a challenge.
        </p>
      </Card>
    );
  }
  return (
    <Card
      title="What a payer gets"
      note={isChanged ? "as saved, without your changes" : "as served, byte for byte"}
      body="flush"
    >
      <Tabs.Root defaultValue="answer">
        <Tabs.List aria-label="Views of the answer" className="flex gap-4 border-b px-4 text-sm">
          <Tab value="answer">{preview.status}</Tab>
          {preview.challenges.length > 0 && <Tab value="decoded">Decoded</Tab>}
          <Tab value="openapi">OpenAPI</Tab>
        </Tabs.List>
        <Tabs.Content value="answer" className="grid gap-2 p-4">
          <CodeBlock code={preview.text} changing={preview.changing} what="answer" />
          <p className="text-muted text-xs">
            Underlined with dots: what differs in each answer. All else is fixed. The connection's own
            headers, such as Date, are left out.
          </p>
        </Tabs.Content>
        <Tabs.Content value="openapi" className="grid gap-2 p-4">
          {preview.openapi.text && <CodeBlock code={preview.openapi.text} what="OpenAPI fragment" />}
          <p className="text-muted text-xs">{preview.openapi.note}</p>
        </Tabs.Content>
        <Tabs.Content value="decoded" className="grid gap-4 p-4">
          {preview.challenges.map((challenge) => (
            <Decoded key={challenge.method} {...challenge} />
          ))}
        </Tabs.Content>
      </Tabs.Root>
    </Card>
  );
}

function Tab({ value, children }: { value: string; children: string }) {
  return (
    <Tabs.Trigger
      value={value}
      className="flex h-10 items-center border-transparent border-b-2 pt-0.5 text-muted hover:text-ink focus-visible:-outline-offset-2 data-[state=active]:border-accent data-[state=active]:font-medium data-[state=active]:text-ink"
    >
      {children}
    </Tabs.Trigger>
  );
}

function Decoded({ method, parts }: DecodedChallenge) {
  return (
    <section className="grid gap-2">
      <h3 className="text-sm">
        Challenge for method <span className="mono">{method}</span>
      </h3>
      <dl className="grid text-sm">
        {parts.map(({ name, value }) => (
          <div
            key={name}
            className="grid grid-cols-[5.5rem_minmax(0,1fr)] gap-2 border-t py-1.5 first:border-0"
          >
            <dt className="text-muted">{name}</dt>
            <dd
              dir="ltr"
              translate="no"
              className="min-w-0 whitespace-pre-wrap font-mono text-ink text-xs leading-5 wrap-anywhere"
            >
              {value}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** Commands that ask for this endpoint, with samples in place of its parameters. */
export function CommandsCard({ view }: { view: EndpointFormView }) {
  const [samples, setSamples] = useState<Readonly<Record<string, string>>>({});
  if (!view.stored) return null;
  const { method, path } = view.stored;
  const address = `${view.addressBase}${samplePath(path, samples)}`;
  const parameters = parametersOf(path);
  return (
    <Card
      title="Ask for it yourself"
      aside={
        view.tryItHref && (
          <TextLink href={view.tryItHref} className="underline">
            Try it here
          </TextLink>
        )
      }
    >
      <div className="grid gap-4">
        {parameters.length > 0 && (
          <div className="grid gap-4 sm:grid-cols-2">
            {parameters.map((name) => (
              <Field key={name} id={`sample-${name}`} label={<span className="mono">{`{${name}}`}</span>}>
                {(wire) => (
                  <Input
                    {...wire}
                    kind="mono"
                    size="small"
                    autoComplete="off"
                    spellCheck={false}
                    placeholder={name}
                    value={samples[name] ?? ""}
                    onChange={({ target }) => setSamples({ ...samples, [name]: target.value })}
                  />
                )}
              </Field>
            ))}
          </div>
        )}
        <div className="grid gap-1">
          <span className="text-ink text-sm">{view.preview ? "Without paying" : "As a request"}</span>
          <CodeBlock code={curlCommand(method, address)} what="curl command" />
        </div>
        {view.preview && view.canPayHere && (
          <div className="grid gap-1">
            <span className="text-ink text-sm">Paying with test money, from a checkout of Farebox</span>
            <CodeBlock code={payCommand(method, address)} what="pay command" />
          </div>
        )}
      </div>
    </Card>
  );
}
