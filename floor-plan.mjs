// The floor plan (docs/house.md §2): which room may import which. `npm run floor-plan` holds every import to it.

const records = ["db", "net", "money", "problems", "kit"];
const faces = ["processor", "catalog", "pricing", "protocol", "net", "money", "problems", "kit"];

/** Room → rooms it may import. A room that is not here may not exist. */
const plan = {
  // street: Next and React live here
  app: ["components", "dashboard", "http", "runtime"],
  components: ["dashboard", "money"],
  dashboard: ["http", "runtime", "access", "money", "problems", "kit"],
  http: ["runtime", "access", "money", "problems", "kit"],
  server: ["runtime", "problems", "kit"],
  cli: ["runtime", "server", "conformance", "catalog", "protocol", "money", "problems", "kit"],

  // wiring: the only room that knows all the others
  runtime: [
    ...[
      "gateway",
      "mcp",
      "nostr",
      "shops",
      "discovery",
      "checkout",
      "processor",
      "rails",
      "ledger",
      "pricing",
      "catalog",
    ],
    ...[
      "access",
      "jobs",
      "webhooks",
      "demo",
      "conformance",
      "protocol",
      "problems",
      "money",
      "net",
      "db",
      "kit",
    ],
  ],

  // faces: neighbours do not know each other
  gateway: faces,
  mcp: faces,
  nostr: faces,
  shops: [...faces, "db"],
  discovery: faces,
  checkout: [...faces, "db"],

  // the payer's side of the wire, which examines any paid door from outside
  conformance: ["protocol", "kit"],

  // flows
  processor: ["rails", "ledger", "jobs", "webhooks", "db", "money", "problems", "kit"],

  // records: neighbours do not know each other
  rails: ["net", "money", "problems", "kit"],
  ledger: records,
  pricing: records,
  catalog: records,
  access: records,
  jobs: records,
  webhooks: records,
  demo: records,

  // ground
  protocol: ["kit"],
  problems: ["kit"],
  money: [], // it runs in browsers too, and takes nothing along
  net: ["kit"],
  db: ["kit"],
  kit: [],
};

/** Imports that break the plan for a reason: `{ from, to, reason }`, paths from the root. The list may only shrink. */
export const exceptions = [];

const street = ["app", "components", "dashboard", "http", "server", "cli"];
const roomFolders = { app: "(?:app/|(?:proxy|instrumentation)\\.ts)", components: "components/" };
const folderOf = (room) => `^${roomFolders[room] ?? `lib/${room}/`}`;
const bone = "(?:\\.bone\\.mjs)?$"; // what is checked is a skeleton of each file (scripts/floor-plan.mjs)
const tests = `(?:\\.test\\.tsx?|^lib/testing/.*)${bone}`;
const known = Object.keys(plan);

/** The rule that a room imports only what the plan allows it. */
const roomRule = (room) => ({
  name: `room ${room}`,
  comment:
    plan[room].length === 0
      ? `${room} imports no other room.`
      : `${room} may import ${plan[room].join(", ")}.`,
  severity: "error",
  from: { path: folderOf(room), pathNot: tests },
  to: { path: "^(?:app|components|lib)/", pathNot: [room, ...plan[room]].map(folderOf) },
});

const forbidden = [
  ...known.map(roomRule),
  {
    name: "unknown room",
    comment: "A new room is drawn into the plan first.",
    severity: "error",
    from: { path: "^lib/", pathNot: [...known.map(folderOf), "^lib/testing/"] },
    to: {},
  },
  {
    name: "front door",
    comment: "A room is entered through its index.ts.",
    severity: "error",
    from: { path: "^(?:app|components|lib/([^/]+)|[^/]+\\.ts)", pathNot: tests },
    to: {
      path: "^lib/[^/]+/",
      pathNot: ["^lib/$1/", `^lib/[^/]+/index\\.ts${bone}`, "^lib/dashboard/", "^lib/testing/"],
    },
  },
  {
    name: "components see actions and views",
    comment: "Of the dashboard, components import actions.ts and view.ts only.",
    severity: "error",
    from: { path: "^components/", pathNot: tests },
    to: { path: "^lib/dashboard/", pathNot: `/(?:actions|view)\\.ts${bone}` },
  },
  {
    name: "rails are strangers",
    comment: "A rail knows its network and no other rail.",
    severity: "error",
    from: { path: "^lib/rails/([^/]+)/" },
    to: { path: "^lib/rails/[^/]+/", pathNot: "^lib/rails/$1/" },
  },
  {
    name: "below the street",
    comment: "Below the street there is no Next and no React.",
    severity: "error",
    from: { path: "^lib/", pathNot: [...street.map(folderOf), tests] },
    to: { path: "^(?:node_modules/)?(?:next|next-auth|next-themes|react|react-dom)(?:/|$)" },
  },
  {
    name: "packages leave the house",
    comment:
      "What a shop installs brings its own code along: of packages/, it imports its own and the client only.",
    severity: "error",
    from: { path: "^packages/([^/]+)/", pathNot: tests },
    to: { path: "^(?:app|components|lib|packages)/", pathNot: ["^packages/$1/", "^packages/client/"] },
  },
  {
    name: "the house needs no package",
    comment: "Packages are installed elsewhere; nothing here imports them.",
    severity: "error",
    from: { path: "^(?:app|components|lib)/" },
    to: { path: "^packages/" },
  },
  {
    name: "tests only",
    comment: "lib/testing is imported by tests only.",
    severity: "error",
    from: { path: ".", pathNot: tests },
    to: { path: "^lib/testing/" },
  },
  {
    name: "cycle",
    comment: "Modules that need each other are one module, or two that need a third.",
    severity: "error",
    from: { pathNot: tests },
    to: { circular: true },
  },
];

/** The plan as dependency-cruiser reads it. */
export default { forbidden };
