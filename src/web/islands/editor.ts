/** An editor in place of a text area: highlights the source, numbers its lines, and marks the wrong
 *  one. The text area stays, hidden, and is what the form sends. */
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import { python } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { EditorState, type Extension } from "@codemirror/state";
import {
  Decoration,
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";

/** In the colours of the page, so that both of its themes fit. */
const THEME = EditorView.theme({
  "&": { border: "1px solid var(--quiet)", borderRadius: ".5rem", margin: ".5rem 0" },
  "&.cm-focused": { outline: "3px solid var(--press)", outlineOffset: "2px" },
  ".cm-scroller": {
    font: ".88em/1.45 ui-monospace, monospace",
    minHeight: "24rem",
    maxHeight: "70vh",
    overflow: "auto",
  },
  ".cm-gutters": {
    background: "var(--sheet)",
    color: "var(--quiet)",
    borderRight: "1px solid var(--line)",
  },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-activeLine, .cm-activeLineGutter": { background: "var(--sheet)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground":
    { background: "var(--line)" },
  "&.cm-focused .cm-matchingBracket": { background: "var(--line)" },
  ".wrong": { boxShadow: "inset 3px 0 var(--danger)", color: "var(--danger)" },
  ".tok-comment": { color: "var(--quiet)" },
  ".tok-keyword, .tok-bool, .tok-atom": { color: "var(--press)" },
  ".tok-string, .tok-string2, .tok-number": { color: "var(--turn)" },
});

/** Puts an editor over a text area, with its label, its text and its selection. */
export function edit(area: HTMLTextAreaElement): void {
  const { nonce = "", line } = area.dataset;
  const label = area.labels?.[0]?.textContent ?? "";
  const help = area.getAttribute("aria-describedby");
  const wrong = lineAt(Number(line), area.value);
  const looksLike = area.form?.elements.namedItem("language");
  const view = new EditorView({
    state: EditorState.create({
      doc: area.value,
      selection: { anchor: wrong ?? Math.min(area.selectionStart, area.value.length) },
      extensions: [
        EditorView.cspNonce.of(nonce),
        THEME,
        lineNumbers(),
        history(),
        drawSelection(),
        highlightActiveLine(),
        bracketMatching(),
        indentOnInput(),
        languageOf(area.value, looksLike),
        syntaxHighlighting(classHighlighter),
        keymap.of([...defaultKeymap, ...historyKeymap]), // Tab leaves the editor
        EditorView.contentAttributes.of({
          "aria-label": label,
          "tabindex": "0",
          ...help !== null && { "aria-describedby": help },
        }),
        EditorView.updateListener.of(({ docChanged, state }) => {
          if (docChanged) area.value = state.doc.toString();
        }),
        marked(wrong),
      ],
    }),
  });
  area.before(view.dom);
  area.hidden = true;
  area.required = false; // nobody could go to what is hidden
  area.labels?.[0]?.addEventListener("click", () => view.focus());
  view.focus();
  view.dispatch({ scrollIntoView: true });
}

function languageOf(source: string, chosen: unknown): Extension {
  const value = chosen instanceof HTMLSelectElement ? chosen.value : "";
  const isPython = value === "python" ||
    (value === "" && /^\s*(?:def|class \w+(?:\(.*\))?:|import \w+$|from \w+ import)/m.test(source));
  return isPython ? python() : javascript({ typescript: true });
}

/** Where a line of a source begins; undefined if it has no such line. */
function lineAt(line: number, source: string): number | undefined {
  const { doc } = EditorState.create({ doc: source });
  return line >= 1 && line <= doc.lines ? doc.line(line).from : undefined;
}

/** Marks the line that the server has found wrong. */
function marked(at: number | undefined): Extension {
  if (at === undefined) return [];
  return EditorView.decorations.of(Decoration.set(Decoration.line({ class: "wrong" }).range(at)));
}
