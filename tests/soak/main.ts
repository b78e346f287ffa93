/** `deno task soak [--minutes 20]`: exits with 1 if an acknowledged post was lost or a channel does
 *  not verify. `deno task soak --subscriptions`: the memory of a thousand subscriptions instead.
 *  Both print the measurements beside their goals. */
import { parseArgs } from "node:util";
import { soak } from "./soak.ts";
import { subscriptionsCost } from "./subscriptions.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "20" },
    subscriptions: { type: "boolean", default: false },
  },
});
if (values.subscriptions) {
  const { subscriptions, withoutMb, withMb } = await subscriptionsCost();
  const addsMb = withMb - withoutMb;
  console.log(`a server that starts: ${withoutMb.toFixed(1)} MB`);
  console.log(`with ${subscriptions} subscriptions: ${withMb.toFixed(1)} MB`);
  console.log(`they add: ${addsMb.toFixed(1)} MB (goal 20${addsMb <= 20 ? "" : ", missed"})`);
  Deno.exit();
}
const minutes = Number(values.minutes);
if (!(minutes > 0 && minutes <= 600)) {
  console.error("--minutes takes a number above 0 and up to 600");
  Deno.exit(2);
}
const figures = await soak({
  quietMs: Math.min(30_000, minutes * 10_000),
  floodMs: minutes * 60_000,
  kills: Math.max(1, Math.floor(minutes / 5)),
  say: (line) => console.error(line),
});
const { quietMs, floodedMs, beforeMb, afterMb, acknowledged, refused } = figures;
const figure = (ratio: number, goal: number) =>
  `${ratio.toFixed(2)} (goal ${goal}${ratio <= goal ? "" : ", missed"})`;
console.log(`posts of the neighbours: ${acknowledged} acknowledged, ${refused} refused`);
console.log(`p50 of a post: ${quietMs.toFixed(1)} ms quiet, ${floodedMs.toFixed(1)} ms flooded`);
console.log(`flooded to quiet: ${figure(floodedMs / quietMs, 10)}`);
console.log(`memory after to before: ${figure(afterMb / beforeMb, 1.5)}`);
