/** The page on which a person writes a referee, tries it, and opens a table with it. */
import { BOT_LIMITS } from "../../domain/limits/bot.ts";
import { SHARED_WORK } from "../../domain/limits/work.ts";
import { marks as markFields } from "../channel/parts/seat.tsx";
import type { Html } from "../frame/page.tsx";
import { field, type Filled, option } from "./field.tsx";
import { OWN_TABLE } from "./referee_input.ts";
import { templateIn } from "./referee_templates.ts";
import { newTable, ruleFields, seatFields } from "./table_fields.tsx";
import { signInFirst } from "./table_page.tsx";

export const REFEREE_PATH = "/new/referee";

interface RefereePage {
  filled: Filled;
  /** Absent if people have to sign in first. */
  marks: Parameters<typeof markFields>[0] | undefined;
  /** What came of the try, or why the form was refused. */
  told?: Html | undefined;
  /** The path of the script with the editor, and the nonce of its styles. */
  editor: { path: string | undefined; nonce: string };
  /** The line of the source that is wrong. */
  wrongLine?: number | undefined;
}

/** The form as it is at first. `code` is what a person starts from, in place of the example. */
export function newRefereeForm(python: boolean, code?: string): URLSearchParams {
  const form = newTable("Our own game", OWN_TABLE);
  form.set("code", code ?? templateIn(python ? "python" : "typescript"));
  form.set("words", code === undefined ? "p1 draw\np2 draw" : "");
  return form;
}

export function refereePage({ filled, marks, told, editor, wrongLine }: RefereePage): Html {
  const { form } = filled;
  return (
    <>
      <p>
        Write the rules of your game as a class in TypeScript, JavaScript or Python, and try it
        before anybody is invited. Everybody at the table can read the source.
      </p>
      <p>
        Start from <a href={REFEREE_PATH}>TypeScript</a>, from{" "}
        <a href={`${REFEREE_PATH}?language=python`}>Python</a>, or from the source of a{" "}
        <a href="/games">built-in game</a>.
      </p>
      {told}
      {marks === undefined ? signInFirst() : (
        <form method="post" action={REFEREE_PATH} id="referee">
          {markFields(marks)}
          {field(filled, {
            name: "code",
            label: "Source",
            help: `At most ${BOT_LIMITS.botSourceBytes / 1024} KB. A try shows what console.log ` +
              "and print write.",
          }, (attributes) => (
            <textarea
              {...attributes}
              class="code"
              rows={24}
              required
              spellcheck={false}
              autocapitalize="off"
              autocomplete="off"
              data-editor={editor.path}
              data-nonce={editor.nonce}
              data-line={wrongLine}
            >
              {form.get("code")}
            </textarea>
          ))}
          <div class="fields">
            {field(
              filled,
              { name: "language", label: "Language" },
              (attributes) => (
                <select {...attributes}>
                  {option("", "As the source looks", form.get("language"))}
                  {option("typescript", "TypeScript or JavaScript", form.get("language"))}
                  {option("python", "Python", form.get("language"))}
                </select>
              ),
            )}
            {field(filled, {
              name: "params",
              label: "Parameters",
              help: "A JSON object, if the referee takes any.",
            }, (attributes) => (
              <input
                {...attributes}
                value={form.get("params") ?? ""}
                placeholder='{"players": 2}'
                autocomplete="off"
              />
            ))}
            {field(filled, {
              name: "words",
              label: "Moves to try",
              help: `One a line: the player, then a move or what it says. The try fills up to ` +
                `${SHARED_WORK.triedPlayers} seats.`,
            }, (attributes) => <textarea {...attributes} rows={3}>{form.get("words")}</textarea>)}
          </div>
          <p class="actions">
            <button type="submit" class="main" formaction={`${REFEREE_PATH}/try`}>Try it</button>
          </p>
          <h2 id="table">The table</h2>
          {seatFields(filled, OWN_TABLE)}
          {ruleFields(filled, OWN_TABLE)}
          <p class="actions">
            <button type="submit" class="main">Open the table</button>
          </p>
        </form>
      )}
    </>
  );
}
