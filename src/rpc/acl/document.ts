import { TomlDate, type TomlTable, type TomlValue } from "smol-toml";
import type { Right } from "../../../generated/methods.gen.js";
import type { Located, Path, Problems } from "./problems.js";
import { hex32, publicKey, type Read } from "./public-key.js";
import { rights } from "./rights.js";
import { shown } from "./shown.js";
import { isTable, typeOf } from "./syntax.js";
import { oneOf, TableReader } from "./table-reader.js";

/** `[[group]]`: keys, and groups whose members are members of this one too. */
export interface AclGroup {
  readonly path: Path;
  readonly name?: Located<string>;
  readonly users: readonly Located<string>[];
  readonly memberGroups: readonly Located<string>[];
}

/** `[[ace]]`: the right that the members of some groups have. */
export interface AclAce {
  readonly right: Right;
  readonly groups: readonly Located<string>[];
}

/** `[policy]`: what callers without a name may do, and whose bare word is trusted. */
interface AclPolicy {
  readonly anonymousLocal: Right;
  readonly anonymousRemote: Right;
  readonly trustedUids: readonly Located<number>[];
}

/** `[[token]]`: a bearer token, known by the SHA-256 of its characters, that stands for a key until it expires. */
interface AclToken {
  readonly sha256: Located<string>;
  readonly user: Located<string>;
  readonly expires: Located<Date>;
}

/** `[[certificate]]`: a client certificate, known by the SHA-256 of its SubjectPublicKeyInfo, that stands for a key. */
interface AclCertificate {
  readonly spkiSha256: Located<string>;
  readonly user: Located<string>;
}

/** An access list as it is written, every value in order by itself. */
export interface AclDocument {
  readonly groups: readonly AclGroup[];
  readonly aces: readonly AclAce[];
  readonly policy: AclPolicy;
  readonly tokens: readonly AclToken[];
  readonly certificates: readonly AclCertificate[];
}

const EVERY_TABLE = ["group", "ace", "policy", "token", "certificate"];

/** Reads the tables of an access list. What does not fit is noted and left out, so that all of it is told at once. */
export function documentOf(table: TomlTable, problems: Problems): AclDocument {
  // An emptied file would otherwise be a policy, and perhaps a looser one than the file had.
  if (Object.keys(table).length === 0) problems.add([], "says nothing; to run without an access list leave it out");
  const file = new TableReader(table, [], problems, EVERY_TABLE);
  const each = <T>(name: string, keys: readonly string[], read: (entry: TableReader) => T): T[] =>
    file.tables(name).map(({ value, path }) => read(new TableReader(value, path, problems, keys)));
  return {
    groups: each("group", ["name", "users", "member_groups"], readGroup),
    aces: each("ace", ["right", "groups"], (entry) => readAce(entry, problems)).flat(),
    policy: readPolicy(file.field("policy", "optional"), problems),
    tokens: each("token", ["sha256", "user", "expires"], (entry) => readToken(entry, problems)).flat(),
    certificates: each("certificate", ["spki_sha256", "user"], readCertificate).flat(),
  };
}

function readGroup(entry: TableReader): AclGroup {
  const name = entry.text("name", "required", groupName);
  return {
    path: entry.path,
    ...(name === undefined ? {} : { name }),
    users: entry.texts("users", "optional", publicKey),
    memberGroups: entry.texts("member_groups", "optional", groupName),
  };
}

/** Names that look alike are one name: composed characters only, nothing invisible, no spaces at the ends. */
function groupName(text: string): Read<string> {
  const plain = /^[\p{L}\p{N}](?:[\p{L}\p{N}\p{M} ._@:+/-]{0,62}[\p{L}\p{N}\p{M}._@:+/-])?$/u.test(text);
  if (plain && text === text.normalize("NFC")) return { value: text };
  const rule = "1 to 64 letters, digits, inner spaces and ._@:+/-, beginning with a letter or digit";
  return { problem: `is ${shown(text)}; a group's name is ${rule}` };
}

function readAce(entry: TableReader, problems: Problems): AclAce[] {
  const right = entry.text("right", "required", grantedRight);
  const groups = entry.texts("groups", "required", groupName);
  const written = entry.field("groups", "optional");
  if (Array.isArray(written?.value) && written.value.length === 0) problems.add(written.path, "names no group");
  // Its groups are looked at whatever its right is: nothing of a list with problems comes into force.
  return [{ right: right?.value ?? "none", groups }];
}

const grants = rights.filter((right) => right !== "none");

function grantedRight(text: string): Read<Right> {
  if (text !== "none") return oneOf(grants)(text);
  return { problem: "is `none`; an ace only grants, and takes nothing away: leave its groups out of other aces" };
}

function readPolicy(written: Located<TomlValue> | undefined, problems: Problems): AclPolicy {
  let table: TomlTable = {};
  if (written && isTable(written.value)) table = written.value;
  else if (written) problems.add(written.path, `is ${typeOf(written.value)}; wanted one table: write [policy]`);
  const keys = ["anonymous_local", "anonymous_remote", "trusted_uids"];
  const entry = new TableReader(table, ["policy"], problems, keys);
  return {
    anonymousLocal: entry.text("anonymous_local", "optional", oneOf(rights))?.value ?? "read",
    anonymousRemote: entry.text("anonymous_remote", "optional", oneOf(rights))?.value ?? "none",
    trustedUids: entry.elements("trusted_uids", "optional", "integers").flatMap((uid) => readUid(uid, problems)),
  };
}

/** The overflow uid: whom the kernel cannot name has it, so it is nobody in particular. */
export const NOBODY = 65_534;
/** -1 as a uid_t means "no change", and no process has it. */
const HIGHEST_UID = 4_294_967_294n;

function readUid({ value, path }: Located<TomlValue>, problems: Problems): Located<number>[] {
  if (typeof value !== "bigint") problems.add(path, `is ${typeOf(value)}; wanted a uid, an integer`);
  else if (value < 0n || value > HIGHEST_UID) problems.add(path, `is ${value}; a uid is from 0 to ${HIGHEST_UID}`);
  else if (value === BigInt(NOBODY)) problems.add(path, `is ${NOBODY}, which stands for unknown users: never trusted`);
  else return [{ value: Number(value), path }];
  return [];
}

const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** The text is never repeated in a message: it may be the token itself, put there by mistake. */
function digest(what: string): (text: string) => Read<string> {
  return (text) => {
    const read = hex32(text, `the SHA-256 of ${what}`);
    if ("value" in read && read.value === EMPTY_SHA256) return { problem: "is the SHA-256 of nothing at all" };
    return read;
  };
}

const tokenDigest = digest("the token");
const spkiDigest = digest("the certificate's SubjectPublicKeyInfo");

function readToken(entry: TableReader, problems: Problems): AclToken[] {
  const sha256 = entry.text("sha256", "required", tokenDigest);
  const user = entry.text("user", "required", publicKey);
  const expires = readExpiry(entry.field("expires", "required"), problems);
  return sha256 && user && expires ? [{ sha256, user, expires }] : [];
}

function readExpiry(field: Located<TomlValue> | undefined, problems: Problems): Located<Date> | undefined {
  if (!field) return undefined;
  const { value, path } = field;
  if (value instanceof TomlDate && value.isDateTime() && !value.isLocal()) return { value, path };
  const quotes = typeof value === "string" ? ", without quotes" : "";
  problems.add(path, `is ${typeOf(value)}; wanted a date-time with its offset${quotes}, such as 2027-01-31T00:00:00Z`);
  return undefined;
}

function readCertificate(entry: TableReader): AclCertificate[] {
  const spkiSha256 = entry.text("spki_sha256", "required", spkiDigest);
  const user = entry.text("user", "required", publicKey);
  return spkiSha256 && user ? [{ spkiSha256, user }] : [];
}
