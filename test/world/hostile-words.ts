import type { Random } from "./random.js";

const PIECES = [
  "--help",
  "-rf",
  "; reboot",
  "$(reboot)",
  "`id`",
  "| sh",
  "&& true",
  "../../etc/passwd",
  "/dev/sda",
  "br0",
  "lo",
  "dev",
  "master",
  "type",
  "add rule",
  "{ drop; }",
  "\\",
  "'",
  '"',
  "\n",
  "\t",
  "\r\n",
  "\u0000",
  "%d",
  "%s%n",
  "*",
  "?",
  "~",
  "#",
  "@eth0",
  ":1",
  "0x10",
  "-1",
  "4294967296",
  "::1",
  "10.0.0.0/8",
  "fe80::1%lo",
  "999.1.1.1",
  "ünïcödé",
  "名前",
  "\u202e",
  "\ud83d\ude00",
  "\ud800",
  "\uffff",
  "__proto__",
  "constructor",
  "toString",
];

/** Texts that a shell, an option parser, a rule language or a kernel could take for more than data; some 4 KiB long. */
export function hostileWords(random: Random, count: number): string[] {
  const words = new Set<string>(["", ".", "..", " ", "-", "a".repeat(4096), "\u0000".repeat(16), ...PIECES]);
  while (words.size < count) {
    const parts = Array.from({ length: random.between(1, 4) }, () => random.pick(PIECES));
    const text = parts.join(random.pick(["", " ", "-", "\u0000", "/"]));
    words.add(random.chance(0.02) ? text.repeat(Math.ceil(4096 / Math.max(1, text.length))) : text);
  }
  return [...words].slice(0, count);
}
