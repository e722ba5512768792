import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { expect } from "vitest";
import type { MethodName } from "../../generated/methods.gen.js";

/** As much of JSON Schema as parameters are described with. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
}

export interface Example {
  readonly name: string;
  readonly params: readonly { readonly name: string; readonly value: unknown }[];
  readonly result: { readonly value: unknown };
}

interface Method {
  readonly name: MethodName;
  readonly params: readonly { readonly name: string; readonly required?: boolean; readonly schema: Schema }[];
  readonly errors?: readonly { readonly $ref: string }[];
  readonly examples: readonly Example[];
}

interface Specification {
  readonly "x-common-errors": readonly string[];
  readonly methods: readonly Method[];
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly errors: Readonly<Record<string, { readonly code: number; readonly data: { readonly kind: string } }>>;
  };
}

const text = readFileSync(join(import.meta.dirname, "../../openrpc.json"), "utf8");
export const specification: Specification = JSON.parse(text);
const { components } = specification;

/** An example's parameters by name. */
export const paramsOf = ({ params }: Example): Record<string, unknown> =>
  Object.fromEntries(params.map(({ name, value }) => [name, value]));

/** A schema with what its references and `allOf` say, in one object. */
export function resolved({ $ref, allOf = [], ...own }: Schema): Schema {
  const referred = $ref === undefined ? {} : resolved(components.schemas[nameIn($ref)] ?? {});
  return Object.assign({}, referred, ...allOf.map(resolved), own);
}

const nameIn = (ref: string): string => ref.slice(ref.lastIndexOf("/") + 1);

const ajv = new Ajv({ strict: false, validateFormats: false });
ajv.addSchema(JSON.parse(text), "openrpc.json");

export interface Failure {
  readonly code: number;
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** An error is of a kind that the method or every method has, with its code and with data that fit. */
export function expectDeclared(method: MethodName, { code, message, data }: Failure): void {
  const declared = specification.methods.find(({ name }) => name === method)?.errors ?? [];
  const names = [...declared.map(({ $ref }) => nameIn($ref)), ...specification["x-common-errors"]];
  const name = names.find((candidate) => components.errors[candidate]?.data.kind === data.kind);
  if (name === undefined) expect.fail(`${method} may not answer ${JSON.stringify({ code, message, data })}`);
  expect(code).toBe(components.errors[name]?.code);
  const fits = ajv.compile({ $ref: `openrpc.json#/components/schemas/${name}ErrorData` });
  expect(fits(data), `${method}: ${JSON.stringify(data)}: ${ajv.errorsText(fits.errors)}`).toBe(true);
  expect(message).not.toBe("");
}
