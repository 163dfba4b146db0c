// 「あなたの記録を見た人」. The list comes and is verified; where it was not compared with a holder for
// a week, that is done at once. What does not fit stands above everything else.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { now_of, type Country, type Session } from "../../shared/country";
import { cross_check, goes_on, last_compared, type CrossCheck } from "../../shared/cross_check";
import { fetch_bells, fetch_entries, hides_what_was_told } from "../../shared/entries";
import type { Bell, PersonEntries } from "../../shared/entries";
import { ask_question, own_questions, type QuestionOfPerson } from "../../shared/questions";
import { is_lie, type Problem, type Result } from "../../shared/result";
import { Say, in_japanese, text_of } from "../../shared/words";
import { Printed } from "../printed";
import { leave } from "../../site/session";
import { Alarm, HiddenAlarm, ListAlarm } from "./alarm";
import { All } from "./all";
import { Compare, wrong_of, type Comparing } from "./compare";
import { holders_of, is_comparison_due, looks_of, number_of, type Look } from "./list";
import { Asked, type SendQuestion } from "./question";
import { Staff } from "./staff";
import { Verified } from "./verified";
import "./looked.css";

export interface LookedProps {
  country: Country;
  session: Session;
}

interface Loaded {
  entries: PersonEntries;
  bells: Bell[];
  questions: Result<QuestionOfPerson[]>;
}
type State = { step: "loading"; count: number } | Bad | Ready;
// `before`: a list that was believed, until this came.
interface Bad {
  step: "bad";
  problem: Problem;
  before?: PersonEntries;
}
interface Ready extends Loaded {
  step: "ready";
}

const over = new Set(["mandate_ended", "mandate_expired"]);

async function load(
  { country, session }: LookedProps,
  on_progress: (count: number) => void,
): Promise<Result<Loaded>> {
  const [entries, bells, questions] = await Promise.all([
    fetch_entries(country, session, on_progress),
    fetch_bells(country, session),
    own_questions(country, session),
  ]);
  if (!entries.ok) return entries;
  // Without bells only the word that it was a first look is missing.
  const heard = bells.ok ? bells.value : [];
  return { ok: true, value: { entries: entries.value, bells: heard, questions } };
}

function NotLoaded({ props, state }: { props: LookedProps; state: Bad }): JSX.Element {
  const { problem, before } = state;
  if (is_lie(problem)) return <ListAlarm of={props} problem={problem} before={before} />;
  return (
    <div role="alert" class="mistake">
      <p>
        <Say of="looked.unavailable" />
      </p>
      <p>
        <button type="button" class="quiet" onClick={() => location.reload()}>
          <Say of="looked.try_again" />
        </button>
      </p>
    </div>
  );
}

function Questions(props: {
  questions: Result<QuestionOfPerson[]>;
  looks: Look[];
  now: number;
}): JSX.Element | null {
  const { questions, looks, now } = props;
  if (!questions.ok) {
    return (
      <p role="status">
        <Say of="looked.questions_unread" />
      </p>
    );
  }
  const about = new Map(looks.map((look) => [look.entry.order_entry, look]));
  const listed = questions.value.flatMap((question) => {
    const look = about.get(question.entry);
    return look ? [{ question, look }] : [];
  });
  if (listed.length === 0) return null;
  return (
    <section aria-labelledby="questions-name">
      <h2 id="questions-name">
        <Say of="looked.questions_title" />
      </h2>
      <ul class="looks">
        {listed.reverse().map(({ question, look }) => (
          <li class="look" key={question.id}>
            <h3>
              <Say
                of="looked.questions_about"
                seq={number_of(look.entry)}
                who={in_japanese(look.who)}
              />
            </h3>
            <Asked
              question={question}
              now={now}
              who={look.who}
              {...(look.entry.head ? { head: look.entry.head } : {})}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

// Asks, and reads the list anew: the first question about an entry stays.
function sender(props: LookedProps, set: (questions: QuestionOfPerson[]) => void): SendQuestion {
  const { country, session } = props;
  return async (look, text) => {
    const asked = await ask_question(country, session, look.entry.order_index, text);
    if (!asked.ok) return "failed";
    const list = await own_questions(country, session);
    if (!list.ok) return "failed";
    set(list.value);
    const kept = list.value.find((one) => one.id === asked.value.id);
    return kept && kept.text !== text ? "first_stays" : "kept";
  };
}

// Compares with the holders; the list that comes with it must go on from the one that is shown.
async function compare_anew(
  { country, session }: LookedProps,
  before: PersonEntries,
  on_progress: (count: number) => void,
): Promise<Result<CrossCheck>> {
  const check = await cross_check(country, session, on_progress);
  if (!check.ok) return check;
  const same = goes_on(before, check.value.entries);
  return same.ok ? check : same;
}

// `refuse`: the list that came with the comparison is not believed.
function use_comparison(
  props: LookedProps,
  state: State,
  { set, refuse }: { set: (entries: PersonEntries) => void; refuse: (problem: Problem) => void },
) {
  const [comparing, set_comparing] = useState<Comparing>({ step: "not_yet" });
  const start = async () => {
    if (state.step !== "ready") return;
    set_comparing({ step: "running", count: 0 });
    const check = await compare_anew(props, state.entries, (count) =>
      set_comparing({ step: "running", count }),
    );
    if (!check.ok) {
      if (over.has(check.problem.code)) leave("time_over");
      if (is_lie(check.problem)) refuse(check.problem);
      return set_comparing({ step: "failed" });
    }
    set(check.value.entries);
    set_comparing({ step: "done", check: check.value });
  };
  useEffect(() => {
    if (state.step !== "ready") return;
    const compared = last_compared(state.entries.entries);
    const holders = holders_of(props.country, props.session, compared);
    if (is_comparison_due(holders, now_of(props.session))) void start();
  }, [state.step]);
  return { comparing, start: () => void start() };
}

// Above everything else: whether all of it fits.
function Head(props: {
  of: LookedProps;
  entries: PersonEntries;
  check: CrossCheck | undefined;
}): JSX.Element {
  const { of, entries, check } = props;
  if (check && wrong_of(check) > 0) return <Alarm of={of} check={check} />;
  const hidden = entries.entries.filter(hides_what_was_told).length;
  if (hidden > 0) return <HiddenAlarm of={of} entries={entries} count={hidden} />;
  return <Verified of={of} entries={entries} />;
}

function Shown(props: {
  of: LookedProps;
  state: Ready;
  set: (state: Ready) => void;
  comparing: Comparing;
  start: () => void;
}): JSX.Element {
  const { country, session } = props.of;
  const { state, comparing } = props;
  const now = now_of(session);
  const list = state.entries.entries;
  const looks = looks_of(country, session, list, state.bells);
  const others = looks.filter((one) => !one.own && !one.entry.erased).length;
  useEffect(() => {
    document.title = text_of("looked.title_count", { count: others });
  }, [others]);
  const questions = state.questions.ok ? state.questions.value : [];
  const check = comparing.step === "done" ? comparing.check : undefined;
  const around = {
    ...{ country, now },
    questions: new Map(questions.map((one) => [one.entry, one])),
    confirmed: check?.confirmed ?? new Set<string>(),
    send: sender(props.of, (value) => props.set({ ...state, questions: { ok: true, value } })),
  };
  const holders = holders_of(country, session, last_compared(list));
  return (
    <>
      <Head of={props.of} entries={state.entries} check={check} />
      <Compare holders={holders} comparing={comparing} now={now} start={props.start} />
      <Questions questions={state.questions} looks={looks} now={now} />
      <All looks={looks} around={around} />
      <Staff context={props.of} />
    </>
  );
}

export function Looked(props: LookedProps): JSX.Element {
  const [state, set_state] = useState<State>({ step: "loading", count: 0 });
  useEffect(() => {
    const progress = (count: number) => set_state({ step: "loading", count });
    void load(props, progress).then((loaded) => {
      if (loaded.ok) return set_state({ step: "ready", ...loaded.value });
      if (over.has(loaded.problem.code)) return leave("time_over");
      set_state({ step: "bad", problem: loaded.problem });
    });
  }, []);
  const { comparing, start } = use_comparison(props, state, {
    set: (entries) =>
      set_state((before) => (before.step === "ready" ? { ...before, entries } : before)),
    refuse: (problem) =>
      set_state((before) => ({
        ...{ step: "bad", problem },
        ...(before.step === "ready" ? { before: before.entries } : {}),
      })),
  });
  return (
    <div class="looked on-paper">
      <Printed />
      <p>
        <Say of="looked.intro" />
      </p>
      {state.step === "loading" && (
        <p role="status" class="asking">
          <Say of={state.count > 0 ? "looked.loading" : "shell.loading"} count={state.count} />
        </p>
      )}
      {state.step === "bad" && <NotLoaded props={props} state={state} />}
      {state.step === "ready" && (
        <Shown of={props} state={state} set={set_state} comparing={comparing} start={start} />
      )}
    </div>
  );
}
