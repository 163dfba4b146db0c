import { render } from "preact";
import { Say, load_words, type Language } from "../shared/words";
import "./portal.css";

await load_words((document.documentElement.dataset.language ?? "ja") as Language, ["home"]);
render(<Say of="home.title" />, document.getElementById("page")!);
