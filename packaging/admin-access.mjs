// The first access list of a user, with a key of its own for the admin; what is there already is never changed.
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Where one user's access list and admin key are. */
export function userFolder({ XDG_CONFIG_HOME: config = "" } = process.env) {
  return join(isAbsolute(config) ? config : join(homedir(), ".config"), "my_os_server");
}

/**
 * Makes `acl.toml` and `admin.key` in a folder where there is no list yet; both are for their owner alone.
 * Answers where they are, and the public key (hex) if the list names it. Of two that run at once both answer the same.
 */
export function adminAccess(folder) {
  const acl = join(folder, "acl.toml");
  const key = join(folder, "admin.key");
  if (!existsSync(acl)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeNew(key, generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }));
    writeNew(acl, listNaming(publicHex(key)));
  }
  return { acl, ...namedKey(acl, key) };
}

/** A list that is there is used whatever is wrong with it or with the key: the daemon tells, and does not go without. */
function namedKey(acl, key) {
  try {
    const hex = publicHex(key);
    return readFileSync(acl, "utf8").includes(hex) ? { key, hex } : {};
  } catch {
    return {};
  }
}

/** Whole or not at all, and never over a file that is there. */
function writeNew(file, text) {
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  writeFileSync(draft, text, { flag: "wx", mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  } finally {
    unlinkSync(draft);
  }
}

function publicHex(file) {
  const { x } = createPublicKey(createPrivateKey(readFileSync(file))).export({ format: "jwk" });
  return Buffer.from(x, "base64url").toString("hex");
}

const listNaming = (hex) => `# Who may do what on this node. The daemon reads it when it starts, and again on SIGHUP.

[[group]]
name = "admins"
users = ["${hex}"] # admin.key beside this file

[[ace]]
right = "admin"
groups = ["admins"]

[policy]
anonymous_local = "read"
anonymous_remote = "none"
`;
