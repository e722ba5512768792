import { describe, expect, it } from "vitest";
import { fieldOf } from "../../src/rpc/problems.js";
import { call, failure, localWith, origin, partsWith, ask as send } from "./parts.js";

const parts = partsWith({ "net.routes": () => [], "vol.list_mounts": () => [] });
const ask = (to: typeof parts, body: unknown) => send(to, body, origin({ caller: localWith("admin") }));
const refusal = (...problems: unknown[]) => failure(-32602, "invalid_params", { problems });
const message = (text: unknown) => ({ error: expect.objectContaining({ message: text }) });

describe("parameters by name", () => {
  it("that the method does not have are all named, with the nearest word", async () => {
    expect(await ask(parts, call("net.routes", { famly: "inet", tabel: "main", zzzzzz: 1 }))).toEqual(
      refusal(
        { field: "famly", reason: "unknown parameter", nearest: "family" },
        { field: "tabel", reason: "unknown parameter", nearest: "table" },
        { field: "zzzzzz", reason: "unknown parameter" },
      ),
    );
  });

  it("that are required and missing are named", async () => {
    expect(await ask(parts, call("vol.unmount", {}))).toEqual(
      refusal({ field: "target", reason: "is required and missing" }),
    );
  });

  it("of the wrong type say which is wanted", async () => {
    expect(await ask(parts, call("vol.list_mounts", { usage: "yes" }))).toEqual(
      refusal({ field: "usage", reason: "must be boolean" }),
    );
  });

  it("with half of a surrogate pair are refused: the kernel would get another name", async () => {
    const reason = "must be Unicode: half of a surrogate pair stands alone";
    expect(await ask(parts, call("vol.unmount", { target: "/mnt/\ud83d" }))).toEqual(
      refusal({ field: "target", reason }),
    );
    const nexthops = [{ dev: "a" }, { dev: "\udc00" }];
    expect(await ask(parts, call("net.routes.add", { dst: "10.0.0.0/8", nexthops }))).toEqual(
      refusal({ field: "nexthops[1].dev", reason }),
    );
    expect(await ask(parts, call("vol.unmount", { target: "/mnt/\ud83d\ude00" }))).not.toHaveProperty(
      "error.data.problems",
    );
  });

  it("with a misspelt word name the nearest right one", async () => {
    expect(await ask(parts, call("net.routes", { family: "inet7" }))).toEqual(
      refusal({ field: "family", reason: 'must be one of "inet", "inet6"', nearest: "inet" }),
    );
  });

  it("at most 32 problems are told, and the message counts the rest", async () => {
    const params = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`p${index}`, 1]));
    const answer = await ask(parts, call("net.routes", params));
    expect(answer).toEqual(
      refusal(...Array.from({ length: 32 }, (_, index) => expect.objectContaining({ field: `p${index}` }))),
    );
    expect(answer).toMatchObject(message(expect.stringContaining("and 4999 more")));
  });

  it("with a name of a million characters are refused in a short answer", async () => {
    const answer = await ask(parts, call("net.routes", { ["n".repeat(1_000_000)]: 1 }));
    expect(answer).toEqual(refusal({ field: "n".repeat(512), reason: "unknown parameter" }));
    expect(JSON.stringify(answer).length).toBeLessThan(4096);
  });
});

describe("64-bit parameters", () => {
  const quota = (bytes: string) =>
    ask(
      parts,
      `{"jsonrpc":"2.0","id":1,"method":"vol.set_quota","params":{"path":"/a","max_referenced_bytes":${bytes}}}`,
    );

  it.each(["0", "9007199254740993", "18446744073709551615"])("%s reaches the method", async (bytes) => {
    expect(await quota(bytes)).toEqual(failure(1001, "unsupported"));
  });

  it.each(["-1", "18446744073709551616", "1.5", "1e30", "9".repeat(100_000)])("%s is refused", async (bytes) => {
    expect(await quota(bytes)).toEqual(failure(-32602, "invalid_params"));
  });
});

describe("parameters by position", () => {
  it("may be fewer than the method has", async () => {
    expect(await ask(parts, call("net.routes", ["inet"]))).toMatchObject({ result: [] });
  });

  it("are validated like named ones", async () => {
    expect(await ask(parts, call("net.routes", ["inet", 254]))).toEqual(
      refusal({ field: "table", reason: expect.stringContaining("must be") }),
    );
  });

  it("beyond the last parameter are named by their place", async () => {
    expect(await ask(parts, call("net.dns", ["x", "y"]))).toEqual(
      refusal(
        { field: "[0]", reason: "one entry too many: the method takes no parameters" },
        { field: "[1]", reason: "one entry too many: the method takes no parameters" },
      ),
    );
    expect(await ask(parts, call("net.dns", Array(1000).fill(0)))).toMatchObject(
      message("net.dns: `[0]`: one entry too many: the method takes no parameters (and 999 more)"),
    );
  });
});

it("the message is a sentence that says what to change", async () => {
  expect(await ask(parts, call("net.routes", { famly: "inet" }))).toMatchObject(
    message("net.routes: `famly`: unknown parameter; did you mean `family`?"),
  );
});

it.each([
  ["", ""],
  ["/family", "family"],
  ["/nexthops/0/gateway", "nexthops[0].gateway"],
  ["/a~1b/c~0d", "a/b.c~d"],
])("the place %j is shown as %j", (pointer, field) => {
  expect(fieldOf(pointer)).toBe(field);
});
