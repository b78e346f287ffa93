/** A process with two hosts, which host_process_test.ts observes and kills. `busy`: one of them
 *  never ends its hook. `closed`: the same, then the sandbox is closed. Prints one word when it is
 *  ready, and waits to be killed. */
import { Refusal } from "../../src/kernel/refusal.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import { initJob } from "./job.ts";

const sandbox = await openSandbox({ hosts: 2, hookTimeoutMs: 600_000 });
while (!(await sandbox.ready())) await new Promise((resolve) => setTimeout(resolve, 5));
const refused = sandbox.run(initJob("[].reverse.call({ length: 2 ** 53 - 1 })"))
  .then(() => "done", (error) => error instanceof Refusal ? error.code : String(error));
if (Deno.args[0] === "closed") {
  await new Promise((resolve) => setTimeout(resolve, 50));
  await sandbox.close();
  console.log(await refused);
} else {
  console.log("busy");
}
setInterval(() => {}, 60_000);
