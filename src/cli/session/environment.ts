/** What the command line takes from its environment. No other file of it reads a variable. */
import { isAbsolute, join } from "node:path";
import { parseEnv } from "node:util";
import { DEFAULT_SERVER } from "../../config/default_server.ts";
import { EXIT, Failure } from "./exit_codes.ts";

/** The file of the original's scripts. As there, a variable that is set goes before it. */
const SCRIPTS_FILE = ".env.scripts";

/** The folder from which paths are relative. Deno runs a task in the folder of its deno.json and
 *  names that of the caller in `INIT_CWD`. */
export function callerFolder(): string {
  return Deno.env.get("INIT_CWD") || ".";
}

/** A path as the caller means it. */
export function callerPath(path: string): string {
  return isAbsolute(path) ? path : join(callerFolder(), path);
}

/** Settings that the environment or `.env.scripts` gives. */
export interface Settings {
  server: string;
  clientName: string;
}

/** The address goes before the variable, and the variable before the file. */
export function settingsOf(address: string | undefined): Settings {
  const file = scriptsFile();
  const setting = (name: "MCP_BASE_URL" | "MCP_CLIENT_NAME") =>
    Deno.env.get(name) || file[name] || undefined;
  return {
    server: serverIn(address ?? setting("MCP_BASE_URL") ?? DEFAULT_SERVER),
    clientName: setting("MCP_CLIENT_NAME") ?? "mcpmp",
  };
}

function scriptsFile(): Record<string, string | undefined> {
  try {
    return parseEnv(Deno.readTextFileSync(callerPath(SCRIPTS_FILE)));
  } catch {
    return {};
  }
}

/** The address without a slash at its end, or the `/mcp` that clients add. */
function serverIn(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isUsable = url && /^https?:$/.test(url.protocol) && url.username === "";
  if (!isUsable) {
    throw new Failure(
      EXIT.usage,
      `The server's address must be like ${DEFAULT_SERVER}, not ${address}: see --server.`,
    );
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, "").replace(/\/mcp(\/play)?$/, "")}`;
}

/** A setting of the server, for a command of its operator. */
export function serverSetting(name: "KV_URL" | "ENV_FILE"): string | undefined {
  return Deno.env.get(name);
}

/** The folder for what the command line keeps: the user's own, by the rules of the system. */
export function configFolder(): string {
  const [appData, home] = [Deno.env.get("APPDATA"), Deno.env.get("HOME")];
  const base = xdgFolder() || (Deno.build.os === "windows" && appData) ||
    (home && join(home, ".config"));
  if (!base) {
    throw new Failure(EXIT.usage, "There is no folder for your sign-in: set HOME, or APPDATA.");
  }
  return join(base, "mcpmp");
}

/** Whether the person asked for no colour (https://no-color.org). */
export function refusesColour(): boolean {
  return (Deno.env.get("NO_COLOR") ?? "") !== "" || Deno.env.get("TERM") === "dumb";
}

/** The user's own folder. */
export function homeFolder(): string {
  const home = Deno.env.get("HOME") || Deno.env.get("USERPROFILE");
  if (home) return home;
  throw new Failure(EXIT.usage, "HOME is not set, so there is no place for a client's settings.");
}

/** Where programs of the desktop keep their settings. */
export function desktopFolder(): string {
  if (Deno.build.os === "darwin") return join(homeFolder(), "Library", "Application Support");
  if (Deno.build.os === "windows") return Deno.env.get("APPDATA") || homeFolder();
  return xdgFolder() || join(homeFolder(), ".config");
}

/** A relative one is to be ignored, by the rules for it. */
function xdgFolder(): string | undefined {
  const folder = Deno.env.get("XDG_CONFIG_HOME");
  return folder && isAbsolute(folder) ? folder : undefined;
}
