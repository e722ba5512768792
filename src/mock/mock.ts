import { createRequire } from "node:module";
import { isDeepStrictEqual } from "node:util";
import { type MethodName, methods } from "../../generated/methods.gen.js";
import { type RpcError, rpcError } from "../rpc/errors.js";

interface NamedValue {
  readonly name: string;
  readonly value: unknown;
}

interface Example {
  readonly name: string;
  readonly params: readonly NamedValue[];
  readonly result: NamedValue;
}

interface Document {
  readonly openrpc: string;
  readonly info: object;
  readonly methods: readonly { readonly name: string; readonly examples?: readonly Example[] }[];
}

/** The part of server-js's router that is used: its mock mode answers the example of a method. */
interface MockRouter {
  call(method: string, params: readonly unknown[]): Promise<{ result?: unknown; error?: unknown }>;
}

type Handler = (params: Readonly<Record<string, unknown>>) => Promise<unknown>;

/**
 * Answers every method of a specification with the result of its example, for exactly that example's parameters.
 * Throws `unsupported` for any others, naming the examples: server-js would make up an answer.
 */
export function mockHandlers(specification: Uint8Array): Readonly<Record<string, Handler>> {
  const document: Document = JSON.parse(Buffer.from(specification).toString("utf8"));
  const router = mockRouter(document);
  const rows = document.methods
    .filter(({ name }) => !name.startsWith("rpc."))
    .map(({ name, examples = [] }) => [name, handler(name, examples, router)] as const);
  return Object.fromEntries(rows);
}

function handler(method: string, examples: readonly Example[], router: MockRouter): Handler {
  const paramsOf = (example: Example) => Object.fromEntries(example.params.map(({ name, value }) => [name, value]));
  return async (params) => {
    const index = examples.findIndex((example) => isDeepStrictEqual({ ...params }, paramsOf(example)));
    const example = examples[index];
    if (example === undefined) throw noExample(method, examples.map(paramsOf));
    const { result } = await router.call(
      idOf(method, index),
      example.params.map(({ value }) => value),
    );
    return result;
  };
}

/** Each example is a method of its own for server-js, which would else answer the first that has no other values. */
const idOf = (method: string, index: number): string => `${method}#${index}`;

function mockRouter({ openrpc, info, methods: described }: Document): MockRouter {
  const examples = described.flatMap(({ name, examples: all = [] }) =>
    all.map((example, index) => ({
      name: idOf(name, index),
      // The parameters have been judged by the specification's own schemas.
      params: example.params.map((param) => ({ name: param.name, schema: {} })),
      result: { name: example.result.name, schema: {} },
      examples: [example],
    })),
  );
  // A CommonJS package, and a heavy one: only the mock ever loads it.
  const { Router } = createRequire(import.meta.url)("@open-rpc/server-js");
  return new Router({ openrpc, info, methods: examples }, { mockMode: true });
}

const MAX_REASON = 1024;

function noExample(method: string, examples: readonly object[]): RpcError {
  const listed = examples.map((params) => JSON.stringify(params)).join(", ");
  const reason = `the mock answers only the specification's examples; ${method} has them for ${listed}`;
  return rpcError("unsupported", { reason: reason.slice(0, MAX_REASON), mode: "mock" }, `${method}: ${reason}`);
}

/** Why the mock does not answer a method: it answers all that the specification has. */
export const absentFromMock = (method: MethodName): RpcError =>
  rpcError(
    "unsupported",
    { reason: "the specification has no example", mode: "mock" },
    `${methods[method].tag}: no example`,
  );
