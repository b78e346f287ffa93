/** Refuses a class that the server would never call, or of which it would never call a part. */
import type { HookName, Inspection } from "../../../domain/bot/bot.ts";
import type { Member } from "./bot_class.ts";

/** Names that are taken for a hook's, as `plain` makes them. */
const ALIASES: Record<string, HookName> = {
  onmsg: "on_message",
  onmessages: "on_message",
  handlemessage: "on_message",
  onstart: "on_init",
};

/** The inspection, unless a hook that it misses stands in the class under another name. `members`
 *  are those of the class. */
export function withoutMissingHooks(
  inspection: Inspection,
  members: readonly Member[],
  source: string,
  hooks: readonly HookName[],
): Inspection {
  if (inspection.kind === "rejected") return inspection;
  const missing = hooks.filter((hook) => !inspection.hooks.includes(hook));
  const none = missing.length === hooks.length;
  const misnamed = members.find(({ name }) => {
    const hook = meant(name, missing);
    if (hook === undefined || none) return hook !== undefined;
    return plain(name).startsWith("on") && isNamedOnce(name, source);
  });
  if (!none && !misnamed) return inspection;
  const told = none ? `The class ${inspection.class_name} has no hook. ` : "";
  const mend = misnamed
    ? `${misnamed.name} is not called: name it ${meant(misnamed.name, missing)}. `
    : "";
  return {
    kind: "rejected",
    message: `${told}${mend}The hooks of a bot are ${hooks.join(", ")}.`,
    line: misnamed?.line,
  };
}

function meant(name: string, missing: readonly HookName[]): HookName | undefined {
  const text = plain(name);
  const alias = Object.hasOwn(ALIASES, text) ? ALIASES[text] : undefined;
  return missing.find((hook) =>
    hook === alias || text === plain(hook) || text === plain(hook).slice("on".length)
  );
}

function plain(name: string): string {
  return name.replaceAll("_", "").toLowerCase();
}

/** One that is named twice may be called by the bot itself. */
function isNamedOnce(name: string, source: string): boolean {
  return source.split(/[^\w$]+/).filter((word) => word === name).length === 1;
}
