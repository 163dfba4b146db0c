// What people ask about entries of this office's: a supervisor reads which case it was and which
// clerk, and answers. The name goes along with the answer, for it opens what the entry says.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { day_of, day_phrase } from "../shared/dates";
import type { Problem } from "../shared/result";
import { Ja, Say } from "../shared/words";
import { grouped, problem_text, type Desk } from "./desk";
import type { Question } from "./office";

const day = (time: number) => day_phrase(day_of(time));

interface OneProps {
  one: Question;
  answer: (id: string, text: string) => Promise<void>;
}

// What was answered stays: there is one answer.
function Answer({ one, answer }: OneProps): JSX.Element {
  const [text, set_text] = useState("");
  const id = `answer-${one.id}`;
  const send = (event: Event) => {
    event.preventDefault();
    if (text.trim() !== "") void answer(one.id, text);
  };
  return (
    <form onSubmit={send}>
      <label for={id}>
        <Say of="window.answer" />
      </label>
      <textarea
        id={id}
        rows={4}
        maxLength={1_500}
        value={text}
        onInput={({ currentTarget }) => set_text(currentTarget.value)}
      />
      <button type="submit">
        <Say of="window.send_answer" />
      </button>
    </form>
  );
}

function One({ one, answer }: OneProps): JSX.Element {
  const { request, operator, number } = one;
  return (
    <li>
      <h3>
        <Ja>{one.text}</Ja>
      </h3>
      <p class="hint">
        <Say of="window.question_asked" asked={day(one.asked_at)} until={day(one.deadline)} />{" "}
        {request && <Say of="window.question_about" day={day(request.at)} />}
      </p>
      <p>
        {operator === undefined || number === undefined ? (
          <Say of="window.question_of_nobody" />
        ) : (
          <Say of="window.question_of" clerk={operator} number={grouped(number)} />
        )}
      </p>
      {one.answer ? (
        <p>
          <Say of="window.question_answered" day={day(one.answer.at)} />{" "}
          <Ja>{one.answer.text}</Ja>
        </p>
      ) : (
        <Answer {...{ one, answer }} />
      )}
    </li>
  );
}

export function QuestionsView({ desk }: { desk: Desk }): JSX.Element {
  const [all, set_all] = useState<Question[]>();
  const [problem, set_problem] = useState<Problem>();
  const load = async () => {
    const read = await desk.office.questions();
    if (read.ok) set_all(read.value);
    else set_problem(read.problem);
  };
  const answer = async (id: string, text: string) => {
    set_problem(undefined);
    const done = await desk.office.answer(id, text);
    if (!done.ok) return set_problem(done.problem);
    await load();
  };
  useEffect(() => void load(), []);
  return (
    <>
      {problem && (
        <p role="alert" class="mistake">
          {problem_text(problem)}
        </p>
      )}
      {all?.length === 0 && (
        <p>
          <Say of="window.no_questions" />
        </p>
      )}
      {all && all.length > 0 && (
        <ul class="questions">
          {all.map((one) => (
            <One key={one.id} {...{ one, answer }} />
          ))}
        </ul>
      )}
    </>
  );
}
