// What every page behind the log-in does first: its words, the log-in's end, the directory that
// answers are checked against. Then it shows what the page is for.
import { render, type ComponentChildren, type JSX } from "preact";
import { useErrorBoundary } from "preact/hooks";
import { Country, load_session, type Session } from "../shared/country";
import { set_utc_offset } from "../shared/dates";
import { Say, load_words, type Language } from "../shared/words";
import { fetch_for_page, is_of, leave, on_leave, watch_session } from "./session";
import { Timeout } from "./timeout";
import "./site.css";

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

// A part that breaks does not take the others away.
export function Part({ children }: { children: ComponentChildren }): JSX.Element {
  const [broken] = useErrorBoundary((error) => console.error(error));
  if (!broken) return <>{children}</>;
  return (
    <p class="silent" role="alert">
      <Say of="shell.broken" />
    </p>
  );
}

type View = (context: Context) => JSX.Element;

function Whole({ view: View, context }: { view: View; context: Context }): JSX.Element {
  return (
    <Part>
      <View {...context} />
    </Part>
  );
}

// `parts`: the word files that it needs besides "shell".
export async function page(parts: string[], view: View): Promise<void> {
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
    <p role="status" class="asking">
      <Say of="shell.loading" />
    </p>,
    root,
  );
  const country = await Country.load(fetch_for_page);
  const session = country.ok ? await load_session(country.value) : country;
  if (!session.ok && session.problem.code === "mandate_ended") return leave("time_over");
  if (session.ok) is_of(session.value.id);
  if (!country.ok || !session.ok) return render(<Failed />, root);
  set_utc_offset(country.value.policy.utc_offset_s);
  render(<Timeout session={session.value} />, extra);
  render(<Whole view={view} context={{ country: country.value, session: session.value }} />, root);
}
