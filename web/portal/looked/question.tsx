// A question about an entry, and what became of it: the deadline that both see, the answer.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { day_of, day_text, time_text } from "../../shared/dates";
import type { Head } from "../../shared/order";
import { is_askable, opens_operator, type QuestionOfPerson } from "../../shared/questions";
import { Say, in_japanese, lang_of } from "../../shared/words";
import { number_of, type Look } from "./list";

// Not sent; or whether this question is kept or one from before.
export type Sent = "kept" | "first_stays";
export type SendQuestion = (look: Look, text: string) => Promise<"failed" | Sent>;

function Operator({ question, head }: { question: QuestionOfPerson; head?: Head }) {
  const [fits, set_fits] = useState<boolean | undefined>(undefined);
  const answer = question.answer;
  useEffect(() => {
    if (answer?.operator && head) void opens_operator(head, answer).then(set_fits);
  }, [answer, head]);
  if (!answer?.operator) return null;
  return (
    <p>
      <Say of="looked.question_operator" name={in_japanese(answer.operator.name)} />
      {fits !== undefined && (
        <>
          {" "}
          <Say of={fits ? "looked.operator_fits" : "looked.operator_differs"} />
        </>
      )}
    </p>
  );
}

// The form is gone with the focus in it: the focus goes to what became of it, which is read out.
function Outcome({ sent, who, day }: { sent: Sent; who: string; day: string }): JSX.Element {
  const line = useRef<HTMLParagraphElement>(null);
  useEffect(() => line.current!.focus(), []);
  return (
    <p ref={line} tabIndex={-1} class="sent">
      <Say of={`looked.question_${sent}`} who={in_japanese(who)} day={day} />
    </p>
  );
}

// `head`: of the entry that it is about. `sent`: just now.
export function Asked(props: {
  question: QuestionOfPerson;
  head?: Head;
  now: number;
  who: string;
  sent?: Sent | undefined;
}): JSX.Element {
  const { question, head, now, who, sent } = props;
  const { answer, deadline } = question;
  const day = day_text(day_of(deadline));
  return (
    <div class="asked">
      {sent && <Outcome sent={sent} who={who} day={day} />}
      <p class="hint">
        <Say of="looked.question_asked" time={time_text(question.asked_at)} />
      </p>
      <p class="said" lang={lang_of(question.text)}>
        {question.text}
      </p>
      {answer ? (
        <>
          <p class="hint">
            <Say of="looked.question_answer" time={time_text(answer.at)} />
          </p>
          <p class="said" lang={lang_of(answer.text)}>
            {answer.text}
          </p>
          <Operator question={question} {...(head ? { head } : {})} />
        </>
      ) : (
        <p>
          <strong>
            <Say
              of={deadline < now ? "looked.question_late" : "looked.question_deadline"}
              day={day}
            />
          </strong>
        </p>
      )}
    </div>
  );
}

// Of UTF-16, as a browser counts: never more bytes than a question may have (shared/questions.ts).
const text_max = 2000;
const near = 200; // so many left, and they are counted

function Left({ id, count }: { id: string; count: number }): JSX.Element {
  const left = text_max - count;
  return (
    <p id={id} class="hint">
      {left < 0 && <Say of="looked.question_over" over={-left} />}
      {left >= 0 && left <= near && <Say of="looked.question_left" left={left} />}
    </p>
  );
}

type Step = "closed" | "open" | "empty" | "sending" | "failed";

function Form(props: {
  look: Look;
  step: Step;
  submit: (text: string) => void;
  cancel: () => void;
}): JSX.Element {
  const { look, step, submit, cancel } = props;
  const id = `question-${number_of(look.entry)}`;
  const field = useRef<HTMLTextAreaElement>(null);
  const [count, set_count] = useState(0);
  const wrong = step === "empty" || step === "failed";
  useEffect(() => {
    if (step === "open" || wrong) field.current?.focus();
  }, [step]);
  return (
    <form
      class="question"
      onSubmit={(event) => {
        event.preventDefault();
        submit(field.current?.value ?? "");
      }}
    >
      <p id={`${id}-hint`} class="hint">
        <Say of="looked.question_hint" who={in_japanese(look.who)} />
      </p>
      <label for={id}>
        <Say of="looked.question_label" />
      </label>
      {wrong && (
        <p id={`${id}-wrong`} class="mistake" role="alert">
          <Say of={`looked.question_${step}`} />
        </p>
      )}
      <textarea
        ref={field}
        id={id}
        rows={4}
        autocomplete="off"
        aria-describedby={`${id}-hint ${id}-left${wrong ? ` ${id}-wrong` : ""}`}
        aria-invalid={step === "empty"}
        onInput={(event) => set_count(event.currentTarget.value.length)}
      />
      <Left id={`${id}-left`} count={count} />
      <p>
        <Say of="looked.question_once" />
      </p>
      <p class="choices">
        <button type="submit" aria-disabled={step === "sending"}>
          <Say of={step === "sending" ? "looked.question_sending" : "looked.question_send"} />
        </button>
        <button type="button" class="quiet" onClick={cancel}>
          <Say of="looked.question_cancel" />
        </button>
      </p>
    </form>
  );
}

export function AskAbout(props: {
  look: Look;
  send: SendQuestion;
  sent: (sent: Sent) => void;
}): JSX.Element {
  const { look, send, sent } = props;
  const [step, set_step] = useState<Step>("closed");
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    set_step("closed");
    setTimeout(() => button.current?.focus());
  };
  const submit = (text: string) => {
    if (!is_askable(text) || text.length > text_max) return set_step("empty");
    set_step("sending");
    void send(look, text).then((became) => {
      if (became === "failed") set_step("failed");
      else sent(became);
    });
  };
  if (step === "closed") {
    return (
      <p>
        <button type="button" ref={button} class="quiet" onClick={() => set_step("open")}>
          <Say of="looked.question_button" />{" "}
          <span class="visually-hidden">
            <Say of="looked.of_number" seq={number_of(look.entry)} />
          </span>
        </button>
      </p>
    );
  }
  return <Form look={look} step={step} submit={submit} cancel={close} />;
}
