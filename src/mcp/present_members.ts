/** JSON-RPC messages as programs of many languages write them. Most write an absent member as
 *  `null`, and PHP writes an empty object as an empty list. Pure. */

/** Members that every client must send, even if they hold nothing. */
const REQUIRED = ["capabilities", "io.modelcontextprotocol/clientCapabilities"];

/** Members that are objects wherever the protocol has them. */
const OBJECTS = [
  ...REQUIRED,
  ...["params", "_meta", "arguments"],
  ...["experimental", "extensions", "roots", "sampling", "elicitation", "tasks"],
];

/** How deep the members of a message are that the protocol itself names, as in
 *  `params.capabilities.tasks.list`. Deeper ones are content. */
const LEVELS = 4;

/** A request or notification without its absent members, and with objects in place of empty lists.
 *  The arguments of a tool stay as they are: `operations/input/` reads them. So does every other
 *  value. */
export function presentMembers(message: unknown): unknown {
  if (!isObject(message) || typeof message.method !== "string") return message;
  const { id, ...rest } = message;
  const isNotification = id === null && message.method.startsWith("notifications/");
  const present = presentIn(rest, message.method === "tools/call", LEVELS);
  if (isNotification || !("id" in message)) return present;
  return present === rest ? message : { id, ...present };
}

/** The object itself if it is as it should be, which most are. */
function presentIn(object: Record<string, unknown>, isToolCall: boolean, levels: number) {
  const members: [name: string, value: unknown][] = [];
  let isSame = true;
  for (const [name, value] of Object.entries(object)) {
    const isArguments = isToolCall && name === "arguments";
    let present = value;
    if (value === null) present = REQUIRED.includes(name) ? {} : undefined;
    else if (isEmptyList(value) && OBJECTS.includes(name)) present = {};
    else if (isObject(value) && levels > 1 && !isArguments) {
      present = presentIn(value, isToolCall, levels - 1);
    }
    if (present !== undefined) members.push([name, present]);
    isSame &&= present === value;
  }
  return isSame ? object : Object.fromEntries(members);
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
