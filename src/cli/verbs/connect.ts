/** `mcpmp connect`: how an AI client is connected with the server; with `--write`, its settings
 *  file gets the entry. */
import { Argument, type Command } from "commander";
import { dirname, join } from "node:path";
import type { JsonObject } from "../../kernel/json.ts";
import { chatGptSteps } from "../../web/clients/chatgpt_steps.ts";
import { claudeCodeCommand } from "../../web/clients/install_links.ts";
import {
  claudeCodeSettings,
  type ClientSettings,
  cursorSettings,
  localProgramSettings,
  settingsText,
  vscodeSettings,
} from "../../web/clients/settings.ts";
import { NAME } from "../../web/frame/server_name.ts";
import { callerPath, desktopFolder, homeFolder } from "../session/environment.ts";
import { contextOf } from "../session/context.ts";
import { EXIT, Failure, messageOf } from "../session/exit_codes.ts";
import type { Output } from "../session/output.ts";

interface Client {
  /** What a person does, in words or commands. */
  steps(mcpUrl: string): string[];
  /** Its settings file, if it has one. */
  file?(mcpUrl: string): { path: string; settings: ClientSettings };
}

const CLIENTS: Record<string, Client> = {
  "claude-code": {
    steps: (mcpUrl) => [claudeCodeCommand(mcpUrl), `claude mcp login ${NAME}`],
    file: (mcpUrl) => ({ path: callerPath(".mcp.json"), settings: claudeCodeSettings(mcpUrl) }),
  },
  cursor: {
    steps: () => [],
    file: (mcpUrl) => ({
      path: join(homeFolder(), ".cursor", "mcp.json"),
      settings: cursorSettings(mcpUrl),
    }),
  },
  vscode: {
    steps: () => [],
    file: (mcpUrl) => ({
      path: callerPath(join(".vscode", "mcp.json")),
      settings: vscodeSettings(mcpUrl),
    }),
  },
  "claude-desktop": {
    steps: () => [],
    file: (mcpUrl) => ({
      path: join(desktopFolder(), "Claude", "claude_desktop_config.json"),
      settings: localProgramSettings(mcpUrl),
    }),
  },
  chatgpt: {
    steps: (mcpUrl) =>
      chatGptSteps(mcpUrl).map((step, i) =>
        `${i + 1}. ${
          step.map((piece) =>
            typeof piece === "string" ? piece : "value" in piece ? piece.value : piece.control
          ).join("")
        }`
      ),
  },
};

interface Options {
  write?: boolean;
  force?: boolean;
}

export function addConnect(program: Command): void {
  program.command("connect")
    .description("print how an AI client is connected, or write its settings")
    .addArgument(new Argument("<client>", "the client").choices(Object.keys(CLIENTS)))
    .option("--write", "add the server to the client's settings file")
    .option("--force", "also replace an entry of the same name")
    .action(async (name: string, { write, force }: Options, command: Command) => {
      const { out, session } = contextOf(command);
      const mcpUrl = `${session.server}/mcp`;
      const client = CLIENTS[name]!;
      const file = client.file?.(mcpUrl);
      if (write && !file) {
        throw new Failure(EXIT.usage, `${name} has no settings file: omit --write.`);
      }
      if (write) await add(file!.path, file!.settings, force === true);
      const steps = client.steps(mcpUrl);
      if (out.json) {
        const settings = file && JSON.parse(settingsText(file.settings));
        return out.document({
          client: name,
          url: mcpUrl,
          steps,
          ...file && { file: file.path, settings },
          ...file && { written: write === true },
        });
      }
      if (write) return out.line(`Added ${NAME} to ${file!.path}.`);
      show(out, steps, file);
      if (!session.server.startsWith("https:") && name === "chatgpt") {
        out.note("ChatGPT can't reach this address: it needs one with https, from the internet.");
      }
    });
}

function show(
  out: Output,
  steps: string[],
  file: { path: string; settings: ClientSettings } | undefined,
): void {
  for (const step of steps) out.line(step);
  if (!file) return;
  if (steps.length > 0) out.line();
  out.line(`${steps.length > 0 ? "Or in" : "In"} ${file.path}:`);
  out.line();
  for (const line of settingsText(file.settings).trimEnd().split("\n")) out.line(`  ${line}`);
}

/** Adds an entry to a settings file, and leaves everything else as it is. */
async function add(path: string, { member, entry }: ClientSettings, replaces: boolean) {
  const before = await read(path);
  const servers = before[member] ?? {};
  if (typeof servers !== "object" || servers === null || Array.isArray(servers)) {
    throw new Failure(EXIT.usage, `${path} has a ${member} that is no object: repair it first.`);
  }
  const other = Object.hasOwn(servers, NAME) ? servers[NAME] : undefined;
  if (other !== undefined && !replaces && JSON.stringify(other) !== JSON.stringify(entry)) {
    throw new Failure(EXIT.usage, `${path} has another ${NAME}: pass --force to replace it.`);
  }
  const after = { ...before, [member]: { ...servers, [NAME]: entry } };
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(`${path}.new`, `${JSON.stringify(after, null, 2)}\n`);
  await Deno.rename(`${path}.new`, path);
}

async function read(path: string): Promise<JsonObject> {
  try {
    const value = JSON.parse(await Deno.readTextFile(path) || "{}");
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
    throw new Error("it is no JSON object");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw new Failure(
      EXIT.usage,
      `Cannot change ${path}: ${messageOf(error)}. Add the entry by hand, as without --write.`,
    );
  }
}
