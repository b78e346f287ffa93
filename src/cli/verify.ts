/** `deno task verify [export] [options]`: `HELP` in verification/args.ts documents the options and
 *  the exit codes. */
import { plainJson, plainLine } from "../verify/plain_text.ts";
import { cut } from "../verify/report.ts";
import { messageOf } from "./session/exit_codes.ts";
import { HELP, parsedArgs, USAGE } from "./verification/args.ts";
import { isWrong, verified } from "./verification/verified.ts";

/** Prints the only output of the program and exits. Error messages may quote a file, its name or a
 *  server, so they are made safe for a terminal here. */
function end(code: number, lines: { out?: string; error?: string }): never {
  if (lines.out !== undefined) console.log(lines.out);
  if (lines.error !== undefined) console.error(plainLine(cut(lines.error)));
  Deno.exit(code);
}

const request = parsedArgs(Deno.args);
if ("help" in request) {
  if (request.error === undefined) end(0, { out: HELP });
  end(2, { error: `${USAGE}; see --help. ${request.error}` });
}
try {
  const outcome = await verified(request);
  const { report, text } = outcome;
  const out = request.json ? plainJson(report) : text;
  end(report.ok ? 0 : isWrong(outcome) ? 1 : 2, { out });
} catch (error) {
  end(2, { error: `Cannot verify ${request.from ?? "the proof"}: ${messageOf(error)}` });
}
