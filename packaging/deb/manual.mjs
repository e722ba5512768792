// Manual pages of the daemons, from the same table of settings as their `--help`.

/** The page of one daemon (roff, section 8). `config` is the built `src/config/settings.js`. */
export function daemonManual(program, { settings, settingsOf, flagOf, variableOf }, { version, description }) {
  const options = settingsOf(program).map((name) => {
    const { help, toml } = settings[name];
    const also = `Variable ${variableOf(name)}${toml ? `; in the file ${toml}` : ""}.`;
    return `.TP\n.B ${roff(`--${flagOf(name)}`)}\n${roff(help)}\n${roff(also)}\n`;
  });
  return `.TH ${roff(program.toUpperCase())} 8 "" "my_os_server ${version}" "System administration"
.SH NAME
${roff(program)} \\- ${roff(description)}
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

/** Text that roff takes as it is. */
const roff = (text) =>
  text
    .replaceAll("\\", "\\\\")
    .replaceAll("-", "\\-")
    .replace(/^([.'])/, "\\&$1");
