/** Functions that run within a page, in a browser. */

/** The elements that a person sees. */
export function viewOf(target) {
  const shown = (selector) =>
    [...document.querySelectorAll(selector)].filter((element) => element.checkVisibility());
  // Eight squares side by side are narrower on a phone, as they are on every chess board.
  const pressed = shown("button, .button, header a").filter((each) => !each.closest(".board"));
  const rect = (element) => element.getBoundingClientRect();
  const name = (element) => element.innerText.trim();
  const isSmall = (element) => rect(element).height < target || rect(element).width < target;
  const areClose = (a, b) => {
    const [p, q] = [rect(a), rect(b)];
    const gaps = [q.left - p.right, p.left - q.right, q.top - p.bottom, p.top - q.bottom];
    return Math.max(...gaps) < 4;
  };
  return {
    title: document.title,
    headings: shown("h1").map(name),
    // A board of text, which stands there until the referee draws one, may be scrolled.
    cropped: shown("figure.board").filter((each) => each.scrollWidth > each.clientWidth).length,
    overflow: document.documentElement.scrollWidth - innerWidth,
    small: pressed.filter(isSmall).map(name),
    touching: pressed.flatMap((a, i) =>
      pressed.slice(i + 1).filter((b) => areClose(a, b)).map((b) => `${name(a)} and ${name(b)}`)
    ),
    background: getComputedStyle(document.body).backgroundColor,
  };
}

/** The rows of the header of a page, how many of its links leave it, and how long the
 *  account's name is. */
export function headerIn() {
  const parts = [...document.querySelectorAll("header > *")];
  const middles = parts.map((each) => {
    const { top, bottom } = each.getBoundingClientRect();
    return Math.round((top + bottom) / 2);
  });
  const { left, right } = document.querySelector("header").getBoundingClientRect();
  const isOut = (each) => {
    const rect = each.getBoundingClientRect();
    return rect.left < left || rect.right > right;
  };
  const out = [...document.querySelectorAll("header a, header bdi")].filter(isOut).length;
  const { length: name } = document.querySelector(".account").innerText;
  return { rows: new Set(middles).size, out, name };
}

/** The text of the element with the focus, and the style of its outline. */
export function focusIn() {
  const { activeElement } = document;
  const { outlineStyle: outline } = getComputedStyle(activeElement);
  return { focused: activeElement.innerText?.trim(), outline };
}

export function replaceForm(html) {
  document.querySelector("form").outerHTML = html;
}

/** The answer of the Worker that runs bots. */
export function askGuest(path, request) {
  const rules = { createScriptURL: (url) => url };
  const address = trustedTypes.createPolicy("test", rules).createScriptURL(path);
  const worker = new Worker(address);
  return new Promise((resolve, reject) => {
    worker.onerror = reject;
    worker.onmessage = ({ data }) => {
      if (data === "loaded") return worker.postMessage(request);
      worker.terminate();
      resolve(data);
    };
  });
}
