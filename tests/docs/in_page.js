/** What runs in a page. */

/** Replaces texts in the page; the island that draws it may undo that. */
export function maskText(masks) {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const text = masks.reduce(
      (text, [what, by]) => text.replace(new RegExp(what, "g"), by),
      node.data,
    );
    if (text !== node.data) node.data = text;
  }
}
