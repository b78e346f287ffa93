/** The entry of a sandbox host: a subprocess with one Worker and no permissions but reading its own files.
 *  This thread runs no bot code and stays responsive: it passes texts on, keeps the Worker's deadline, and ends
 *  the process when the server is gone.
 *  Arguments: the deadlines of the first request, which waits for the Worker to load, and of any other one, in
 *  milliseconds; the longest request line in bytes. */
import { lines } from "./lines.ts";
import { openWalls } from "./walls.ts";
import { WorkerLink } from "./worker_link.ts";

const [startMs = 0, hookMs = 0, requestMaxBytes = 0] = Deno.args.map(Number);
if (openWalls().length > 0) Deno.exit(70);

const encoder = new TextEncoder();
const out = Deno.stdout.writable.getWriter();
const worker = new WorkerLink();
let deadlineMs = startMs;
for await (const line of lines(Deno.stdin.readable, requestMaxBytes)) passOn(line);
// The server is gone: nobody waits for what the Worker may still be doing.
Deno.exit(0);

async function passOn(line: string): Promise<void> {
  const cut = line.indexOf(" ");
  const limitMs = deadlineMs;
  deadlineMs = hookMs;
  const answer = await worker.ask(line.slice(cut + 1), limitMs);
  await out.write(encoder.encode(`${line.slice(0, cut)} ${answer ?? ""}\n`));
}
