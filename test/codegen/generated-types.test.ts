import { describe, expectTypeOf, it } from "vitest";
import type { CallOptions, Client } from "../../generated/client.gen.js";
import type { ErrorDataByKind, ErrorKind } from "../../generated/errors.gen.js";
import type { Handlers, HandlersByTag, NetDnsHandlers, NetRoutesHandlers } from "../../generated/handlers.gen.js";
import type { MethodInfo, MethodName, MethodTypes, Right } from "../../generated/methods.gen.js";
import type { Bytes, NetRoutesAddParams, NetRoutesParams, Route, Uint64 } from "../../generated/types.gen.js";

/** Compiled by `npm run typecheck`: each unused `@ts-expect-error` is an error there. Nothing here runs. */
const never = (_: (...args: never[]) => unknown): void => {};

describe("the generated types", () => {
  it("refuse methods and kinds that do not exist", () => {
    expectTypeOf<"net.routes">().toExtend<MethodName>();
    // @ts-expect-error there is no such method
    never(() => "net.route" satisfies MethodName);
    // @ts-expect-error there is no such kind
    never(() => "no_found" satisfies ErrorKind);
    // @ts-expect-error there is no such right
    never(() => "root" satisfies Right);
  });

  it("give every method its own parameters and result", () => {
    expectTypeOf<MethodTypes["net.routes"]>().toEqualTypeOf<{ params: NetRoutesParams; result: Route[] }>();
    expectTypeOf<keyof MethodTypes>().toEqualTypeOf<MethodName>();
    expectTypeOf<keyof Handlers>().toEqualTypeOf<MethodName>();
    expectTypeOf<HandlersByTag["net.routes"]>().toEqualTypeOf<NetRoutesHandlers>();
  });

  it("refuse a misspelt, missing or wrong parameter", () => {
    never(() => ({ dst: "default", gateway: "192.0.2.1" }) satisfies NetRoutesAddParams);
    // @ts-expect-error `gatway` is no parameter
    never(() => ({ dst: "default", gatway: "192.0.2.1" }) satisfies NetRoutesAddParams);
    // @ts-expect-error `dst` is required
    never(() => ({ gateway: "192.0.2.1" }) satisfies NetRoutesAddParams);
    // @ts-expect-error `metric` is a number
    never(() => ({ dst: "default", metric: "1" }) satisfies NetRoutesAddParams);
    // @ts-expect-error absent is not undefined
    never(() => ({ dst: "default", gateway: undefined }) satisfies NetRoutesAddParams);
    // @ts-expect-error `family` is inet or inet6
    never(() => ({ family: "ipv4" }) satisfies NetRoutesParams);
  });

  it("refuse a topic whose handler is missing, misnamed or reads a parameter that is not there", () => {
    // @ts-expect-error `net.dns` has no handler
    never(() => ({}) satisfies NetDnsHandlers);
    // @ts-expect-error `net.dnss` is no method of this topic
    never((dns: NetDnsHandlers) => ({ ...dns, "net.dnss": dns["net.dns"] }) satisfies NetDnsHandlers);
    never(
      (others: Pick<NetRoutesHandlers, "net.routes.add" | "net.routes.delete">): NetRoutesHandlers => ({
        ...others,
        // @ts-expect-error `famly` is no parameter
        "net.routes": ({ famly }) => famly,
      }),
    );
  });

  it("make 64-bit integers numbers or bigints", () => {
    expectTypeOf<Bytes>().toEqualTypeOf<Uint64>();
    expectTypeOf<Uint64>().toEqualTypeOf<number | bigint>();
  });

  it("type an error's data by its kind", () => {
    expectTypeOf<ErrorDataByKind["not_found"]["kind"]>().toEqualTypeOf<"not_found">();
    expectTypeOf<ErrorDataByKind["not_found"]>().toHaveProperty("resource");
    expectTypeOf<MethodInfo["errors"]>().toEqualTypeOf<readonly ErrorKind[]>();
  });

  it("type the client's functions like the methods", () => {
    expectTypeOf<Client["net"]["routes"]>().parameters.toEqualTypeOf<
      [params?: NetRoutesParams | undefined, options?: CallOptions | undefined]
    >();
    expectTypeOf<Client["net"]["routes"]["add"]>().parameters.toEqualTypeOf<
      [params: NetRoutesAddParams, options?: CallOptions | undefined]
    >();
    expectTypeOf<Client["net"]["routes"]>().returns.toEqualTypeOf<Promise<Route[]>>();
    // @ts-expect-error there is no such method
    never((client: Client) => client.net.routes.ad({ dst: "default" }));
    // @ts-expect-error a method without parameters takes none
    never((client: Client) => client.rpc.health({ verbose: true }));
  });
});
