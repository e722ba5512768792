import { expect, it, vi } from "vitest";
import { Files } from "../../../src/kernel/files.js";
import { IpRoute } from "../../../src/kernel/iproute.js";
import { netReader } from "../../../src/kernel/net-reader.js";

vi.mock("../../../src/kernel/libc.js", () => ({
  libc: () => {
    throw new Error("no binary for this platform");
  },
}));

it("runs `ip`, and says why, where the C library cannot be called", () => {
  const reasons: string[] = [];
  expect(netReader(new Files(), (reason) => reasons.push(reason))).toBeInstanceOf(IpRoute);
  expect(reasons).toEqual(["no binary for this platform"]);
});
