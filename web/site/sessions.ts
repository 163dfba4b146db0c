// The page with a person's log-ins is made by the portal; it ends as the others do.
import { load_words, type Language } from "../shared/words";
import { on_leave, watch_session } from "./session";

await load_words((document.documentElement.dataset.language ?? "ja") as Language, ["shell"]);
on_leave(() => document.getElementById("main")?.replaceChildren());
watch_session();
