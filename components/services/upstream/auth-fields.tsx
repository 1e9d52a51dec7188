"use client";

import { SecretInput } from "@/components/forms/secret-input";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { faultAt } from "@/lib/dashboard/forms/view";
import { type AuthDraft, type AuthKind, authKinds } from "@/lib/dashboard/services/upstream/view";
import type { PartProps } from "./upstream-parts";

const names: Readonly<Record<AuthKind, string>> = {
  none: "none, or a header below",
  bearer: "Bearer token",
  basic: "User name and password",
  header: "Key in a header",
  query: "Key in the query",
};

const secretLabels: Readonly<Record<AuthKind, string>> = {
  none: "",
  bearer: "Token",
  basic: "Password",
  header: "Key",
  query: "Key",
};

const nameLabels: Readonly<Partial<Record<AuthKind, { label: string; placeholder: string }>>> = {
  basic: { label: "User name", placeholder: "acme" },
  header: { label: "Header", placeholder: "x-api-key" },
  query: { label: "Parameter", placeholder: "api_key" },
};

/** How the upstream is told that it is us. A stored secret goes with its own kind only. */
export function AuthFields({ draft, faults, change }: PartProps) {
  const { auth } = draft;
  const set = (part: Partial<AuthDraft>) => change({ auth: { ...auth, ...part } });
  const isStored = auth.storedKind !== "none" && auth.storedKind === auth.kind;
  const named = nameLabels[auth.kind];
  return (
    <fieldset className="grid min-w-0 gap-4 sm:grid-cols-2">
      <legend className="sr-only">Credential for the upstream</legend>
      <Field id="auth" label="Credential" error={faultAt(faults, "auth")}>
        {(wire) => (
          <Select
            {...wire}
            value={auth.kind}
            onChange={({ target }) => {
              const kind = authKinds.find((each) => each === target.value) ?? "none";
              const isKept = kind !== "none" && kind === auth.storedKind;
              set({ kind, secret: "", secretState: isKept ? "kept" : "secret" });
            }}
          >
            {authKinds.map((kind) => (
              <option key={kind} value={kind}>
                {names[kind]}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {named && (
        <Field id="auth-name" label={named.label} isRequired>
          {(wire) => (
            <Input
              {...wire}
              kind="mono"
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              placeholder={named.placeholder}
              value={auth.name}
              onChange={({ target }) => set({ name: target.value })}
            />
          )}
        </Field>
      )}
      {auth.kind !== "none" && (
        <Field
          id="auth-secret"
          label={secretLabels[auth.kind]}
          className="sm:col-span-2"
          help="Stored encrypted, never shown again, and blanked in every answer."
        >
          {(wire) => (
            <SecretInput
              {...wire}
              what={secretLabels[auth.kind].toLowerCase()}
              secret={{ state: auth.secretState, text: auth.secret, isStored }}
              onChange={({ state, text }) => set({ secretState: state, secret: text })}
            />
          )}
        </Field>
      )}
    </fieldset>
  );
}
