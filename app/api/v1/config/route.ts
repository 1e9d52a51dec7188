import { z } from "zod";
import { configBytesMax, DryRun, endpoint, openEndpoint, readConfig, writeConfig } from "@/lib/http";
import { shortConfig } from "@/lib/runtime";

export const GET = endpoint({
  scope: "config:read",
  run: async (context) => Response.json(shortConfig(await readConfig(context))),
});

export const PUT = openEndpoint({
  scope: "config:write",
  mayBeNew: true,
  query: DryRun,
  body: z.unknown(),
  bodyBytesMax: configBytesMax,
  run: async (context) => Response.json(await writeConfig(context)),
});
