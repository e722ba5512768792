import { describe, expect, it } from "vitest";
import { commands } from "../../generated/commands.gen.js";
import { type ErrorKind, errors } from "../../generated/errors.gen.js";
import { errorOf, MyOsConnectionError } from "../../sdk/errors.js";
import { exitCodeOf, failureText } from "../../src/ctl/failure.js";
import { styleFor } from "../../src/ctl/style.js";
import { UsageError } from "../../src/ctl/usage.js";

const plain = styleFor(false);
const kinds = Object.keys(errors).filter((kind): kind is ErrorKind => Object.hasOwn(errors, kind));
const failure = (kind: ErrorKind, data: object = {}, message = "it did not work") =>
  errorOf("net.routes.add", { code: errors[kind].code, message, data: { kind, request_id: "r1", ...data } });

describe("the exit code", () => {
  const expected: Record<ErrorKind, number> = {
    parse_error: 70,
    invalid_request: 70,
    method_not_found: 64,
    invalid_params: 64,
    internal_error: 70,
    unauthenticated: 21,
    permission_denied: 23,
    upstream_unavailable: 24,
    overloaded: 25,
    timeout: 26,
    unsupported: 11,
    tool_missing: 12,
    command_failed: 13,
    not_found: 14,
    already_exists: 15,
    in_use: 16,
    conflict: 17,
    invalid_argument: 18,
  };

  it.each(kinds)("of %s", (kind) => {
    expect(exitCodeOf(failure(kind))).toBe(expected[kind]);
  });

  it("of what is no answer", () => {
    expect(exitCodeOf(new UsageError("wrong"))).toBe(64);
    expect(exitCodeOf(new MyOsConnectionError("unreachable", "nobody answers", false))).toBe(69);
    expect(exitCodeOf(new Error("a defect"))).toBe(70);
    expect(exitCodeOf("thrown text")).toBe(70);
  });
});

describe("an error's text", () => {
  it.each(kinds)("of %s is there even where another daemon's data lack everything", (kind) => {
    const text = failureText(failure(kind), plain);
    expect(text.startsWith(`error: it did not work (${kind})\n`)).toBe(true);
    expect(text).not.toMatch(/undefined \(|object Object/);
  });

  it.each<[ErrorKind, object, string]>([
    ["permission_denied", { required: "write", granted: "read" }, "needs the right write and you have read"],
    ["tool_missing", { tool: "btrfs", package: "btrfs-progs" }, "apt install btrfs-progs"],
    ["overloaded", { retry_after_ms: 250 }, "ask again in 250 ms"],
    ["timeout", { may_have_happened: true }, "look before asking again"],
    ["upstream_unavailable", { upstream: "mos_volume", socket: "/run/v.sock" }, "start mos_volume"],
    ["in_use", { holders: [{ kind: "bridge_port", name: "v1" }] }, "held by: bridge_port v1"],
    ["in_use", { holders: [{ kind: "process", name: "sh", pid: 7 }] }, "held by: process sh (pid=7)"],
    ["conflict", { expected: { mtu: 1500 }, actual: { mtu: 9000 } }, "wanted: mtu=1500\n       there:  mtu=9000"],
    ["command_failed", { argv: ["mkfs.ext4", "/dev/x"], stderr: "no space\nat all\n" }, "no space\n       at all\n"],
    [
      "invalid_params",
      { problems: [{ field: "gatway", reason: "is unknown", nearest: "gateway" }] },
      "gatway: is unknown (did you mean gateway?)",
    ],
  ])("of %s %j says the next step", (kind, data, said) => {
    expect(failureText(failure(kind, data), plain)).toContain(said);
  });

  it("speaks of the command's flags where the daemon speaks of parameters", () => {
    const command = commands.find(({ method }) => method === "net.bridge.delete");
    const error = failure("in_use", { holders: [] }, "in use; force: true deletes it, other: true does not");
    expect(failureText(error, plain, command)).toContain("in use; --force deletes it, other: true does not");
  });

  it("shows control characters instead of obeying them", () => {
    const text = failureText(failure("not_found", {}, "no \u001b[2J\u0000bridge\u202e"), plain);
    expect(text).toContain("no \\x1b[2J\\x00bridge\\u{202e}");
  });

  it("has colours only where they are wanted", () => {
    expect(failureText(new UsageError("wrong", "do this"), plain)).toBe("error: wrong\n       do this\n");
    const coloured = failureText(new UsageError("wrong", "do this"), styleFor(true));
    expect(coloured.startsWith("\u001b[31merror:\u001b[39m wrong")).toBe(true);
  });
});
