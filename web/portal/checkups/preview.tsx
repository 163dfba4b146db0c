// The page with made documents, for whoever works on it; no part of the build.
//   npx vite, then /portal/checkups/preview.html?state=taro&lang=ja
import { render } from "preact";
import "../../../lib/page/static/style.css";
import { load_words, type Language } from "../../shared/words";
import "../portal.css";
import { Checkups } from "./page";
import { states } from "./test_documents";

const query = new URLSearchParams(location.search);
const chosen = (query.get("lang") ?? "ja") as Language;
document.documentElement.lang = chosen === "en" ? "en" : "ja";
await load_words(chosen, ["shell", "checkups"]);
document.getElementById("title")!.textContent = "特定健診結果";
const state = states[query.get("state") ?? "taro"]!;
render(<Checkups {...state} />, document.getElementById("page")!);
