import { UsageError } from "./usage.js";

const bash = `# my-os-ctl completion: source it, or put it into /etc/bash_completion.d.
_my_os_ctl() {
  local IFS=$'\\n'
  COMPREPLY=($(my-os-ctl __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _my_os_ctl my-os-ctl
`;

const zsh = `#compdef my-os-ctl
_my_os_ctl() {
  local -a candidates
  candidates=("\${(@f)$(my-os-ctl __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -a candidates
}
compdef _my_os_ctl my-os-ctl
`;

const fish = `complete -c my-os-ctl -f -a '(my-os-ctl __complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
`;

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
