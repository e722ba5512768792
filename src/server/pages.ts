import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Right } from "../../generated/methods.gen.js";
import { includes, refusalFor } from "../rpc/access.js";
import type { Audit } from "../rpc/audit.js";
import { RpcError } from "../rpc/errors.js";
import type { Caller } from "../rpc/identity.js";
import type { Specification } from "../rpc/specification.js";
import type { Reply, Request, Route } from "./exchange.js";
import { type Exposition, exposition, type Figures } from "./exposition.js";
import { refusalOf } from "./refusal.js";

/** Something that does not work as it should while the daemon goes on. */
export interface Degradation {
  readonly part: string;
  readonly reason: string;
}

export interface PageParts {
  readonly audit: Audit;
  readonly specification: Specification;
  /** The socket's path, and the node's name for signatures and people. */
  readonly place: { readonly socket: string; readonly node: string };
  readonly figures: Figures;
  degraded(): readonly Degradation[] | Promise<readonly Degradation[]>;
  /** The groups of the access list that a key is in. */
  groupsOf(key: string): readonly string[];
}

const json = { "Content-Type": "application/json" };
/** What depends on who asks is nobody else's to keep. */
const personal = { ...json, "Cache-Control": "no-store" };
/** What a request without a body is signed with. */
const noBody = new Uint8Array();

/** The documents that are fetched with GET. */
export const pages = (parts: PageParts): readonly (readonly [string, Route])[] => [
  ["/openrpc.json", page(parts, "/openrpc.json", "none", specificationPage(parts))],
  ["/health", page(parts, "/health", "none", (_message, caller) => health(parts, caller))],
  ["/.well-known/heroservice.json", page(parts, "/.well-known/heroservice.json", "none", servicePage(parts))],
  ["/metrics", page(parts, "/metrics", "read", metricsPage(parts))],
  ["/whoami", page(parts, "/whoami", "none", (_message, caller) => whoami(parts, caller))],
];

type Render = (message: IncomingMessage, caller: Caller) => Reply | Promise<Reply>;

/** A page under the same rights as a call: bad credentials are 401, too small a right is 403. */
const page = ({ audit, place }: PageParts, path: string, right: Right, render: Render): Route => ({
  methods: ["GET", "HEAD"],
  answer({ message, identify, requestId, connection: { sender } }: Request) {
    const started = performance.now();
    const what = `GET ${path}`;
    const caller = identify().verdict(noBody);
    const refusal = caller instanceof RpcError ? caller : refusalFor(caller, what, right);
    if (refusal !== undefined) audit.refused({ what, error: refusal, started }, { requestId, caller, sender });
    // Who is a stranger because it has not signed yet learns for which node to sign.
    if (refusal !== undefined) throw refusalOf(refusal, { "X-Os-Node": place.node });
    if (caller instanceof RpcError) throw refusalOf(caller);
    return render(message, caller);
  },
});

function specificationPage({ specification }: PageParts): Render {
  const { bytes } = specification;
  const etag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 32)}"`;
  const headers = { ETag: etag, "Cache-Control": "no-cache" };
  return ({ headers: { "if-none-match": known } }) =>
    known !== undefined && matches(known, etag)
      ? { status: 304, headers, chunks: [] }
      : { status: 200, headers: { ...json, ...headers }, chunks: [bytes] };
}

// Weak comparison, as RFC 9110 has it for If-None-Match.
const matches = (known: string, etag: string): boolean =>
  known.split(",").some((tag) => tag.trim() === "*" || tag.trim().replace(/^W\//, "") === etag);

async function health({ degraded }: PageParts, { right }: Caller): Promise<Reply> {
  const isReader = includes(right, "read");
  const body = isReader ? { status: "ok", degraded: await degraded() } : { status: "ok" };
  return { status: 200, headers: personal, chunks: [JSON.stringify(body)] };
}

/** What is counted, as Prometheus reads it. */
function metricsPage({ figures }: PageParts): Render {
  let loaded: Promise<Exposition> | undefined;
  return async () => {
    loaded ??= exposition(figures);
    const { contentType, text } = await loaded;
    const headers = { "Content-Type": contentType, "Cache-Control": "no-store" };
    return { status: 200, headers, chunks: [await text()] };
  };
}

/** The caller as the daemon sees it: what a person asks first who was refused something. */
function whoami({ groupsOf }: PageParts, caller: Caller): Reply {
  const { kind, right, peer, address } = caller;
  const who =
    caller.kind === "identified" ? { key: caller.key, proof: caller.proof, groups: groupsOf(caller.key) } : {};
  return { status: 200, headers: personal, chunks: [JSON.stringify({ kind, ...who, right, peer, address })] };
}

/** What a directory of services on the node reads to list this one. */
function servicePage({ specification, place }: PageParts): Render {
  const { title, version, description } = specification.info;
  const body = JSON.stringify({ protocol: "openrpc", name: "my_os_server", title, version, description, ...place });
  return () => ({ status: 200, headers: json, chunks: [body] });
}
