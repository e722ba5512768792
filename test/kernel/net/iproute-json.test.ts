import { describe, expect, it } from "vitest";
import { IpObject, parseIpJson } from "../../../src/kernel/iproute-json.js";
import { Names } from "../../../src/kernel/iproute-names.js";
import { routeFromIp } from "../../../src/kernel/iproute-routes.js";

const first = (text: string | Buffer): IpObject => {
  const value = parseIpJson(Buffer.from(text));
  const [object] = Array.isArray(value) ? value : [];
  if (!(object instanceof IpObject)) throw new Error("no object");
  return object;
};

describe("what `ip -j` writes", () => {
  it("keeps numbers beyond 2^53 exact", () => {
    const object = first('[{"big":18446744073709551615,"small":9007199254740991,"timer":1.94,"minus":-1}]');
    expect(object.entries).toEqual([
      ["big", 18446744073709551615n],
      ["small", 9007199254740991],
      ["timer", 1.94],
      ["minus", -1],
    ]);
  });

  it("may escape quotes as no JSON does, and hold bare control characters and odd bytes", () => {
    expect(first(`[{"a":"it\\'s \\"so\\" \\\\ \\u00e9","b":"x\ty\\n"}]`).entries).toEqual([
      ["a", `it's "so" \\ \\xe9`],
      ["b", "x\ty\n"],
    ]);
    const odd = Buffer.concat([Buffer.from('[{"ifname":"caf'), Buffer.from([0xe9, 0xff]), Buffer.from('"}]')]);
    expect(first(odd).text("ifname")).toBe("caf\\xe9\\xff");
  });

  it("may name one key twice: a tunnel's destination among a route's", () => {
    const object = first(
      '[{"type":"unicast","dst":"172.18.5.0/24","encap":"ip","id":7,"src":"192.0.2.1","dst":"192.0.2.2","ttl":9,"tos":4,' +
        '"dev":"eth0","table":"main","protocol":"boot","scope":"link","flags":[]}]',
    );
    expect(routeFromIp("inet", object, new Names([]))).toMatchObject({
      dst: "172.18.5.0/24",
      dev: "eth0",
      encap: { type: "ip", id: 7, src: "192.0.2.1", dst: "192.0.2.2", ttl: 9, tos: 4 },
    });
  });

  it.each(["", "[", '[{"a":}]', '[{"a" 1}]', "[1] 2", '["open', "{1:2}", "[nul]"])(
    "is refused where it is not even that: %j",
    (text) => {
      expect(() => parseIpJson(Buffer.from(text))).toThrow(SyntaxError);
    },
  );
});
