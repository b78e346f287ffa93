/** The command line: `deno task cli <verb>`, installed as `mcpmp`. Each verb has a file in
 *  `verbs/`; here are the options that all of them have, and the ways in which they end. */
import { Command, CommanderError, Help } from "commander";
import denoJson from "../../deno.json" with { type: "json" };
import { plainLine } from "../verify/plain_text.ts";
import { addSharedOptions } from "./session/context.ts";
import { EXIT, type ExitCode, Failure, messageOf } from "./session/exit_codes.ts";
import { columnsOf, Output, styled, writeProse } from "./session/output.ts";
import { addBot } from "./bot/command.ts";
import { addDoctor } from "./doctor/command.ts";
import { addCall } from "./verbs/call.ts";
import { addCode } from "./verbs/code.ts";
import { addCompletion } from "./verbs/completion.ts";
import { addConnect } from "./verbs/connect.ts";
import { addCreate } from "./verbs/create.ts";
import { addDebug } from "./verbs/debug.ts";
import { addExport } from "./verbs/export.ts";
import { addInfo } from "./verbs/info.ts";
import { addJoin } from "./verbs/join.ts";
import { addList } from "./verbs/list.ts";
import { addLogin } from "./verbs/login.ts";
import { addLogout } from "./verbs/logout.ts";
import { addMatch } from "./verbs/match.ts";
import { addMove } from "./verbs/move.ts";
import { addPlay } from "./verbs/play.ts";
import { addPost } from "./verbs/post.ts";
import { addVerify } from "./verbs/verify.ts";
import { addWatch } from "./verbs/watch.ts";

/** Columns below which a list has no room for two. */
const NARROW = 60;

const VERBS = [
  addPlay,
  ...[addLogin, addLogout, addList, addCreate, addJoin, addMatch],
  ...[addInfo, addCode, addPost, addMove, addWatch, addExport, addVerify],
  ...[addBot, addDebug],
  ...[addCall, addConnect, addDoctor],
];

function programOf(): Command {
  const program = new Command("mcpmp")
    .description("Play, watch and verify on a server of MCP Multiplayer.")
    .version(denoJson.version)
    .exitOverride()
    .showHelpAfterError("Add --help for what can be said.")
    .configureHelp({ showGlobalOptions: true, minWidthToWrap: 20, formatItem })
    .configureOutput({
      writeOut: (text) => writeProse(Deno.stdout, text),
      writeErr: (text) => writeProse(Deno.stderr, text),
      outputError: (text, print) => print(`${plainLine(text.trimEnd())}\n`),
      getOutHelpWidth: () => columnsOf(Deno.stdout) ?? 80,
      getErrHelpWidth: () => columnsOf(Deno.stderr) ?? 80,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  addSharedOptions(program);
  for (const add of VERBS) add(program);
  addCompletion(program);
  return program;
}

/** In a narrow terminal, what an option does stands below it. */
function formatItem(term: string, termWidth: number, description: string, help: Help): string {
  const { helpWidth = 80 } = help;
  if (helpWidth >= NARROW) {
    return Help.prototype.formatItem.call(help, term, termWidth, description, help);
  }
  const below = description && help.boxWrap(description, helpWidth - 6).replace(/^/gm, "      ");
  return below ? `  ${term}\n${below}` : `  ${term}`;
}

/** The exit code for whatever ended a verb, after the person was told. */
function failed(error: unknown, json: boolean): ExitCode {
  const out = new Output({ json });
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.ok;
    // It has told a person, but no script.
    const why = error.code === "commander.help"
      ? "Name a verb: --help lists them."
      : error.message.replace(/^error: /, "");
    if (json) out.document({ error: { code: "USAGE", message: why } });
    return EXIT.usage;
  }
  const { exit, code, done } = error instanceof Failure
    ? error
    : { exit: EXIT.refused, code: "INTERNAL_ERROR", done: {} };
  const message = messageOf(error);
  if (json) out.document({ ...done, error: { code, message } });
  else out.note(styled("red", "✘"), ` ${message}`);
  return exit;
}

const program = programOf();
try {
  await program.parseAsync(Deno.args, { from: "user" });
} catch (error) {
  Deno.exit(failed(error, program.opts().json === true));
}
