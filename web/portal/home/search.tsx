// 検索: over everything that stands on the page, notices too. Nothing leaves the browser.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Ja, Say, in_japanese, phrase } from "../../shared/words";

interface Hit {
  name: string;
  where: string; // the section it stands in, and what else tells it from others
  go: () => void;
}

// As people type it: widths, case and spaces make no difference.
export function folded(text: string): string {
  return text.normalize("NFKC").toLowerCase().replace(/\s+/g, "");
}

// Without readings, which are no part of a name but may be searched for.
function text_in(element: Element | null | undefined): string {
  if (!element) return "";
  const copy = element.cloneNode(true) as Element;
  copy.querySelectorAll("rt, rp, .mark, .count").forEach((one) => one.remove());
  return (copy.textContent ?? "").replace(/\s+/g, " ").trim();
}

// A notice's sender and day stand beside its subject.
function parts_of(element: Element): { name: string; where: string } {
  const subject = element.querySelector(".subject");
  const section = text_in(element.closest("section")?.querySelector("h2"));
  if (!subject) return { name: text_in(element), where: section };
  const beside = [".sender", "time"].map((part) => text_in(element.querySelector(part)));
  const more = beside.map(in_japanese).join(phrase("shell.missing_between"));
  return { name: text_in(subject), where: phrase("home.hit_where", { section, more }) };
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
    const searched = `${element.textContent ?? ""} ${text_in(element)}`;
    if (!folded(searched).includes(wanted)) continue;
    out.push({ ...parts_of(element), go: () => show(element) });
  }
  return out;
}

export function Search(): JSX.Element {
  const [words, set_words] = useState("");
  const hits = hits_for(words);
  return (
    <search class="search choose no-print">
      <h2>
        <label for="search">
          <Say of="home.search" />
        </label>
      </h2>
      <input
        id="search"
        type="search"
        autocomplete="off"
        value={words}
        onInput={(event) => set_words(event.currentTarget.value)}
      />
      <p role="status" class="hint">
        {words !== "" && <Say of="home.found" count={hits.length} />}
      </p>
      {hits.length > 0 && (
        <ul>
          {hits.map((hit) => (
            <li>
              <button type="button" class="link" onClick={hit.go}>
                <Ja>{hit.name}</Ja>
              </button>{" "}
              <span class="hint">
                <Say of="home.hit_place" where={hit.where} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </search>
  );
}
