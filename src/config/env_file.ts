/** Reads settings from `.env`, in the folder that the server starts in. */
import { SETTINGS } from "./config.ts";
import { ConfigError } from "./config_error.ts";

/** Relative to the working directory; the only such file that the start task may read. */
const PATH = ".env";

/** The environment of the process. */
interface Environment {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
}

interface EnvFile {
  path: string;
  /** Names in the file that are not settings of this server. Another program may read them. */
  unknown: string[];
}

/** Sets each setting of the file that the environment does not have: Deno itself reads some of
 *  them there. Returns undefined if there is no file, or if `ENV_FILE` is `off`. Throws a
 *  `ConfigError` if the file is unreadable or has a malformed line. */
export async function loadEnvFile(env: Environment): Promise<EnvFile | undefined> {
  if (env.get("ENV_FILE") === "off") return undefined;
  const text = await textOf(PATH);
  if (text === undefined) return undefined;
  const line = malformedLine(text);
  if (line !== undefined) {
    throw new ConfigError(`Cannot start: ${PATH}, line ${line}: write NAME=value, or # a comment`);
  }
  // Deno Deploy has Deno 2.5, which lacks it, and no such file.
  const { parseEnv } = await import("node:util");
  const values = Object.entries(parseEnv(text));
  for (const [name, value = ""] of values) {
    // An empty variable counts as unset, as in `readConfig`.
    if (SETTINGS.includes(name) && !env.get(name)) env.set(name, value);
  }
  const unknown = values.map(([name]) => name).filter((name) => !SETTINGS.includes(name));
  return { path: PATH, unknown };
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    // Editors on Windows begin a file with a byte order mark.
    return (await Deno.readTextFile(path)).replace(/^\uFEFF/, "");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new ConfigError(`Cannot start: ${path} can't be read: ${(error as Error).message}`);
  }
}

/** The number of the first line that `parseEnv` would drop without a word. */
function malformedLine(text: string): number | undefined {
  // A quoted value may hold line breaks: they count as lines, but what follows them is no name.
  const flat = text.replace(
    /^(\s*(?:export\s+)?\w+\s*=\s*)(["'`])([^]*?)\2/gm,
    (_, name, _quote, value) => name + value.replace(/[^\n]/g, "").replaceAll("\n", "\n#"),
  );
  const index = flat.split("\n").findIndex((line) =>
    !/^\s*(?:#.*|(?:export\s+)?[A-Za-z_]\w*\s*=.*)?\s*$/.test(line)
  );
  return index === -1 ? undefined : index + 1;
}
