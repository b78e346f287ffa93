/** The command line installed as README.md says, and its completion in the shells that are there,
 *  by the keys of a person at a terminal. */
import assert from "node:assert/strict";
import { dirname } from "node:path";
import { CommandLine } from "../support/command_line.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** How a shell starts without its owner's settings, and how it reads a script of the program. */
const SHELLS: Record<string, { start: string[]; read: string }> = {
  bash: { start: ["bash", "--norc", "--noprofile", "-i"], read: "source <(mcpmp completion bash)" },
  zsh: {
    start: ["zsh", "-f", "-i"],
    read: "autoload -Uz compinit; compinit -u; source <(mcpmp completion zsh)",
  },
  fish: { start: ["fish", "--no-config", "-i"], read: "mcpmp completion fish | source" },
};

/** Types the lines of `typed`, each once the text before it is shown. */
const TYPIST = `
import json, os, pty, sys
start, typed = json.loads(sys.argv[1])
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(start[0], start)
shown = b""
for awaited, keys in typed:
    while awaited.encode() not in shown:
        shown += os.read(terminal, 65536)
    shown = b""
    os.write(terminal, keys.encode())
try:
    while os.read(terminal, 65536):
        pass
except OSError:
    pass
os.waitpid(pid, 0)
`;

Deno.test("the installed command line completes in shells", async (t) => {
  await using cli = await CommandLine.at(undefined);
  const readme = await Deno.readTextFile(`${ROOT}README.md`);
  const [, install] = /^(deno task install)\b/m.exec(readme)!;
  const PATH = `${cli.folder}/bin:${dirname(Deno.execPath())}:${Deno.env.get("PATH")}`;
  const env = cli.env({ PATH, DENO_INSTALL_ROOT: cli.folder, TERM: "xterm", PS1: "> " });
  const { success, stderr } = await new Deno.Command("sh", {
    args: ["-c", install!],
    cwd: ROOT,
    clearEnv: true,
    env,
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));

  await Deno.writeTextFile(`${cli.folder}/four_stones.ts`, "");
  for (const [name, { start, read }] of Object.entries(SHELLS)) {
    const found = await new Deno.Command("sh", { args: ["-c", `command -v ${name}`] }).output();
    await t.step({
      name: `${name} completes verbs, options, values and files, and evaluates nothing`,
      ignore: !found.success,
      async fn() {
        // The quotes keep what is awaited apart from the echo of what is typed.
        const typed = [
          ["", `${read}; echo read''y\r`],
          ["ready", "mcpmp wat\t"],
          ["watch", "\x15mcpmp create --vis\t"],
          ["--visibility", "\x15mcpmp create --visibility unl\t"],
          ["unlisted", "\x15mcpmp bot run four\t"],
          ["four_stones.ts", '\x15mcpmp "$(touch evaluated)" $(touch evaluated) --jso\t'],
          ["--json", "\x15exit\r"],
        ];
        const { code, stderr } = await new Deno.Command("python3", {
          args: ["-c", TYPIST, JSON.stringify([start, typed])],
          cwd: cli.folder,
          clearEnv: true,
          env,
          signal: AbortSignal.timeout(120_000),
        }).output();
        assert.equal(code, 0, new TextDecoder().decode(stderr));
        await assert.rejects(Deno.stat(`${cli.folder}/evaluated`), Deno.errors.NotFound);
      },
    });
  }
});
