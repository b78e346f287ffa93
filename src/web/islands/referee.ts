/** Loads the editor once somebody begins to write a referee: it is larger than all other scripts
 *  together. Where it can't be loaded, the text area works. */
const area = document.querySelector<HTMLTextAreaElement>("textarea[data-editor]");

area?.addEventListener("focus", () => void load(area), { once: true });

async function load(area: HTMLTextAreaElement): Promise<void> {
  const { edit }: typeof import("./editor.ts") = await import(area.dataset.editor!);
  edit(area);
}
