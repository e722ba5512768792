import { createHash } from "node:crypto";
import type { Right } from "../../../generated/methods.gen.js";
import { type AclDocument, type AclGroup, NOBODY } from "./document.js";
import { groupsWith, rightsOfKeys } from "./groups.js";
import { publicKey } from "./public-key.js";
import { higher } from "./rights.js";

/** Whose right is asked for. */
export interface Identity {
  /** The proven key, 64 lower-case hex digits; absent for an anonymous caller. */
  readonly key?: string;
  /** Whether the call came over the network, and not through the Unix socket. */
  readonly remote: boolean;
}

/** Whom a bearer token stands for. */
export type TokenBearer =
  | { readonly kind: "user"; readonly key: string; readonly expires: Date }
  | { readonly kind: "expired"; readonly expires: Date }
  | { readonly kind: "unknown_token" };

/** What callers without a proven key may do. */
export interface AnonymousPolicy {
  readonly local: Right;
  readonly remote: Right;
}

/** A DER SubjectPublicKeyInfo of an Ed25519 key is this and the key's 32 bytes (RFC 8410, section 4). */
const ED25519_SPKI = Buffer.from("302a300506032b6570032100", "hex");

/** Who may do what: an access list that was checked, and never changes. */
export class AccessList {
  readonly policy: AnonymousPolicy;
  /** The right that the aces give to each key; keys that no ace reaches are absent. */
  readonly #granted: ReadonlyMap<string, Right>;
  readonly #named: ReadonlySet<string>;
  readonly #groups: readonly AclGroup[];
  readonly #tokens: ReadonlyMap<string, { readonly key: string; readonly expires: number }>;
  readonly #certificates: ReadonlyMap<string, string>;
  readonly #trustedUids: ReadonlySet<number>;

  /** `ownUid` is the daemon's: a peer of the same user could do all that the daemon can. */
  constructor(document: AclDocument, ownUid: number) {
    const { groups, aces, policy, tokens, certificates } = document;
    this.policy = Object.freeze({ local: policy.anonymousLocal, remote: policy.anonymousRemote });
    this.#granted = rightsOfKeys(groups, aces);
    this.#groups = groups;
    const users = [...groups.flatMap((group) => group.users), ...[...tokens, ...certificates].map(({ user }) => user)];
    this.#named = new Set(users.map(({ value }) => value));
    this.#tokens = new Map(
      tokens.map(({ sha256, user, expires }) => [sha256.value, { key: user.value, expires: expires.value.getTime() }]),
    );
    this.#certificates = new Map(certificates.map(({ spkiSha256, user }) => [spkiSha256.value, user.value]));
    this.#trustedUids = new Set([0, ownUid, ...policy.trustedUids.map(({ value }) => value)]);
    Object.freeze(this);
  }

  /** The highest of what the aces give to the key and what the policy gives to anybody who comes this way. */
  rightOf({ key, remote }: Identity): Right {
    const anonymous = remote ? this.policy.remote : this.policy.local;
    return key === undefined ? anonymous : higher(anonymous, this.#granted.get(key) ?? "none");
  }

  /** Whether the list names the key anywhere: in a group, for a token or for a certificate. */
  knows(key: string): boolean {
    return this.#named.has(key);
  }

  /** The names of the groups that the key is in, directly or through `member_groups`, in the file's order. */
  groupsOf(key: string): readonly string[] {
    return groupsWith(key, this.#groups);
  }

  /** How many keys the list names. */
  get size(): number {
    return this.#named.size;
  }

  /**
   * The bearer of a token, at a time in milliseconds since 1970. The comparison needs no constant time: it is one of
   * digests, and what its timing tells of a digest leads to no token that has it.
   */
  userOfToken(token: string, now: number = Date.now()): TokenBearer {
    const entry = this.#tokens.get(sha256Of(token));
    if (entry === undefined) return { kind: "unknown_token" };
    const expires = new Date(entry.expires);
    return now < entry.expires ? { kind: "user", key: entry.key, expires } : { kind: "expired", expires };
  }

  /**
   * The key that a client certificate stands for, by its DER SubjectPublicKeyInfo: an Ed25519 one is that key itself
   * (of low order it is nobody's: its possession proves nothing), any other must be in the list.
   */
  userOfCertificate(spki: Uint8Array): string | undefined {
    const bytes = Buffer.from(spki);
    if (!bytes.subarray(0, ED25519_SPKI.length).equals(ED25519_SPKI)) return this.#certificates.get(sha256Of(bytes));
    const read = publicKey(bytes.subarray(ED25519_SPKI.length).toString("hex"));
    return "value" in read ? read.value : undefined;
  }

  /** Whether a local peer's bare word for its key is taken; never where the kernel could not say who it is. */
  isTrustedUid(uid: number | undefined): boolean {
    return uid !== undefined && uid !== NOBODY && this.#trustedUids.has(uid);
  }
}

const sha256Of = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");
