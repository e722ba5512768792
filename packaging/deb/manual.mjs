// Manual pages and completions, from the tables that the programs themselves work from: settings, flags, and the specification's commands.
import { join } from "node:path";

/** What each daemon is. */
const DAEMONS = new Map([
  ["my-os-server-native", "this node's network and storage over JSON-RPC"],
  ["my-os-server-mos", "a MOS node's network and storage over JSON-RPC"],
]);
const COMPLETIONS = new Map([
  ["bash", "usr/share/bash-completion/completions/my-os-ctl"],
  ["zsh", "usr/share/zsh/vendor-completions/_my-os-ctl"],
  ["fish", "usr/share/fish/vendor_completions.d/my-os-ctl.fish"],
]);

/** Each page and completion under the path where it is installed; a path in `.gz` wants its text compressed. */
export async function shellDocuments(built) {
  const load = (file) => import(join(built, file));
  const config = await load("src/config/settings.js");
  const { globals } = await load("src/ctl/globals.js");
  const { locals } = await load("src/ctl/locals.js");
  const { commands } = await load("generated/commands.gen.js");
  const { completionScript } = await load("src/ctl/completion-scripts.js");
  const daemons = [...DAEMONS].map(([name, what]) => [
    `usr/share/man/man8/${name}.8.gz`,
    daemonManual(name, config, what),
  ]);
  const completions = [...COMPLETIONS].map(([shell, path]) => [path, completionScript(shell)]);
  return [...daemons, ["usr/share/man/man1/my-os-ctl.1.gz", ctlManual(globals, locals, commands)], ...completions];
}

function daemonManual(program, { settings, settingsOf, flagOf, variableOf }, what) {
  const options = settingsOf(program).map((name) => {
    const { help, toml } = settings[name];
    const also = `Variable ${variableOf(name)}${toml ? `; in the file ${toml}` : ""}.`;
    return `.TP\n.B ${roff(`--${flagOf(name)}`)}\n${roff(help)}\n${roff(also)}\n`;
  });
  return `.TH ${roff(program.toUpperCase())} 8 "" my_os_server "System administration"
.SH NAME
${roff(program)} \\- ${roff(what)}
.SH SYNOPSIS
.B ${roff(program)}
[\\fIoptions\\fR]
.SH DESCRIPTION
Answers JSON-RPC 2.0 over HTTP on a Unix socket. What it does is decided by flags, then the environment, then the configuration file.
${roff("SIGHUP loads the access list and the certificate again; SIGTERM answers what was asked and ends.")}
.SH OPTIONS
${options.join("")}.SH FILES
.TP
.I /etc/my_os_server/config.toml
The configuration file.
.TP
.I /etc/my_os_server/acl.toml
Who may do what.
.TP
.I /var/lib/my_os_server
What must survive a restart, and the audit.
.SH EXIT STATUS
0 ended on a signal; 64 wrong usage; 70 internal error; 75 socket or state folder held by another process; 78 wrong configuration or access list.
`;
}

function ctlManual(globals, locals, commands) {
  const flags = Object.entries(globals).map(([name, { short, placeholder, env, help }]) => {
    const names = [...(short ? [`-${short}`] : []), `--${name}`].map(roff).join("\\fR, \\fB");
    const value = placeholder ? ` \\fI${roff(placeholder)}` : "";
    return `.TP\n\\fB${names}${value}\\fR\n${roff(help)}${env ? `\n${roff(`Variable ${env}.`)}` : ""}\n`;
  });
  const own = locals.map(
    ({ path, usage, summary }) => `.TP\n\\fB${roff(path.join(" "))}\\fR ${roff(usage)}\n${roff(summary)}\n`,
  );
  return `.TH MY\\-OS\\-CTL 1 "" my_os_server "User commands"
.SH NAME
my\\-os\\-ctl \\- ask my_os_server for a node's network and storage, and change them
.SH SYNOPSIS
.B my\\-os\\-ctl
[\\fIoptions\\fR] \\fIcommand\\fR [\\fIflags\\fR]
.SH OPTIONS
${flags.join("")}.SH COMMANDS OF ITS OWN
${own.join("")}.SH COMMANDS OF THE DAEMON
${commands.map(commandManual).join("")}`;
}

function commandManual({ path, summary, right, destructive, flags }) {
  const needs = right === "none" ? "" : ` Needs the right ${right}.${destructive ? " Can destroy data." : ""}`;
  const rows = flags.map(({ flag, type, required, description }) => {
    const [first] = description.split("\n\n");
    return `.TP\n\\fB${roff(flag)}\\fR ${type === "boolean" ? "" : `\\fI${type}\\fR`}${required ? " (required)" : ""}\n${roff(first)}\n`;
  });
  return `.SS ${roff(path.join(" "))}\n${roff(summary + needs)}\n${rows.join("")}`;
}

/** Text that roff takes as it is. */
const roff = (text) =>
  text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("\n", " ")
    .replace(/^([.'])/, "\\&$1");
