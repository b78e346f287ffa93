/** `mcpmp completion`: the script by which a shell completes verbs and options. What stands before
 *  the cursor is sent to the hidden verb `complete`. Has to be added after all other verbs. */
import addTab from "@bomb.sh/tab/commander";
import type { Command } from "commander";
import { write } from "../session/output.ts";

/** The script for bash takes this from the package bash-completion, which not every system has. */
const BASH_WORDS = `\
if ! declare -F _get_comp_words_by_ref >/dev/null; then
    _get_comp_words_by_ref() {
        words=("\${COMP_WORDS[@]}")
        cword=$COMP_CWORD
        cur=\${words[cword]}
        prev=\${words[cword - 1]}
    }
fi
`;

export function addCompletion(program: Command): void {
  addTab(program, { completionCommandName: "completion" });
  program.commands.find((command) => command.name() === "completion")!
    .description("print the completion script of a shell: bash, zsh or fish")
    .hook("preAction", (command) => {
      if (command.processedArgs[0] === "bash") write(Deno.stdout, BASH_WORDS);
    });
}
