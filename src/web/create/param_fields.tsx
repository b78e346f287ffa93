/** The fields for a bot's parameters: see `param_controls.ts`. */
import type { ParamSchema } from "../../domain/bot/params_schema.ts";
import type { Html } from "../frame/page.tsx";
import { span } from "../pages/params_table.tsx";
import { type ControlAttributes, field, type Filled, idOf, option, tick } from "./field.tsx";
import { choiceText, controlOf } from "./param_controls.ts";

/** A text of more characters has several lines. */
const LINE_CHARS = 120;
const JSON_ROWS = 7;
const ORDINALS = ["first", "second", "third", "fourth"];

/** The parameters below `name`. `required` are those that have to be there. */
export function paramFields(
  filled: Filled,
  name: string,
  properties: Record<string, ParamSchema>,
  required: readonly string[],
): Html[] {
  return Object.entries(properties).map(([key, schema]) => {
    const isNeeded = required.includes(key) && schema.default === undefined;
    return paramField(filled, `${name}.${key}`, labelOf(key), schema, isNeeded);
  });
}

function paramField(
  filled: Filled,
  name: string,
  label: string,
  schema: ParamSchema,
  required: boolean,
): Html {
  const { form } = filled;
  const control = controlOf(schema);
  const { description } = schema;
  const help = helpOf(schema);
  const value = form.get(name) ?? undefined;
  switch (control.kind) {
    case "group":
      return fieldset(
        label,
        description,
        paramFields(filled, name, control.properties, required ? schema.required ?? [] : []),
      );
    case "choices": {
      const chosen = form.getAll(name);
      return fieldset(
        label,
        description,
        control.choices.map(choiceText).map((text) => {
          const id = `${idOf(name)}-${idOf(text)}`;
          return (
            <div class="tick">
              <input
                type="checkbox"
                id={id}
                name={name}
                value={text}
                checked={chosen.includes(text)}
              />
              <label for={id}>{wordsOf(text)}</label>
            </div>
          );
        }),
      );
    }
    case "row":
      return fieldset(
        label,
        description,
        Array.from(
          { length: control.count },
          (_, i) => paramField(filled, `${name}.${i}`, ORDINALS[i]!, control.item, required),
        ),
      );
    case "switch":
      return tick(filled, { name, label, help });
    case "choice":
      return field(filled, { name, label, help }, (attributes) => (
        <select {...attributes}>
          {schema.default === undefined && option("", required ? "Choose" : "As usual", null)}
          {control.choices.map(choiceText).map((text) =>
            option(text, wordsOf(text), value ?? null)
          )}
        </select>
      ));
    case "number":
      return field(filled, { name, label, help }, (attributes) => (
        <input
          {...attributes}
          type="number"
          min={schema.minimum}
          max={schema.maximum}
          step={schema.multipleOf ?? (schema.type === "integer" ? 1 : "any")}
          value={value}
          required={required}
        />
      ));
    case "text":
    case "scalar":
      return field(
        filled,
        { name, label, help },
        (attributes) =>
          (schema.maxLength ?? 0) > LINE_CHARS
            ? area(attributes, value, required, schema.maxLength)
            : (
              <input
                {...attributes}
                value={value}
                maxlength={schema.maxLength}
                autocomplete="off"
                required={required}
              />
            ),
      );
    case "lines":
      return field(
        filled,
        { name, label, help: `${description ?? ""} One a line.`.trim() },
        (attributes) => area(attributes, value, required),
      );
    case "json":
      return field(
        filled,
        { name, label, help: `${description ?? ""} Written as JSON.`.trim() },
        (attributes) => area(attributes, value, required, undefined, JSON_ROWS),
      );
  }
}

function fieldset(label: string, description: string | undefined, fields: Html[]): Html {
  return (
    <fieldset>
      <legend>{label}</legend>
      {description && <p class="quiet">{description}</p>}
      <div class="fields">{fields}</div>
    </fieldset>
  );
}

function area(
  attributes: ControlAttributes,
  value: string | undefined,
  required: boolean,
  maxlength?: number,
  rows = 3,
): Html {
  return (
    <textarea {...attributes} rows={rows} maxlength={maxlength} required={required}>
      {value}
    </textarea>
  );
}

function helpOf({ description, minimum, maximum }: ParamSchema): string | undefined {
  const range = span(minimum, maximum);
  const limits = range && `${range[0]!.toUpperCase()}${range.slice(1)}.`;
  return [description, limits].filter(Boolean).join(" ") || undefined;
}

/** A name as a person reads it: `move_s` is "Move (seconds)". */
function labelOf(key: string): string {
  const words = wordsOf(key.replace(/_s$/, "")) + (key.endsWith("_s") ? " (seconds)" : "");
  return words[0]!.toUpperCase() + words.slice(1);
}

function wordsOf(text: string): string {
  return text.replaceAll("_", " ");
}
