/** A field of a form: its label, its control, and what helps to fill it. */
import type { Html } from "../frame/page.tsx";

/** What a person has written so far, and which field is wrong. */
export interface Filled {
  form: URLSearchParams;
  /** The name of the field that a refusal is about. */
  wrong?: string | undefined;
}

/** The attributes by which a control belongs to its label and its help. */
export interface ControlAttributes {
  id: string;
  name: string;
  "aria-describedby"?: string;
  "aria-invalid"?: "true";
}

interface Field {
  name: string;
  label: string;
  help?: Html | string | undefined;
}

export function field(
  { wrong }: Filled,
  { name, label, help }: Field,
  control: (attributes: ControlAttributes) => Html,
): Html {
  const id = idOf(name);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {control({
        id,
        name,
        ...help && { "aria-describedby": `${id}-help` },
        ...wrong === name && { "aria-invalid": "true" as const },
      })}
      {help && <p class="quiet" id={`${id}-help`}>{help}</p>}
    </div>
  );
}

/** A box to tick, or one of several choices if it has a value. */
export function tick(
  { form }: Filled,
  { name, label, help, value }: Field & { value?: string },
): Html {
  const id = value === undefined ? idOf(name) : `${idOf(name)}-${value}`;
  const checked = value === undefined ? form.has(name) : form.get(name) === value;
  return (
    <div class="tick">
      <input
        type={value === undefined ? "checkbox" : "radio"}
        id={id}
        name={name}
        value={value ?? "yes"}
        checked={checked}
        aria-describedby={help ? `${id}-help` : undefined}
      />
      <label for={id}>{label}</label>
      {help && <p class="quiet" id={`${id}-help`}>{help}</p>}
    </div>
  );
}

export function option(value: string, text: string, chosen: string | null): Html {
  return <option value={value} selected={value === chosen}>{text}</option>;
}

/** An id of letters, digits and hyphens. */
export function idOf(name: string): string {
  return name.replaceAll(/[^\w]+/g, "-");
}
