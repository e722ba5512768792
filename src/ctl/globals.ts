/** A flag that every command takes. */
export interface GlobalFlag {
  readonly short?: string;
  /** What stands for the value in help; absent for switches. */
  readonly placeholder?: string;
  /** The variable that decides it where the flag is not given. */
  readonly env?: string;
  readonly help: string;
}

const flag = (row: GlobalFlag): GlobalFlag => row;

/** Every global flag; help, parsing and completion come from here. */
export const globals = {
  socket: flag({ placeholder: "PATH", env: "MY_OS_SOCKET", help: "The daemon's Unix socket." }),
  host: flag({ placeholder: "HOST[:PORT]", env: "MY_OS_HOST", help: "A remote daemon, over TLS." }),
  context: flag({ placeholder: "NAME", env: "MY_OS_CONTEXT", help: "A named place and identity of the config file." }),
  "ca-file": flag({
    placeholder: "FILE",
    env: "MY_OS_CA_FILE",
    help: "Certificates (PEM) to trust instead of the system's.",
  }),
  "cert-file": flag({ placeholder: "FILE", env: "MY_OS_CERT_FILE", help: "Client certificate (PEM)." }),
  "cert-key-file": flag({
    placeholder: "FILE",
    env: "MY_OS_CERT_KEY_FILE",
    help: "The client certificate's private key (PEM).",
  }),
  "key-file": flag({
    placeholder: "FILE",
    env: "MY_OS_KEY_FILE",
    help: "Ed25519 private key (PEM) that signs every request.",
  }),
  "token-file": flag({ placeholder: "FILE", env: "MY_OS_TOKEN_FILE", help: "File with a bearer token." }),
  "public-key": flag({
    placeholder: "HEX",
    env: "MY_OS_PUBLIC_KEY",
    help: "Public key to be taken for, where the daemon trusts this user.",
  }),
  json: flag({ help: "The raw result as JSON: short for --output json." }),
  output: flag({ short: "o", placeholder: "table|json|yaml|name", help: "Form of the result; table by default." }),
  params: flag({
    placeholder: "JSON|-",
    help: "Parameters as a JSON object, `-` for standard input; flags win over it.",
  }),
  watch: flag({ short: "w", placeholder: "SECONDS", help: "Ask again and again; reads only." }),
  wait: flag({ help: "Stay with what was started (scrub, balance) and show how far it is." }),
  yes: flag({ short: "y", help: "Do not ask before what can destroy data." }),
  timeout: flag({ placeholder: "SECONDS", help: "Wait this long for an answer." }),
  color: flag({ placeholder: "auto|always|never", help: "Colours; auto for terminals without NO_COLOR." }),
  help: flag({ short: "h", help: "Explain the command, and end." }),
} as const satisfies Record<string, GlobalFlag>;

export type GlobalName = keyof typeof globals;

/** What was given for the global flags; switches are `"true"`. */
export type Globals = Readonly<Partial<Record<GlobalName, string>>>;

export const globalNames = Object.keys(globals).filter((name): name is GlobalName => Object.hasOwn(globals, name));
