import { matchFit } from "./nft-fit.js";
import { type NftObjectValue, type NftValue, textOf } from "./nft-json.js";
import type { Fit, PacketClass } from "./packet-class.js";

/** iptables' own matches that `nft` prints in its own words: read from the rule's text. */
const READ_FROM_TEXT: Readonly<Record<string, (text: string, packet: PacketClass) => Fit>> = {
  conntrack: stateFit,
  state: stateFit,
  addrtype: (text, packet) => {
    const [, op = "==", type] = /fib daddr type (!= )?(\w+)/.exec(text) ?? [];
    if (type === undefined) return "unforeseeable";
    const left = { fib: { result: "type", flags: "daddr" } };
    return matchFit({ op: op.trim(), left, right: type }, packet);
  },
  multiport: portsFit,
  tcp: portsFit,
  udp: portsFit,
  sctp: portsFit,
  comment: () => "all",
};

/** How many packets of a class one of iptables' extension matches lets through. */
export function xtFit(xt: NftObjectValue, text: string, packet: PacketClass): Fit {
  if (textOf(xt.type) !== "match") return "all";
  const name = textOf(xt.name) ?? "";
  const read = Object.hasOwn(READ_FROM_TEXT, name) ? READ_FROM_TEXT[name] : undefined;
  return read?.(text, packet) ?? "unforeseeable";
}

/** The verdict of one of iptables' extension targets; undefined where the packet goes on. */
export function xtVerdict(xt: NftObjectValue): { kind: "drop" | "unforeseeable" } | undefined {
  if (textOf(xt.type) !== "target") return undefined;
  const name = textOf(xt.name);
  if (name === "REJECT") return { kind: "drop" };
  return name === "NFQUEUE" ? { kind: "unforeseeable" } : undefined;
}

function stateFit(text: string, packet: PacketClass): Fit {
  const [, op, states] = /ct state (!= )?([a-z,]+)/.exec(text) ?? [];
  if (states === undefined) return "unforeseeable";
  const left = { ct: { key: "state" } };
  return matchFit({ op: op === undefined ? "in" : "!=", left, right: states.split(",") }, packet);
}

function portsFit(text: string, packet: PacketClass): Fit {
  const [, protocol = "", op, many, one] = /(tcp|udp|sctp) dport (!= )?(?:\{ ([^}]*) \}|(\S+))/.exec(text) ?? [];
  if (protocol === "") return /(tcp|udp|sctp) sport/.test(text) ? "some" : "all";
  const right = (many ?? one ?? "").split(",").map((part) => portValue(part.trim()));
  const left = { payload: { protocol, field: "dport" } };
  return matchFit({ op: op === undefined ? "==" : "!=", left, right: { set: right } }, packet);
}

function portValue(text: string): NftValue {
  const [first = Number.NaN, last] = text.split("-").map(Number);
  return last === undefined ? first : { range: [first, last] };
}
