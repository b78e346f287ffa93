/** Puts a button behind each element with `data-copy`, which copies the value of that attribute, or
 *  the element's text if there is no value. Where the browser has no clipboard, as on a page without
 *  https, no button appears. */
const SHOWN_MS = 2_000;

function addButton(element: HTMLElement): void {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  let timer: number | undefined;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(element.dataset.copy || element.textContent || "");
    button.textContent = "Copied";
    clearTimeout(timer);
    timer = setTimeout(() => button.textContent = "Copy", SHOWN_MS);
  });
  element.after(button);
}

if ("clipboard" in navigator) {
  for (const element of document.querySelectorAll<HTMLElement>("[data-copy]")) addButton(element);
}
