/** `mcpmp completion`: the script by which a shell completes verbs and options. What stands before
 *  the cursor is sent to the hidden verb `complete`. Has to be added after all other verbs. */
import addTab from "@bomb.sh/tab/commander";
import type { Command } from "commander";
import { write } from "../session/output.ts";
import bash from "./completion/bash.sh" with { type: "text" };
import fish from "./completion/fish.fish" with { type: "text" };
import zsh from "./completion/zsh.zsh" with { type: "text" };

/** Not those of the library: they evaluate what is typed, and complete no names of files. */
const SCRIPTS: Record<string, string> = { bash, zsh, fish };

export function addCompletion(program: Command): void {
  const tab = addTab(program, { completionCommandName: "completion" });
  const completion = program.commands.find((command) => command.name() === "completion")!
    .description("print the completion script of a shell: bash, zsh or fish")
    .action((shell: string) => write(Deno.stdout, SCRIPTS[shell]!));
  const [shell] = completion.registeredArguments;
  shell!.choices(Object.keys(SCRIPTS));
  tab.commands.get("completion")!.argument(shell!.name(), (complete) => {
    for (const shell of Object.keys(SCRIPTS)) complete(shell, "");
  });
}
