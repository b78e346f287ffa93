/** Reads the memory and the CPU time of processes. Deno allows reading /proc only with
 *  `--allow-all`, so `ps` and `cat` read it instead. /proc exists on Linux only; elsewhere CPU
 *  times are 0. */

export interface Process {
  pid: number;
  command: string;
  /** Resident memory. */
  megabytes: number;
}

/** A process and its descendants, parents first; empty when the process has ended. */
export async function processTree(pid: number): Promise<Process[]> {
  const text = await output("ps", ["-A", "-o", "pid=,ppid=,rss=,command="]);
  const all = text.split("\n").flatMap((line) => {
    const [, id, parent, rss, command = ""] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    if (id === undefined) return [];
    return { pid: Number(id), parent: Number(parent), megabytes: Number(rss) / 1024, command };
  });
  const tree = all.filter((process) => process.pid === pid);
  for (const { pid } of tree) tree.push(...all.filter(({ parent }) => parent === pid));
  return tree;
}

/** Resident megabytes that a process shares with no other one. This leaves out, for example, the
 *  pages of the Deno executable. Null without /proc. */
export async function privateMegabytes(pid: number): Promise<number | null> {
  const text = await output("cat", [`/proc/${pid}/smaps_rollup`]);
  const kilobytes = [...text.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+) kB$/gm)];
  return kilobytes.length === 0 ? null : sum(kilobytes.map(([, kb]) => Number(kb))) / 1024;
}

const TICKS_PER_SECOND = 100;

/** CPU seconds of processes, without their children; 0 for those that have ended. */
export async function cpuSeconds(pids: readonly number[]): Promise<number> {
  const text = await output("cat", pids.map((pid) => `/proc/${pid}/stat`));
  return sum(
    text.split("\n").map((line) => {
      const [user, system] = line.slice(line.lastIndexOf(")") + 2).split(" ").slice(11, 13);
      return (Number(user ?? 0) + Number(system ?? 0)) / TICKS_PER_SECOND;
    }),
  );
}

/** CPU seconds that the whole machine has used since its start. */
export async function machineCpuSeconds(): Promise<number> {
  const [line = ""] = (await output("cat", ["/proc/stat"])).split("\n");
  const [user = 0, nice = 0, system = 0, , , irq = 0, soft = 0] = line.split(/\s+/).slice(1)
    .map(Number);
  return (user + nice + system + irq + soft) / TICKS_PER_SECOND;
}

async function output(command: string, args: string[]): Promise<string> {
  const { stdout } = await new Deno.Command(command, { args, stderr: "null" }).output();
  return new TextDecoder().decode(stdout);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
