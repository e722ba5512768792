import { type GlobalFlag, globalNames, globals } from "./globals.js";
import { UsageError } from "./usage.js";

const bash = `# my-os-ctl completion: source it, or put it into /etc/bash_completion.d.
_my_os_ctl() {
  # The candidates come quoted: what a node calls its interfaces and mount points is never run.
  mapfile -t COMPREPLY < <(my-os-ctl __complete bash "\${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
}
complete -o default -F _my_os_ctl my-os-ctl
`;

const zsh = `#compdef my-os-ctl
# my-os-ctl completion: source it, or put it as _my-os-ctl into a folder of $fpath.
_my_os_ctl() {
  local -a candidates
  candidates=("\${(@f)$(my-os-ctl __complete -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  candidates=("\${(@)candidates:#}")
  if (( \${#candidates} )); then compadd -a -- candidates; else _files; fi
}
if [[ "\${funcstack[1]}" == "_my-os-ctl" ]]; then _my_os_ctl "$@"; else compdef _my_os_ctl my-os-ctl; fi
`;

const files = globalNames.filter((name) => ["FILE", "PATH"].includes((globals[name] as GlobalFlag).placeholder ?? ""));

const fish = `# my-os-ctl completion: source it, or put it into ~/.config/fish/completions/my-os-ctl.fish.
function __my_os_ctl
  set -l typed (commandline -ct | string unescape)
  my-os-ctl __complete -- (commandline -opc)[2..] "$typed" 2>/dev/null
end
complete -c my-os-ctl -f -a '(__my_os_ctl)'
${files.map((name) => `complete -c my-os-ctl -l ${name} -r -F\n`).join("")}`;

const scripts: ReadonlyMap<string, string> = new Map([
  ["bash", bash],
  ["zsh", zsh],
  ["fish", fish],
]);

/** The script that makes a shell complete this program's command lines. */
export function completionScript(shell: string): string {
  const script = scripts.get(shell);
  if (script === undefined)
    throw new UsageError(
      `completion: one of ${[...scripts.keys()].join(", ")} is wanted, not ${JSON.stringify(shell)}`,
    );
  return script;
}
