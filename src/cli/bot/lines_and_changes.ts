/** What an author does: types lines, and saves a file. */
import { basename, dirname } from "node:path";

/** Editors save a file in several steps. */
const SETTLE_MS = 40;

/** The lines of standard input, trimmed, and `changed` whenever the file was saved; ends with the
 *  input. */
export async function* linesAndChanges(path: string): AsyncGenerator<string> {
  const queue: (string | null)[] = [];
  let wake = Promise.withResolvers<void>();
  const tell = (event: string | null) => {
    queue.push(event);
    wake.resolve();
  };
  // The folder, because many editors replace the file.
  const watcher = Deno.watchFs(dirname(path), { recursive: false });
  let settling: ReturnType<typeof setTimeout> | undefined;
  const watching = (async () => {
    for await (const { paths, kind } of watcher) {
      if (kind === "access" || !paths.some((each) => basename(each) === basename(path))) continue;
      clearTimeout(settling);
      settling = setTimeout(() => tell("changed"), SETTLE_MS);
    }
  })();
  const reading = (async () => {
    let rest = "";
    for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split(/\r?\n/);
      rest = lines.pop()!;
      for (const line of lines) tell(line.trim());
    }
    if (rest.trim() !== "") tell(rest.trim());
    tell(null);
  })();
  try {
    for (;;) {
      if (queue.length === 0) await wake.promise;
      wake = Promise.withResolvers();
      for (const event of queue.splice(0)) {
        if (event === null) return;
        yield event;
      }
    }
  } finally {
    clearTimeout(settling);
    watcher.close();
    await watching;
    reading.catch(() => {}); // the rest of the input stays unread
  }
}
