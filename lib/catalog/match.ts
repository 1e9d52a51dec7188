import { type CanonicalPath, compilePattern, type Step } from "./paths";
import type { Endpoint, Service } from "./types";

type Node = {
  literals: Map<string, Node>;
  parameter: Node | null;
  here: Endpoint | null;
  rest: Endpoint | null;
};

type Matcher = ReadonlyMap<string, Node>;

const newNode = (): Node => ({ literals: new Map(), parameter: null, here: null, rest: null });

function stepInto(node: Node, step: Extract<Step, { kind: "literal" | "parameter" }>): Node {
  if (step.kind === "parameter") {
    node.parameter ??= newNode();
    return node.parameter;
  }
  const next = node.literals.get(step.text) ?? newNode();
  node.literals.set(step.text, next);
  return next;
}

function plant(root: Node, endpoint: Endpoint): void {
  const compiled = compilePattern(endpoint.path);
  if (!compiled.ok) return; // never stored; an unreadable pattern sells nothing
  let node = root;
  for (const step of compiled.pattern.steps) {
    if (step.kind === "rest") {
      node.rest = endpoint;
      return;
    }
    node = stepInto(node, step);
  }
  node.here = endpoint;
}

function compile(service: Service): Matcher {
  const roots = new Map<string, Node>();
  for (const endpoint of service.endpoints) {
    const root = roots.get(endpoint.method) ?? newNode();
    roots.set(endpoint.method, root);
    plant(root, endpoint);
  }
  return roots;
}

/** Literal before parameter before wildcard, segment by segment; no node is visited twice. */
function walk(node: Node, segments: readonly string[], place: number): Endpoint | null {
  const segment = segments[place];
  if (segment === undefined) return node.here;
  const literal = node.literals.get(segment);
  return (
    (literal && walk(literal, segments, place + 1)) ??
    (node.parameter && walk(node.parameter, segments, place + 1)) ??
    node.rest
  );
}

/** A service of a snapshot never changes, so its patterns are compiled once. */
const compiled = new WeakMap<Service, Matcher>();

export type Match =
  | Readonly<{ kind: "match"; endpoint: Endpoint }>
  | Readonly<{ kind: "no-path" }>
  | Readonly<{ kind: "no-method"; allow: readonly string[] }>;

/** Which endpoint sells this method and path. HEAD is sold as GET; what nothing names is never free. */
export function matchEndpoint(
  service: Service,
  method: string,
  { segments }: Pick<CanonicalPath, "segments">,
): Match {
  let matcher = compiled.get(service);
  if (!matcher) {
    matcher = compile(service);
    compiled.set(service, matcher);
  }
  const root = matcher.get(method === "HEAD" ? "GET" : method);
  const endpoint = root && walk(root, segments, 0);
  if (endpoint) return { kind: "match", endpoint };

  const methods = [...matcher].filter(([, other]) => walk(other, segments, 0)).map(([name]) => name);
  if (methods.length === 0) return { kind: "no-path" };
  return { kind: "no-method", allow: methods.flatMap((name) => (name === "GET" ? ["GET", "HEAD"] : [name])) };
}
