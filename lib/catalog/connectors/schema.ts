import { z } from "zod";
import { lineOf, Mode, Secret, Slug } from "../schema-parts";

export const connectorKinds = ["rest", "medusa", "vtex"] as const;
export const connectorsMax = 50;
const methodsMax = 50;
const hostsMax = 20;
const hoursMax = 720;

const Method = z.strictObject({
  name: lineOf(60),
  rail: z.string(),
  split: z
    .enum(["disabled", "onAuthorize", "onCapture"], 'Write "disabled", "onAuthorize" or "onCapture".')
    .default("disabled"),
});

/** The outer shape; what `settings` may hold depends on the kind. */
export const Connector = z.strictObject({
  id: Slug,
  kind: z.enum(connectorKinds, 'Write "rest", "medusa" or "vtex".'),
  title: lineOf(100).optional(),
  mode: Mode,
  enabled: z.boolean().default(true),
  homologation: z.boolean().default(false),
  methods: z.array(Method).max(methodsMax, `Use at most ${methodsMax} methods.`).default([]),
  settings: z.record(z.string(), z.unknown()).default({}),
});

const NoticeSecret = Secret.refine(
  ({ $secret }) => $secret === null || $secret.length >= 16,
  "A secret that signs has at least 16 characters.",
);

const Signed = z
  .strictObject({
    notifyUrl: z
      .string()
      .max(2_048, "Use at most 2048 characters.")
      .refine((text) => /^https?:\/\//.test(text) && URL.canParse(text), "Write an http or https address.")
      .optional(),
    notifySecret: NoticeSecret.optional(),
  })
  .superRefine(({ notifyUrl, notifySecret }, context) => {
    if (notifyUrl !== undefined && notifySecret === undefined)
      context.addIssue({
        code: "custom",
        path: ["notifySecret"],
        message: "A notice is signed. Set the secret that the shop knows too.",
      });
  });

/** A host with an optional port, or every host below one: `*.example.com`. */
const CallbackHost = z
  .string()
  .max(253, "A host name has at most 253 characters.")
  .regex(
    /^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?::\d{1,5})?$/,
    "Write a host name such as shop.example.com or *.example.com, in lower case and without a scheme.",
  );

const Vtex = z.strictObject({
  acquirer: lineOf(60).optional(),
  partner: z.strictObject({ appKey: lineOf(200), appToken: Secret }).optional(),
  surplusAfterHours: z.int().min(0).max(hoursMax).optional(),
  callbackHosts: z
    .array(CallbackHost)
    .max(hostsMax, `Name at most ${hostsMax} hosts.`)
    .refine((hosts) => new Set(hosts).size === hosts.length, "A host is named twice.")
    .optional(),
});

/** Settings of each kind, and where in them secrets stand. */
export const connectorSettings = {
  rest: { schema: Signed, secrets: ["notifySecret"], addresses: ["notifyUrl"] },
  medusa: { schema: Signed, secrets: ["notifySecret"], addresses: ["notifyUrl"] },
  vtex: { schema: Vtex, secrets: ["partner.appToken"], addresses: [] },
} as const satisfies Record<
  (typeof connectorKinds)[number],
  { schema: z.ZodType; secrets: readonly string[]; addresses: readonly string[] }
>;

export type ConnectorDocument = z.infer<typeof Connector>;
