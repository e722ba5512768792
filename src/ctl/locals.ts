/** A command that is no method of the daemon. */
export interface LocalCommand {
  readonly path: readonly string[];
  readonly usage: string;
  readonly summary: string;
}

/** Every command of this program's own. */
export const locals: readonly LocalCommand[] = [
  {
    path: ["call"],
    usage: "METHOD [JSON|-]",
    summary: "Call a method by its name; parameters as JSON, or `-` for standard input.",
  },
  { path: ["discover"], usage: "", summary: "Print the daemon's specification." },
  { path: ["health"], usage: "", summary: "Ask whether the daemon is well; exit code 1 where something is degraded." },
  { path: ["whoami"], usage: "", summary: "Say whom the daemon takes this caller for." },
  { path: ["acl", "check"], usage: "FILE", summary: "Judge an access list as the daemon does when it starts." },
  { path: ["key", "new"], usage: "FILE", summary: "Make an Ed25519 key; its public half is for the access list." },
  {
    path: ["token", "new"],
    usage: "[PUBLIC_KEY [DAYS]]",
    summary: "Make a bearer token, and what the access list says of it.",
  },
  { path: ["completion"], usage: "bash|zsh|fish", summary: "Print the completion for a shell." },
  { path: ["help"], usage: "[COMMAND …]", summary: "Explain a command." },
  { path: ["version"], usage: "", summary: "Print the version." },
];
