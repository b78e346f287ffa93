/** The entry of a sandbox host: a subprocess with one Worker and no permissions but reading its own
 *  files and the network, less everything private. This thread runs no bot code and stays
 *  responsive: it passes texts on, keeps the Worker's deadline, lets the Worker ask the network,
 *  and ends the process when the server is gone. Arguments: the language of its bots; the deadlines
 *  of the first request, which waits for the Worker to load, and of any other one, in milliseconds;
 *  the longest request line in bytes; `NetworkOptions` as JSON; how many bytes of a Python image
 *  come before the first line. */
import { lines } from "../wire/lines.ts";
import { HostNetwork } from "./network.ts";
import { openWalls } from "../walls/walls.ts";
import { WorkerLink } from "./worker_link.ts";

const [language, startMs, hookMs, requestMaxBytes, networkOptions = "{}", imageBytes] = Deno.args;
if (openWalls("host").length > 0) Deno.exit(70);

const encoder = new TextEncoder();
const out = Deno.stdout.writable.getWriter();
let nonce = "";
let deadlineMs = Number(startMs);

const notify = (notice: unknown) => say(JSON.stringify(notice));
const network = new HostNetwork(JSON.parse(networkOptions), {
  waiting: () => notify({ kind: "waiting" }),
  resumed: () => notify({ kind: "resumed" }),
  exchanged: (exchange) => notify({ kind: "exchanged", exchange }),
});
const worker = language === "python"
  ? new WorkerLink(new URL("../guest/python/worker.ts", import.meta.url), network, readImage())
  : new WorkerLink(new URL("../guest/javascript/worker.ts", import.meta.url), network);
for await (const line of lines(Deno.stdin.readable, Number(requestMaxBytes))) passOn(line);
// The server is gone, and with it every use of the Worker's results.
Deno.exit(0);

/** `line` is `<nonce> <hosts> <request>`: hosts are those the hook may ask, with commas between, or
 *  `-`, after a `!` when there is no room for what they would answer; or, for a hook that is run
 *  again, `=<n>`: then the first n characters of the rest are its record, as JSON. `@<ms>` behind
 *  them is how long this request may take. */
async function passOn(line: string): Promise<void> {
  const first = line.indexOf(" ");
  const second = line.indexOf(" ", first + 1);
  nonce = line.slice(0, first);
  const [hosts = "-", ownMs] = line.slice(first + 1, second).split("@");
  const limitMs = ownMs === undefined ? deadlineMs : Number(ownMs);
  deadlineMs = Number(hookMs);
  let request = line.slice(second + 1);
  if (hosts.startsWith("=")) {
    const length = Number(hosts.slice(1));
    network.replay(JSON.parse(request.slice(0, length)));
    request = request.slice(length);
  } else {
    const full = hosts.startsWith("!");
    const names = full ? hosts.slice(1) : hosts;
    network.begin(names === "-" ? [] : names.split(","), { full });
  }
  const answer = await worker.ask(request, limitMs);
  // Requests that the hook did not wait for have happened all the same: they are reported before
  // the answer.
  await network.settled();
  say(answer ?? "");
}

function readImage(): Uint8Array<ArrayBuffer> | null {
  const image = new Uint8Array(Number(imageBytes));
  for (let read = 0; read < image.length;) {
    read += Deno.stdin.readSync(image.subarray(read)) ?? Deno.exit(0);
  }
  return image.length > 0 ? image : null;
}

function say(text: string): void {
  out.write(encoder.encode(`${nonce} ${text}\n`));
}
