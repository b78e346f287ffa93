/** What a verb works with, from the options that every verb has. */
import type { Command } from "commander";
import { DEFAULT_SERVER } from "../../config/default_server.ts";
import { settingsOf } from "./environment.ts";
import { EXIT, Failure } from "./exit_codes.ts";
import { Output } from "./output.ts";
import { DEFAULT_PROFILE, Session } from "./session.ts";

interface Context {
  out: Output;
  session: Session;
  /** How this server's client is registered: see `Settings`. */
  clientName: string;
  /** Another profile at the same server. */
  as(profile: string): Session;
}

interface SharedOptions {
  json?: boolean;
  server?: string;
  as?: string;
}

/** Adds the options that stand before or after any verb. */
export function addSharedOptions(program: Command): Command {
  return program
    .option("--json", "print JSON: one document, or one line each for streams")
    .option("--server <url>", `the server (default: MCP_BASE_URL, then ${DEFAULT_SERVER})`)
    .option("--as <name>", "a profile: each has its own sign-in and seats", DEFAULT_PROFILE);
}

export function contextOf(command: Command): Context {
  const { server, as = DEFAULT_PROFILE, json = false } = command.optsWithGlobals<SharedOptions>();
  if (!/^[\w-][\w.-]{0,39}$/.test(as)) {
    throw new Failure(EXIT.usage, "--as takes up to 40 letters, digits, dots, _ and -.");
  }
  const out = new Output({ json });
  const settings = settingsOf(server);
  const sessionAs = (profile: string) => new Session(settings, profile, out);
  return { out, session: sessionAs(as), clientName: settings.clientName, as: sessionAs };
}
