/** Writes `docs/reference/` and the types of `lib:game` for editors: `deno task reference`. The
 *  texts are those of the code, and the answers those of real calls. */
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import { botApiPage } from "./bot_api_page.ts";
import { channelOperationsPage } from "./channel_operations_page.ts";
import { errorsPage } from "./errors_page.ts";
import { libGameTypes } from "./lib_game_types.ts";
import { operationsPage } from "./operations_page.ts";
import { restPage } from "./rest_page.ts";
import { settingsPage } from "./settings_page.ts";
import { story } from "./story.ts";

const ROOT = new URL("../../", import.meta.url);
const NOTE = "<!-- Made by `deno task reference`. -->\n\n";

const INDEX = `# Reference

| page | for |
| --- | --- |
| [Operations](operations.md) | what each tool and REST route takes, answers and refuses |
| [Operations of update_channel](update_channel.md) | what admins and players change in a channel |
| [Bot API](bot_api.md) | hooks, \`ctx\` in both languages, limits |
| [REST routes](rest.md) | paths, methods, scopes |
| [Errors](errors.md) | codes, HTTP statuses, and where they come from |
| [Settings](settings.md) | the environment of the server |

The pages are made of the code's own descriptions by \`deno task reference\`, and a test fails when
they are older than the code.
`;

/** What the files should hold, by their paths. */
export async function madeFiles(): Promise<Record<string, string>> {
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 30_000, lateSpare: true });
  try {
    const pages = {
      "README.md": INDEX,
      "bot_api.md": await botApiPage(),
      "errors.md": errorsPage(),
      "operations.md": operationsPage(await story(sandbox)),
      "rest.md": restPage(),
      "settings.md": await settingsPage(),
      "update_channel.md": channelOperationsPage(),
    };
    const named = Object.entries(pages).map(([name, text]) =>
      [`docs/reference/${name}`, NOTE + text] as const
    );
    return await formatted({
      ...Object.fromEntries(named),
      "bots/lib_game.d.ts": libGameTypes(),
    });
  } finally {
    await sandbox.close();
  }
}

/** The texts as `deno fmt` leaves them in the tree. */
async function formatted(files: Record<string, string>): Promise<Record<string, string>> {
  const folder = await Deno.makeTempDir();
  try {
    const path = (name: string) => `${folder}/${name.replaceAll("/", "+")}`;
    for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(path(name), text);
    const config = new URL("deno.json", ROOT).pathname;
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["fmt", "--quiet", `--config=${config}`, ...Object.keys(files).map(path)],
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    const made: Record<string, string> = {};
    for (const name of Object.keys(files)) made[name] = await Deno.readTextFile(path(name));
    return made;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) {
  for (const [path, text] of Object.entries(await madeFiles())) {
    await Deno.writeTextFile(new URL(path, ROOT), text);
  }
}
