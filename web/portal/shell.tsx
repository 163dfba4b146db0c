// What every page behind the log-in does first: its words, the log-in's end, the directory that
// answers are checked against. Then it shows what the page is for.
import { render, type JSX } from "preact";
import { Country, load_session, type Session } from "../shared/country";
import { set_utc_offset } from "../shared/dates";
import { Say, load_words, type Language } from "../shared/words";
import { leave, on_leave, watch_session } from "./session";
import { Timeout } from "./timeout";
import "./portal.css";

export interface Context {
  country: Country;
  session: Session;
}

function Failed(): JSX.Element {
  return (
    <div role="alert" class="mistake">
      <p>
        <Say of="shell.cannot_check" />
      </p>
    </div>
  );
}

// `parts`: the word files that it needs besides "shell".
export async function page(
  parts: string[],
  view: (context: Context) => JSX.Element,
): Promise<void> {
  const root = document.getElementById("page")!;
  const extra = document.body.appendChild(document.createElement("div"));
  await load_words((document.documentElement.dataset.language ?? "ja") as Language, [
    "shell",
    ...parts,
  ]);
  on_leave(() => {
    render(null, root);
    render(null, extra);
    document.querySelector("h1")?.replaceChildren();
  });
  watch_session();
  render(
    <p role="status">
      <Say of="shell.loading" />
    </p>,
    root,
  );
  const country = await Country.load();
  const session = country.ok ? await load_session(country.value) : country;
  if (!session.ok && session.problem.code === "mandate_ended") return leave("time_over");
  if (!country.ok || !session.ok) return render(<Failed />, root);
  set_utc_offset(country.value.policy.utc_offset_s);
  render(<Timeout session={session.value} />, extra);
  render(view({ country: country.value, session: session.value }), root);
}
