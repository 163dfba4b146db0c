// The page with made documents, for whoever works on it; no part of the build.
//   npx vite, then /portal/pension/preview.html?state=hanako&lang=ja
import { render } from "preact";
import "../../../lib/page/static/style.css";
import { Say, load_words, text_of, type Language } from "../../shared/words";
import "../portal.css";
import { Pension } from "./page";
import { states, today } from "./test_documents";

const query = new URLSearchParams(location.search);
const chosen = (query.get("lang") ?? "ja") as Language;
document.documentElement.lang = chosen === "en" ? "en" : "ja";
document.documentElement.className = query.has("large") ? "portal large" : "portal";
await load_words(chosen, ["shell", "pension"]);
document.title = text_of("pension.title");
render(<Say of="pension.title" />, document.getElementById("title")!);
const state = states[query.get("state") ?? "hanako"]!;
render(<Pension {...state} today={today} />, document.getElementById("page")!);
