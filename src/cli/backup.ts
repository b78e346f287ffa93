/** `deno task backup <file>`: copies the database to a new file, also while the server writes. The
 *  copy is the database at one moment. To copy its files instead would lose what is still in the
 *  write-ahead log, or tear a commit apart. */
import { backup, DatabaseSync } from "node:sqlite";
import { ConfigError, isKvConnect, readConfig } from "../config/config.ts";
import { loadEnvFile } from "../config/env_file.ts";
import { callerPath, serverSetting } from "./session/environment.ts";
import { EXIT, Failure, messageOf } from "./session/exit_codes.ts";

/** The database holds the keys of the server. */
const PRIVATE_FILE = 0o600;

/** In one step: after each change of the database SQLite would begin anew. */
const ALL_PAGES = 2 ** 31 - 1;

/** The file that the server uses, by the environment and `.env`. */
async function databaseFile(): Promise<string> {
  const names = ["KV_URL", "ENV_FILE"] as const;
  const values = new Map<string, string | undefined>(
    names.map((name) => [name, serverSetting(name)]),
  );
  await loadEnvFile({
    get: (name) => values.get(name),
    set: (name, value) => void values.set(name, value),
  });
  // The other settings may be in the environment of the server alone, so they are not looked at.
  const settings: Record<string, string | undefined> = {
    KV_URL: values.get("KV_URL"),
    DENO_KV_ACCESS_TOKEN: "unused",
  };
  const { kvUrl } = readConfig({ get: (name) => settings[name] });
  if (kvUrl === undefined || kvUrl === ":memory:" || isKvConnect(kvUrl)) {
    throw new Failure(
      EXIT.usage,
      `KV_URL is no file but ${kvUrl}: back it up where the database is kept.`,
    );
  }
  return kvUrl;
}

async function backUp(target: string): Promise<number> {
  const source = await databaseFile();
  if (!await isFile(source)) throw new Failure(EXIT.usage, `There is no database at ${source}.`);
  try {
    (await Deno.open(target, { write: true, createNew: true, mode: PRIVATE_FILE })).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    throw new Failure(EXIT.usage, `${target} is there already: name a new file.`);
  }
  try {
    using database = new DatabaseSync(source, { readOnly: true });
    await backup(database, target, { rate: ALL_PAGES });
    checkCopy(target);
    return (await Deno.stat(target)).size;
  } catch (error) {
    await Deno.remove(target);
    throw error;
  }
}

/** Makes one file of it, without a log beside it, and throws if it is damaged. */
function checkCopy(path: string): void {
  using copy = new DatabaseSync(path);
  copy.exec("PRAGMA journal_mode = DELETE");
  const [answer] = Object.values(copy.prepare("PRAGMA integrity_check").get() ?? {});
  if (answer !== "ok") throw new Error(`the copy is damaged: ${answer}`);
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then(({ isFile }) => isFile, () => false);
}

const [file, ...more] = Deno.args;
if (file === undefined || more.length > 0 || file.startsWith("-")) {
  console.error("Usage: deno task backup <new file>");
  Deno.exit(EXIT.usage);
}
try {
  const bytes = await backUp(callerPath(file));
  console.log(`Saved ${file}, ${bytes.toLocaleString("en")} bytes. Keep it secret.`);
} catch (error) {
  const isKnown = error instanceof Failure || error instanceof ConfigError;
  console.error(isKnown ? error.message : `Cannot back up to ${file}: ${messageOf(error)}`);
  Deno.exit(error instanceof Failure ? error.exit : EXIT.refused);
}
