"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { FormErrors } from "@/components/ui/form-errors";
import { Input, Textarea } from "@/components/ui/input";
import { SegmentedChoice } from "@/components/ui/segmented";
import type { ImportSource, ImportView } from "@/lib/dashboard/services/import/view";
import { PlanCards } from "./plan-cards";
import { type Importing, useImport } from "./use-import";

/** Makes endpoints of an OpenAPI description: read it, look at what would change, price it, import it. */
export function ImportForm({ view }: { view: ImportView }) {
  const importing = useImport(view);
  const { failure, read } = importing;
  const lines = failure?.errors.map(({ path, message }) => ({
    message: path ? `${path}: ${message}` : message,
  }));
  return (
    <div className="grid gap-6">
      {failure && (
        <FormErrors
          title="Nothing was imported."
          errors={lines && lines.length > 0 ? lines : [{ message: failure.detail }]}
        />
      )}
      {read ? (
        <PlanCards view={view} importing={importing} plan={read.plan} />
      ) : (
        <SourceCard {...importing} />
      )}
    </div>
  );
}

const kinds = [
  { label: "File", value: "file" },
  { label: "Address", value: "address" },
  { label: "Text", value: "text" },
];

function SourceCard({ look, isReading }: Importing) {
  const [kind, setKind] = useState<ImportSource["kind"]>("file");
  const [file, setFile] = useState<File | null>(null);
  const [url, setUrl] = useState("");
  const [text, setText] = useState("");
  const isReady = { file: file !== null, address: url.trim() !== "", text: text.trim() !== "" }[kind];
  const submit = async () => {
    if (kind === "address") return look({ kind, url });
    look({ kind, text: kind === "file" ? ((await file?.text()) ?? "") : text });
  };
  return (
    <Card title="OpenAPI description" note="3.0 or 3.1, JSON or YAML">
      <div className="grid max-w-2xl justify-items-start gap-4">
        <SegmentedChoice
          label="Where the description is"
          name="source"
          options={kinds}
          value={kind}
          onChange={({ target }) => setKind(target.value as ImportSource["kind"])} // safe: an option above
        />
        <Field id="description-source" label={sourceLabels[kind]} className="w-full">
          {(wire) => {
            if (kind === "file") {
              return (
                <input
                  {...wire}
                  type="file"
                  accept=".json,.yaml,.yml,application/json,application/yaml"
                  className="block w-full min-w-0 text-sm file:me-3 file:h-control file:cursor-pointer file:rounded-control file:border file:border-line-control file:bg-surface file:px-3 file:font-medium file:text-ink"
                  onChange={({ target }) => setFile(target.files?.[0] ?? null)}
                />
              );
            }
            if (kind === "address") {
              return (
                <Input
                  {...wire}
                  kind="mono"
                  type="url"
                  spellCheck={false}
                  placeholder="https://api.example.com/openapi.json"
                  value={url}
                  onChange={({ target }) => setUrl(target.value)}
                />
              );
            }
            return (
              <Textarea
                {...wire}
                kind="mono"
                rows={10}
                spellCheck={false}
                className="px-3"
                value={text}
                onChange={({ target }) => setText(target.value)}
              />
            );
          }}
        </Field>
        <Button size="medium" variant="primary" disabled={!isReady} isPending={isReading} onClick={submit}>
          Read it
        </Button>
        <p className="text-muted text-xs">
          Nothing changes yet: what it would add, change and leave out is shown first. Imported again later,
          it keeps your prices and rules.
        </p>
      </div>
    </Card>
  );
}

const sourceLabels = { file: "File", address: "Address of the description", text: "Text" } as const;
