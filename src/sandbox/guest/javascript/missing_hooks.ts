/** Refuses a class without a hook, and a class with a misnamed hook, because the server would never
 *  call them. */
import type { HookName, Inspection } from "../../../domain/bot/bot.ts";
import type { Member } from "./bot_class.ts";

/** Names that authors mistake for a hook's, in the form that `plain` returns. */
const ALIASES: Record<string, HookName> = {
  onmsg: "on_message",
  onmessages: "on_message",
  handlemessage: "on_message",
  onstart: "on_init",
};

/** Returns the inspection, or a rejection if the class has no hook or has a missing one under
 *  another name. `members` are the class's. */
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
  const noHook = none ? `The class ${inspection.class_name} has no hook. ` : "";
  const mend = misnamed
    ? `${misnamed.name} is not called: name it ${meant(misnamed.name, missing)}. `
    : "";
  return {
    kind: "rejected",
    message: `${noHook}${mend}The hooks of a bot are ${hooks.join(", ")}.`,
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

/** If the source names a method twice, the bot may call it itself. */
function isNamedOnce(name: string, source: string): boolean {
  return source.split(/[^\w$]+/).filter((word) => word === name).length === 1;
}
