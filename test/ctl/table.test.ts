import { describe, expect, it } from "vitest";
import { commands } from "../../generated/commands.gen.js";
import { resultText, warningsText } from "../../src/ctl/result.js";
import { styleFor } from "../../src/ctl/style.js";
import { bytesText, cellText, durationText, tableText } from "../../src/ctl/table.js";
import { cut, widthOf } from "../../src/ctl/width.js";

const plain = styleFor(false);
const lines = (text: string) => text.trimEnd().split("\n");
const command = (method: string) => {
  const found = commands.find((one) => one.method === method);
  if (found === undefined) throw new Error(`no ${method}`);
  return found;
};

describe("a table", () => {
  const columns = [
    { title: "TARGET", isNumber: false, cells: ["/srv/data/a-rather-long-name", "/"] },
    { title: "SIZE", isNumber: true, cells: ["931.5 GiB", "1.0 GiB"] },
    { title: "OPTIONS", isNumber: false, cells: ["rw,relatime,space_cache=v2,subvolid=5,subvol=/", "ro"] },
    { title: "UUID", isNumber: false, cells: ["e4e2399f-9b17-4fd4-877e-9ec8c05dd1c9", "-"] },
  ];

  it("stands as it is where there is room", () => {
    const [head, first, second] = lines(tableText(columns, plain, 200));
    expect(head).toMatch(/^TARGET {29}SIZE {2}OPTIONS +UUID$/);
    expect(first).toContain("subvol=/  e4e2399f-9b17-4fd4-877e-9ec8c05dd1c9");
    expect(second).toMatch(/^\/ {29,}1\.0 GiB {2}ro +-$/);
  });

  it.each([40, 60, 80, 100, 120])("fits %i columns, keeps the first readable and tells what it leaves out", (width) => {
    const all = lines(tableText(columns, plain, width));
    for (const line of all) expect(widthOf(line), line).toBeLessThanOrEqual(width);
    expect(all[1]).toMatch(/^\/srv\/data\/a-rather-long/);
    const isWhole = all[0]?.includes("UUID") ?? false;
    expect(all.length).toBe(isWhole ? 3 : 4);
    if (!isWhole) expect(all.at(-1)).toMatch(/^not shown: .*UUID/);
  });

  it("lets a list go on below, whole items, and ends a long one", () => {
    const addresses = ["10.1.1.1/24", "2001:db8:1::1/64", "fe80::1/64"];
    const links = [
      { title: "IFNAME", isNumber: false, cells: ["br0", "lo"] },
      { title: "LOCAL", isNumber: false, cells: [addresses, "-"] },
      { title: "MTU", isNumber: true, cells: ["1500", "65536"] },
    ];
    expect(lines(tableText(links, plain, 80))[1]).toBe(`br0     ${addresses.join(" ")}   1500`);
    expect(lines(tableText(links, plain, 34))).toEqual([
      "IFNAME  LOCAL                  MTU",
      "br0     10.1.1.1/24           1500",
      "        2001:db8:1::1/64",
      "        fe80::1/64",
      "lo      -                    65536",
    ]);
    const many = { title: "X", isNumber: false, cells: [Array.from({ length: 50 }, (_, at) => `item-${at}`)] };
    expect(lines(tableText([many], plain, 24)).slice(4)).toEqual([
      "item-9 item-10 item-11",
      "item-12 item-13 item-14",
      "…",
    ]);
  });

  it("counts East Asian letters as two columns, and marks as none", () => {
    const names = [
      { title: "NAME", isNumber: false, cells: ["数据盘", "plain", "e\u0301te\u0301"] },
      { title: "X", isNumber: false, cells: ["|", "|", "|"] },
    ];
    const [, ...rows] = lines(tableText(names, plain, 80));
    expect(rows.map((row) => widthOf(row.slice(0, row.indexOf("|"))))).toEqual([8, 8, 8]);
    expect(cut("数据盘数据盘", 6)).toBe("数据…");
  });

  it("colours states alone, in no way that changes the text", () => {
    const states = [
      { title: "NAME", isNumber: false, cells: ["v0", "v1", "v2"] },
      { title: "STATE", isNumber: false, cells: ["UP", "DOWN", "degraded"] },
    ];
    const coloured = tableText(states, styleFor(true), 80);
    expect(coloured).toContain("\u001b[32mUP\u001b[39m");
    expect(coloured).toContain("\u001b[31mDOWN\u001b[39m");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
    expect(coloured.replaceAll(/\u001b\[\d+m/g, "")).toBe(tableText(states, plain, 80));
  });
});

describe("a cell", () => {
  it("shows control characters instead of obeying them", () => {
    expect(cellText("a\u001b[2Jb\u0000c\nd\u202ee")).toBe("a\\x1b[2Jb\\x00c\\x0ad\\u{202e}e");
  });

  it.each<[unknown, string, string]>([
    [undefined, "", "-"],
    [null, "", "-"],
    [[], "", "-"],
    [true, "", "yes"],
    [["a", "b"], "", "a b"],
    [{ family: "inet", enabled: false, more: undefined }, "", "family=inet,enabled=no"],
    [1_000_204_886_016, "size_bytes", "931.5 GiB"],
    [2n ** 60n, "size_bytes", "1.0 EiB"],
    [93_784, "uptime_seconds", "1d 2h"],
    [18_446_744_073_709_551_615n, "packets", "18446744073709551615"],
  ])("%o as %s is %s", (value, name, text) => {
    expect(cellText(value, name)).toBe(text);
  });

  it("knows sizes and durations at their edges", () => {
    expect([0, 1023, 1024].map(bytesText)).toEqual(["0 B", "1023 B", "1.0 KiB"]);
    expect([0, 59, 60, 3600, 3661].map(durationText)).toEqual(["0s", "59s", "1m", "1h", "1h 1m"]);
  });
});

describe("a result", () => {
  const screen = { style: plain, width: 80 };
  const show = (method: string, result: unknown, form: "table" | "name" = "table") =>
    resultText(command(method), result, form, screen);

  it("is named by what a write made", async () => {
    expect(await show("net.firewall.add_rule", { changed: true, id: "fw-1", rule: { id: "fw-1" } }, "name")).toBe(
      "fw-1\n",
    );
    expect(await show("net.vm.create_tap", { changed: true, tap: { name: "tap0" } }, "name")).toBe("tap0\n");
    const mounted = { changed: true, device: { path: "/dev/x", name: "x" }, mount: { target: "/data" } };
    expect(await show("vol.mount", mounted, "name")).toBe("/data\n");
    expect(await show("net.routes", [{ dst: "default" }, { dst: "10.0.0.0/8" }], "name")).toBe("default\n10.0.0.0/8\n");
    expect(await show("net.routes", [], "name")).toBe("");
  });

  it("has no two columns of one title, and nested details in lines of their own", async () => {
    const bridges = await show("net.bridge", [{ ifname: "br0", ports: [{ ifname: "v1" }, { ifname: "v2" }] }]);
    const [head = ""] = lines(bridges);
    expect(head.match(/\bIFNAME\b/g)).toHaveLength(1);
    expect(head).toContain("PORTS");
    expect(bridges).toContain("v1 v2");
    const tap = await show("net.vm.create_tap", {
      changed: true,
      tap: { name: "tap0", stats64: { rx: { bytes: 1 }, tx: { bytes: 2 } } },
    });
    expect(tap).not.toContain("rx=bytes");
  });

  it("shows two fields as one where its column says so", async () => {
    const [address, bare] = [{ local: "10.1.1.1", prefixlen: 24 }, { local: "10.1.1.2" }];
    const links = [{ ifname: "br0", addr_info: [address, bare] }];
    const [head, row, below] = lines(await show("net.interfaces", links));
    expect(head).toMatch(/^IFNAME {2}OPERSTATE {2}LOCAL /);
    expect([row, below]).toEqual([
      expect.stringContaining("  10.1.1.1/24  "),
      expect.stringMatching(/^ +10\.1\.1\.2$/),
    ]);
  });

  it("warns with the flag that helps", () => {
    const warnings = [
      { kind: "forwarding_disabled", message: "It does not forward.", remedy: "enable_forwarding: true" },
    ];
    expect(warningsText({ warnings }, plain, command("net.nat.add_dnat"))).toBe(
      "warning: It does not forward. (forwarding_disabled)\n         --enable-forwarding\n",
    );
  });
});
