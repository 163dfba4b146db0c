// The window of an office: the day's list, search, a case, its slip. Which of them is shown stands
// in memory only: an address, the browser's history and its storage learn of no case.
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { clock_text } from "../shared/dates";
import type { Problem, Result } from "../shared/result";
import { Ja, Say, text_of } from "../shared/words";
import { CaseView } from "./case";
import { grouped, problem_text, type Desk } from "./desk";
import { Day } from "./list";
import type { Happening, Opening, Returned, Search } from "./office";
import { InviteView } from "./invite/invite";
import { LettersView } from "./papers/letters";
import { goes_on_elsewhere } from "./progress";
import { PeopleView } from "./people";
import type { Case, DayList, KnownPerson } from "./record";
import { QuestionsView } from "./questions";
import { Slip } from "./slip";
import "./window.css";

type View =
  | { at: "day" | "invite" | "search" | "questions" }
  | { at: "letters"; batch?: number } // to be made at once
  | { at: "case" | "slip"; number: string };

// What the browser's back button leads through: places in this list.
const views: View[] = [{ at: "day" }];

interface Shown {
  view: View;
  day?: DayList | undefined;
  day_at?: number | undefined;
  found?: KnownPerson[] | undefined;
  one?: Case | undefined;
  problem?: Problem | undefined;
  said?: string | undefined; // words
  failed?: string | undefined; // words
  busy?: boolean | undefined;
}

type Set = (change: Partial<Shown>) => void;

const look_again_ms = 4_000;
const looks_max = 75; // five minutes

// Of a second much may happen.
function is_same(one: Case, other: Case): boolean {
  return one.changed_at === other.changed_at && one.lines.length === other.lines.length;
}

// While nothing is to do on this page, the case is looked at again by itself.
function use_looking({ view, one, busy }: Shown, desk: Desk, set: Set): void {
  const looks = useRef(0);
  useEffect(() => {
    looks.current = 0;
  }, [one?.number, one?.lines.length]);
  useEffect(() => {
    if (view.at !== "case" || !one || busy || !goes_on_elsewhere(one.todo)) return;
    let is_over = false;
    const look = async () => {
      if (document.visibilityState !== "visible" || ++looks.current > looks_max) return;
      const read = await desk.office.show(one.number);
      if (is_over || !read.ok || is_same(read.value, one)) return;
      set({ one: read.value, said: "window.said_changed" });
    };
    const every = setInterval(() => void look(), look_again_ms);
    return () => {
      is_over = true;
      clearInterval(every);
    };
  }, [view, one, busy]);
}

function focus_soon(id: string): void {
  requestAnimationFrame(() => document.getElementById(id)?.focus());
}

interface Doing {
  start: () => void;
  go: (view: View, add?: boolean) => void;
  begin: (wanted?: Opening) => void;
  act: (happening: Happening, said: string) => void;
  search: (search: Search) => void;
}

interface Asking {
  asked: <T>(
    question: Promise<Result<T>>,
    show: (value: T) => Partial<Shown>,
  ) => Promise<Result<T> | undefined>;
  drop: () => void;
}

// What was asked for before something else was, is not shown any more.
function use_asking(set: Set): Asking {
  const turn = useRef(0);
  const asked = async <T,>(question: Promise<Result<T>>, show: (value: T) => Partial<Shown>) => {
    const own = ++turn.current;
    set({ busy: true });
    const answer = await question;
    if (own !== turn.current) return undefined;
    set(answer.ok ? { busy: false, ...show(answer.value) } : { busy: false, ...answer });
    return answer;
  };
  const drop = () => {
    ++turn.current;
    set({ busy: false });
  };
  return { asked, drop };
}

interface Going extends Pick<Doing, "go"> {
  start: () => Promise<void>;
  searched: { current: Search | undefined }; // asked again when somebody comes back
}

function use_going(shown: Shown, desk: Desk, set: Set, { asked, drop }: Asking): Going {
  const searched = useRef<Search | undefined>(undefined);
  const load = async (view: View) => {
    if (view.at === "day") {
      await asked(desk.office.day(), (day) => ({ day, day_at: desk.now() }));
    } else if ("number" in view) {
      await asked(desk.office.show(view.number), (one) => ({ one }));
    } else if (view.at === "search" && searched.current) {
      await asked(desk.office.people(searched.current), (found) => ({ found }));
    } else {
      drop();
    }
  };
  const go = (view: View, add = true) => {
    if (add) {
      searched.current = undefined; // the next person is another one
      const place = (history.state?.place ?? 0) + 1;
      views.splice(place, views.length, view);
      history.pushState({ place }, "");
    }
    set({ view, found: undefined, ...no_remarks, ...forgotten(view, shown) });
    void load(view);
  };
  // Whoever comes back from the agent goes on with the case; the issuing centre says which it was.
  const start = async () => {
    if (views[0]!.at !== "day") return go(views[0]!, false);
    set({ busy: true });
    const back = await desk.office.returned();
    if (!back.ok || !back.value) return go(views[0]!, false);
    go({ at: "case", number: back.value.number });
    set(remark_of(back.value));
  };
  return { start, go, searched };
}

function use_doing(shown: Shown, desk: Desk, set: Set): Doing {
  const acting = useRef(false);
  const asking = use_asking(set);
  const { start, go, searched } = use_going(shown, desk, set, asking);
  const { asked } = asking;
  // A second click is not a second case.
  const once = async (work: () => Promise<void>) => {
    if (acting.current) return;
    acting.current = true;
    await work().finally(() => (acting.current = false));
  };
  const begin = async (wanted?: Opening) => {
    set(no_remarks);
    const answer = await asked(desk.office.open(wanted), () => ({}));
    if (answer?.ok) {
      const last = searched.current;
      go({ at: "case", number: answer.value.number });
      searched.current = last; // the way back leads to the same person
      if (wanted) set({ said: `window.said_opened_${wanted.kind}` });
    } else if (answer?.problem.code === "too_early") {
      set({ problem: undefined, failed: "window.open_too_early" });
    }
  };
  const act = async (happening: Happening, said: string) => {
    const { number } = shown.one!;
    set(no_remarks);
    const answer = await asked(desk.office.act(number, happening), (one) => ({ one, said }));
    if (answer?.ok) return focus_soon("next-name");
    // It has gone on meanwhile: the clerk sees how it is now, beside why it did not fit.
    const read = await desk.office.show(number);
    if (read.ok) set({ one: read.value });
  };
  const search = async (search: Search) => {
    set({ ...no_remarks, found: undefined });
    searched.current = search;
    const answer = await asked(desk.office.people(search), (found) => ({ found }));
    if (answer?.ok) focus_soon("found");
  };
  return {
    start: () => void start(),
    go,
    begin: (wanted) => void once(() => begin(wanted)),
    act: (...what) => void once(() => act(...what)),
    search: (what) => void search(what),
  };
}

const no_remarks = { problem: undefined, said: undefined, failed: undefined };

// What became of what the agent was asked for.
function remark_of({ outcome, registers }: Returned): Partial<Shown> {
  if (outcome === undefined) return {}; // a card was written, or not: the case says so
  if (registers) {
    const is_good = ["proven", "signed", "cancelled"].includes(outcome);
    return { [is_good ? "said" : "failed"]: `window.card_back_${outcome}` };
  }
  if (outcome === "decided") return { said: "window.said_decided" };
  if (outcome === "signed") return { said: "window.said_signed" };
  if (outcome === "cancelled") return { said: "window.back_cancelled" };
  return { failed: `window.back_${outcome}` };
}

// The issuing centre says the code once: it stays with its case as long as that is on the page.
function with_code({ one: before }: Shown, change: Partial<Shown>): Partial<Shown> {
  const { one } = change;
  if (!one || one.number !== before?.number || before.stop_code === undefined) return change;
  return { ...change, one: { stop_code: before.stop_code, ...one } };
}

// Of another case nothing stays on the page.
function forgotten(view: View, { one }: Shown): Partial<Shown> {
  const is_same = "number" in view && view.number === one?.number;
  return is_same ? {} : { one: undefined };
}

function use_views({ start, go }: Doing): void {
  useEffect(() => {
    history.replaceState({ place: 0 }, "");
    start();
    const back = ({ state }: PopStateEvent) => go(views[state?.place ?? 0] ?? views[0]!, false);
    addEventListener("popstate", back);
    return () => removeEventListener("popstate", back);
  }, []);
}

// The window's title says which view it is, and of nobody.
function Heading({ shown, base }: { shown: Shown; base: string }): JSX.Element {
  const { view, one } = shown;
  const heading = useRef<HTMLHeadingElement>(null);
  const is_first = useRef(true);
  const number = "number" in view ? view.number : "";
  useLayoutEffect(() => {
    document.title = `${text_of(`window.title_${view.at}`)} – ${base}`;
    if (!is_first.current) heading.current!.focus();
    is_first.current = false;
  }, [view.at, number]);
  return (
    <h2 tabIndex={-1} ref={heading}>
      <Say of={`window.title_${view.at}`} />
      {number !== "" && <span class="case-number">{grouped(number)}</span>}
      {view.at === "case" && one?.person && (
        <span class="case-name">
          <Ja>{one.person.name}</Ja>
        </span>
      )}
    </h2>
  );
}

// What each path asks for: docs/protocols/issuer.md.
function sees_day({ roles }: Desk): boolean {
  return roles.has("window") || roles.has("approver");
}
function finds_people(desk: Desk): boolean {
  return sees_day(desk) || desk.roles.has("hotline");
}
function first_view(desk: Desk): View {
  if (sees_day(desk)) return { at: "day" };
  return { at: desk.roles.has("supervisor") && !finds_people(desk) ? "questions" : "search" };
}

type MenuProps = { view: View; desk: Desk } & Pick<Doing, "go" | "begin">;

function Menu({ view, desk, go, begin }: MenuProps): JSX.Element {
  const button = (at: "day" | "search" | "questions") => (
    <li>
      <button
        type="button"
        class="quiet"
        aria-current={view.at === at ? "page" : undefined}
        onClick={() => go({ at })}
      >
        <Say of={`window.title_${at}`} />
      </button>
    </li>
  );
  return (
    <nav class="work no-print" aria-label={text_of("window.work")}>
      <ul>
        {sees_day(desk) && button("day")}
        {finds_people(desk) && button("search")}
        {desk.roles.has("supervisor") && button("questions")}
        {desk.roles.has("window") && (
          <li class="begin">
            <button type="button" onClick={() => begin()}>
              <Say of="window.begin" />
            </button>
          </li>
        )}
        {desk.roles.has("window") && (
          <li>
            <button type="button" class="quiet" onClick={() => begin({ kind: "existing" })}>
              <Say of="window.begin_existing" />
            </button>
          </li>
        )}
      </ul>
    </nav>
  );
}

// Calm: one line for all that is said, and one for what went wrong.
function Remarks({ problem, said, failed, busy }: Shown): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (problem || failed) box.current!.scrollIntoView({ block: "nearest" });
  }, [problem, failed]);
  return (
    <div class="no-print remarks" ref={box}>
      <p role="status">
        {busy ? <Say of="window.busy" /> : said && <Say of={said} />}
      </p>
      <div role="alert">
        {problem && <p class="mistake">{problem_text(problem)}</p>}
        {failed && (
          <p class="mistake">
            <Say of={failed} />
          </p>
        )}
      </div>
    </div>
  );
}

// For many people at once, in the day's list.
function Invitations({ go }: Pick<Doing, "go">): JSX.Element {
  return (
    <div class="choices bar no-print">
      {(["invite", "letters"] as const).map((at) => (
        <button type="button" class="quiet" key={at} onClick={() => go({ at })}>
          <Say of={`window.to_${at}`} />
        </button>
      ))}
    </div>
  );
}

function Content({ shown, desk, doing }: { shown: Shown; desk: Desk; doing: Doing }) {
  const { view, one, day, day_at = 0, found } = shown;
  const open = (number: string) => doing.go({ at: "case", number });
  if (view.at === "search") {
    return <PeopleView {...{ desk, found, open }} begin={doing.begin} search={doing.search} />;
  }
  if (view.at === "questions") return <QuestionsView desk={desk} />;
  if (view.at === "letters") return <LettersView desk={desk} batch={view.batch} />;
  if (view.at === "invite") {
    return <InviteView desk={desk} letters={(batch) => doing.go({ at: "letters", batch })} />;
  }
  if (view.at === "day") {
    if (!day) return null;
    return (
      <>
        <Day {...{ desk, open }} cases={day.cases} />
        {day.more && (
          <p>
            <Say of="window.day_more" count={day.cases.length + day.unreadable} />
          </p>
        )}
        {day.unreadable > 0 && (
          <p>
            <Say of="window.day_unreadable" count={day.unreadable} />
          </p>
        )}
        {desk.roles.has("window") && <Invitations go={doing.go} />}
        <p class="hint as-of">
          <Say of="window.day_at" time={clock_text(day_at)} />{" "}
          <button type="button" class="link" onClick={() => doing.go({ at: "day" }, false)}>
            <Say of="window.again" />
          </button>
        </p>
      </>
    );
  }
  if (!one) return null;
  const { number } = one;
  // What another municipality deals with is shown here, and nobody has a role in it; a stop is
  // tried again anywhere.
  const serves = one.elsewhere === undefined || one.kind === "stop";
  const at = serves ? desk : { ...desk, roles: new Set<string>() };
  if (view.at === "slip") {
    const back = () => doing.go({ at: "case", number });
    return <Slip {...{ one, back }} desk={at} act={doing.act} />;
  }
  return (
    <CaseView
      key={number}
      one={one}
      desk={at}
      act={doing.act}
      to_slip={() => doing.go({ at: "slip", number })}
      to_person={() => {
        doing.go({ at: "search" });
        doing.search({ number });
      }}
      again={() => doing.go(view, false)}
    />
  );
}

export function Window({ desk }: { desk: Desk }): JSX.Element {
  const [base] = useState(() => document.title);
  const [shown, set_shown] = useState<Shown>(() => ({ view: (views[0] = first_view(desk)) }));
  const set = (change: Partial<Shown>) =>
    set_shown((before) => ({ ...before, ...with_code(before, change) }));
  const doing = use_doing(shown, desk, set);
  use_views(doing);
  use_looking(shown, desk, set);
  return (
    <div class="office">
      <Menu view={shown.view} desk={desk} go={doing.go} begin={doing.begin} />
      <Heading shown={shown} base={base} />
      <Remarks {...shown} />
      <Content {...{ shown, desk, doing }} />
    </div>
  );
}
