/** Puts a button behind each element with `data-copy`, which copies the value of that attribute, or
 *  the element's text if there is no value. Where the browser has no clipboard, as on a page
 *  without https, no button appears. */
const SHOWN_MS = 2_000;

function addButton(element: HTMLElement): void {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", () => void copy(element, button));
  element.after(button);
}

async function copy(element: HTMLElement, button: HTMLButtonElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(element.dataset.copy || element.textContent || "");
  } catch {
    // The browser does not allow it: the text is selected for a person to copy.
    getSelection()?.selectAllChildren(element);
    return;
  }
  button.textContent = "Copied";
  setTimeout(() => button.textContent = "Copy", SHOWN_MS);
}

if ("clipboard" in navigator) {
  for (const element of document.querySelectorAll<HTMLElement>("[data-copy]")) addButton(element);
}
