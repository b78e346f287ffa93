/** `mcpmp export`: a channel as one file, which `mcpmp verify` checks. */
import type { Command } from "commander";
import { contextOf } from "../session/context.ts";
import { callerPath } from "../session/environment.ts";
import { EXIT, Failure, messageOf } from "../session/exit_codes.ts";
import { unreachable } from "../session/http.ts";
import { write } from "../session/output.ts";

interface Options {
  output?: string;
  force?: boolean;
}

export function addExport(program: Command): void {
  program.command("export")
    .description("save a channel as one file that anybody can verify")
    .argument("[channel]", "the channel; the last one that you used if absent")
    .option("-o, --output <file>", "the file, or - for standard output; <channel>.json if absent")
    .option("--force", "replace a file that is there")
    .action(async (channel: string | undefined, options: Options, command: Command) => {
      const { out, session } = contextOf(command);
      const access = await session.channel(channel);
      const { url, entries } = await session.call("export_channel", access);
      const body = await downloaded(session.server, String(url));
      if (options.output === "-") return await printed(session.server, body);
      const file = options.output ?? `${access.channel_id}.json`;
      const bytes = await saved(file, body, options.force === true);
      if (out.json) return out.document({ channel_id: access.channel_id, file, entries, bytes });
      out.line(`Saved ${entries} entries, ${bytes} bytes: ${file}`);
      out.note(`Check it: mcpmp verify ${file}`);
    });
}

async function downloaded(server: string, url: string): Promise<ReadableStream<Uint8Array>> {
  const response = await fetch(url, { redirect: "manual" }).catch((error) => {
    throw unreachable(server, messageOf(error));
  });
  if (response.ok && response.body) return response.body;
  await response.body?.cancel();
  throw new Failure(EXIT.refused, `The download answered ${response.status}. Try again.`);
}

async function printed(server: string, body: ReadableStream<Uint8Array>): Promise<void> {
  const decoder = new TextDecoder();
  for await (const piece of read(server, body)) {
    write(Deno.stdout, decoder.decode(piece, { stream: true }));
  }
}

/** Half a file would look like a whole one: it has its name only at the end. */
async function saved(
  path: string,
  body: ReadableStream<Uint8Array>,
  replaces: boolean,
): Promise<number> {
  const target = callerPath(path);
  const isThere = await Deno.lstat(target).then(() => true, () => false);
  if (isThere && !replaces) {
    await body.cancel();
    throw new Failure(EXIT.usage, `${path} is there already: pass --force to replace it.`);
  }
  const part = `${target}.part`;
  let bytes = 0;
  try {
    using file = await Deno.open(part, { write: true, create: true, truncate: true });
    for await (const piece of read(path, body)) {
      bytes += piece.length;
      for (let rest = piece; rest.length > 0;) rest = rest.subarray(await file.write(rest));
    }
  } catch (error) {
    await Deno.remove(part).catch(() => {});
    if (error instanceof Failure) throw error;
    throw new Failure(EXIT.usage, `Cannot write ${path}: ${messageOf(error)}`);
  }
  await Deno.rename(part, target);
  return bytes;
}

async function* read(
  server: string,
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw unreachable(server, messageOf(error));
  }
}
