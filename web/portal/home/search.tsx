// 検索: over everything that stands on the page, notices too. Nothing leaves the browser.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Say, text_of } from "../../shared/words";

interface Hit {
  text: string;
  go: () => void;
}

// As people type it: widths, case and spaces make no difference.
export function folded(text: string): string {
  return text.normalize("NFKC").toLowerCase().replace(/\s+/g, "");
}

// Readings are no part of a name, but may be searched for.
function name_of(element: Element): { name: string; searched: string } {
  const copy = element.cloneNode(true) as Element;
  const searched = copy.textContent ?? "";
  copy.querySelectorAll("rt, rp, .mark").forEach((one) => one.remove());
  return { name: (copy.textContent ?? "").trim(), searched };
}

const searched_elements = "main a, main button.row, #procedures li";

function show(element: HTMLElement): void {
  if (!element.matches("a, button")) element.tabIndex = -1;
  element.focus();
  if (element instanceof HTMLAnchorElement) element.click();
  else if (element.getAttribute("aria-expanded") === "false") element.click();
}

function hits_for(words: string): Hit[] {
  const wanted = folded(words);
  if (wanted === "") return [];
  const out: Hit[] = [];
  for (const element of document.querySelectorAll<HTMLElement>(searched_elements)) {
    if (element.closest(".search")) continue;
    const { name, searched } = name_of(element);
    if (!folded(searched + name).includes(wanted)) continue;
    out.push({ text: name, go: () => show(element) });
  }
  return out;
}

export function Search(): JSX.Element {
  const [words, set_words] = useState("");
  const hits = hits_for(words);
  return (
    <search class="search choose">
      <label for="search">
        <Say of="home.search" />
      </label>
      <input
        id="search"
        type="search"
        autocomplete="off"
        value={words}
        onInput={(event) => set_words(event.currentTarget.value)}
      />
      <p role="status" class="hint">
        {words !== "" && text_of("home.found", { count: hits.length })}
      </p>
      {hits.length > 0 && (
        <ul>
          {hits.map((hit) => (
            <li>
              <button type="button" class="link" onClick={hit.go}>
                {hit.text}
              </button>
            </li>
          ))}
        </ul>
      )}
    </search>
  );
}
