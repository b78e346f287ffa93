/** The tools of a client that waits in no call. It makes a request again when the server can't be
 *  reached. */
import type { Wire } from "../support/player.ts";
import { type TaskClient, taskClient } from "../support/task_client.ts";
import type { Tools } from "./naive_player.ts";

const PAUSE_MS = 50;
const MOST_TRIES = 1_000;

interface TaskTools extends Tools {
  /** How often it has asked for a task that still went on. */
  readonly inVain: number;
}

/** `url` is asked for at each request, so that a server may move. With `takesTasks`, a call may be
 *  answered with a task, and the client asks for that until it is over. */
export function toolsByTasks(url: () => string, token: string, takesTasks = true): TaskTools {
  const client = taskClient(() => `${url()}/mcp`, token);
  const how = takesTasks ? {} : { capabilities: {} };
  let inVain = 0;
  return {
    get inVain() {
      return inVain;
    },
    async listTools() {
      const { result, error } = await again(() => client.request("tools/list", {}, how));
      if (!result) throw new Error(JSON.stringify(error));
      return result.tools;
    },
    async raw(name, args) {
      const answer = await again(() => client.call(name, args, how));
      return answer.resultType === "task" ? await resultOf(answer.taskId) : answer;
    },
  };

  async function resultOf(taskId: string): Promise<Wire> {
    for (;;) {
      const task: Awaited<ReturnType<TaskClient["get"]>> = await again(() => client.get(taskId));
      if (task.status === "completed") return task.result;
      if (task.status !== "working") throw new Error(JSON.stringify(task));
      inVain++;
      await pause();
    }
  }
}

async function again<T>(request: () => Promise<T>): Promise<T> {
  for (let tries = 1;; tries++) {
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof TypeError) || tries === MOST_TRIES) throw error;
      await pause();
    }
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}
