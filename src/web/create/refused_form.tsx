/** Why a form was refused, above the form, and which of its fields is wrong. */
import type { Refusal } from "../../kernel/refusal.ts";
import type { Html } from "../frame/page.tsx";

/** The ends of refusals that tell an agent to call again. */
const FOR_AGENTS =
  / (Correct (?:it|this|them|the source)|Shorten it) and (?:call|attach the bot) again\.?$/;

/** `part` shows what is wrong. */
export function refusedForm({ text }: Refusal, part: Html | null = null): Html {
  const [, todo] = FOR_AGENTS.exec(text) ?? [];
  const why = todo === undefined ? text : `${text.replace(FOR_AGENTS, "")} ${todo} below.`;
  return (
    <div class="problem" role="alert">
      <p>{why}</p>
      {part}
      <p>No table was opened. What you have written is still here.</p>
    </div>
  );
}

/** The name of the field that a refusal is about, as far as it names one. */
export function wrongField({ text }: Refusal): string | undefined {
  const [, param] = /^Parameter ([\w.]+)/.exec(text) ?? [];
  if (param !== undefined) return `p.${param}`;
  if (text.startsWith("Players ")) return "seats";
  if (text.startsWith("Parameters must be")) return "params";
  if (text.startsWith("Moves to try")) return "words";
  if (text.startsWith("manifest.net ")) return "net";
  return /^name: /.test(text) ? "name" : undefined;
}
