/** Markdown as elements: the part of it in which the rules of games are written. It yields elements
 *  only, so text stays text, and links lead only where `leadTo` lets them. */
import type { Html } from "../frame/page.tsx";
import { listing } from "../frame/listing.tsx";

/** The address that a page shows for a link's target; undefined: the link is plain text. */
type LeadTo = (target: string) => string | undefined;

/** The blocks of a text without its first heading, which is the page's own. */
export function markdown(text: string, leadTo: LeadTo): Html[] {
  const lines = text.split("\n");
  const blocks: Html[] = [];
  let at = 0;
  /** Takes the lines that fit, from the present one on. */
  const take = (fits: (line: string) => boolean): string[] => {
    const start = at;
    while (at < lines.length && fits(lines[at]!)) at++;
    return lines.slice(start, at);
  };
  const inline = (words: string) => spans(words, leadTo);
  while (at < lines.length) {
    const line = lines[at]!;
    const [, marks, heading = ""] = /^(#{1,6}) (.*)$/.exec(line) ?? [];
    if (line.trim() === "") at++;
    else if (marks) {
      at++;
      if (marks.length === 2) blocks.push(<h3>{inline(heading)}</h3>);
      else if (marks.length > 2) blocks.push(<h4>{inline(heading)}</h4>);
    } else if (line.startsWith("```")) {
      at++;
      const code = take((each) => !each.startsWith("```"));
      at++;
      blocks.push(listing(`${code.join("\n")}\n`));
    } else if (line.startsWith("|")) {
      const [head = [], , ...rows] = take((each) => each.startsWith("|")).map(cellsOf);
      blocks.push(table(head.map(inline), rows.map((row) => row.map(inline))));
    } else if (ITEM.test(line)) {
      const ordered = /^\d/.test(line);
      const items = itemsOf(take((each) => ITEM.test(each) || /^\s+\S/.test(each)));
      const list = items.map((item) => <li>{inline(item)}</li>);
      blocks.push(ordered ? <ol>{list}</ol> : <ul>{list}</ul>);
    } else {
      const words = take((each) => each.trim() !== "" && !STARTS.test(each));
      // A line that starts no block after all is one of the paragraph.
      if (words.length === 0) words.push(lines[at++]!);
      blocks.push(<p>{inline(words.join(" "))}</p>);
    }
  }
  return blocks;
}

const ITEM = /^(?:-|\d+\.) +/;
const STARTS = /^(?:#{1,6} |```|\||- |\d+\. )/;

/** A table that scrolls by itself where it is wider than the page. */
export function table(head: readonly (Html | string)[], rows: readonly (Html | string)[][]): Html {
  return (
    <div class="table" tabindex={0} role="group" aria-label="Table">
      <table>
        <thead>
          <tr>{head.map((cell) => <th scope="col">{cell}</th>)}</tr>
        </thead>
        <tbody>
          {rows.map((row) => <tr>{row.map((cell) => <td>{cell}</td>)}</tr>)}
        </tbody>
      </table>
    </div>
  );
}

function cellsOf(line: string): string[] {
  return line.replace(/^\||\|\s*$/g, "").split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));
}

/** Lines that go on an item are indented. */
function itemsOf(lines: readonly string[]): string[] {
  const items: string[] = [];
  for (const line of lines) {
    if (ITEM.test(line)) items.push(line.replace(ITEM, ""));
    else items[items.length - 1] += ` ${line.trim()}`;
  }
  return items;
}

/** Code, bold text and links; what is none of them is text. */
const SPAN = /`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\(([^)\s]+)\)/g;

function spans(text: string, leadTo: LeadTo): Html {
  const parts: (Html | string)[] = [];
  let end = 0;
  for (const { 0: whole, 1: code, 2: bold, 3: words, 4: target, index } of text.matchAll(SPAN)) {
    parts.push(text.slice(end, index));
    end = index + whole.length;
    if (code !== undefined) parts.push(<code>{code}</code>);
    else if (bold !== undefined) parts.push(<b>{spans(bold, leadTo)}</b>);
    else {
      const href = leadTo(target!);
      const shown = spans(words!, leadTo);
      parts.push(href === undefined ? shown : <a href={href}>{shown}</a>);
    }
  }
  return <>{parts}{text.slice(end)}</>;
}
