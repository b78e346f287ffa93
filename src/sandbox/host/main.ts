/** The entry point of a sandbox host: a subprocess with one Worker, permitted only to read its own
 *  files and to reach public addresses. This thread runs no bot code, so it stays responsive: it
 *  forwards requests and answers, enforces the Worker's deadline, performs its network requests,
 *  and exits when the server has ended. Arguments: the language of its bots; the deadline of the
 *  first request, during which the Worker loads, and of all others, in milliseconds; the longest
 *  request line in bytes; `NetworkOptions` as JSON; the size in bytes of the Python image that
 *  precedes the first line on stdin. */
import { lines } from "../wire/lines.ts";
import { HostNetwork } from "./network.ts";
import { closedWorker } from "./closed_worker.ts";
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
  ? new WorkerLink(closedWorker("python"), network, readImage())
  : new WorkerLink(closedWorker("javascript"), network);
for await (const line of lines(Deno.stdin.readable, Number(requestMaxBytes))) passOn(line);
// End of stdin: the server has ended, and nobody needs the Worker's results.
Deno.exit(0);

/** Handles a request line `<nonce> <hosts> <request>`; see wire/protocol.ts for its form. */
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
  // The hook may have ended without waiting for all its requests. Report those before the answer.
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
