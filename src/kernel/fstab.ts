import type { Files } from "./files.js";
import { unescapeOctal } from "./text.js";

/** A line of `/etc/fstab`, octal escapes undone. */
export interface FstabLine {
  /** A device, or a tag such as `UUID=…`, quotes taken off. */
  readonly source: string;
  /** The mount point, without a slash at its end. */
  readonly target: string;
}

const MAX_FILE = 1 << 20;

/** Parses fstab(5): fields separated by blanks; comments and lines without a mount point are skipped. */
const parseFstab = (text: string): FstabLine[] =>
  text.split("\n").flatMap((line) => {
    const [source, target] = line.trim().split(/[ \t]+/);
    if (!source || !target || source.startsWith("#")) return [];
    return [{ source: unquoted(plain(source)), target: plain(target).replace(/(.)\/+$/, "$1") }];
  });

/** Tags may be quoted: `LABEL="a b"`. */
const unquoted = (source: string): string => source.replace(/^([A-Z]+=)"(.*)"$/, "$1$2");

const plain = (field: string): string => Buffer.from(unescapeOctal(latin1(field)), "latin1").toString("utf8");

const latin1 = (text: string): string => Buffer.from(text, "utf8").toString("latin1");

/** What is to be mounted at boot by `/etc/fstab`; nothing where there is none. */
export async function readFstab(files: Files): Promise<FstabLine[]> {
  return parseFstab((await files.headIfThere("/etc/fstab", MAX_FILE)) ?? "");
}
