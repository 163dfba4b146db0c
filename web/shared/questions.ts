// Questions about entries (docs/protocols/log.md): the person asks, the organisation that the entry
// names answers; both see the deadline.
import { ask_pages, ask_relay } from "./ask";
import { fits_utf8, type Hash } from "./bytes";
import type { Country, Session } from "./country";
import { page_rows_max } from "./entries";
import { Members, type JsonObject } from "./json";
import { commit_operator, type Head } from "./order";
import { bad, checked, good, refuse, type Result } from "./result";

const question_bytes_max = 6_000;
const questions_max = 100_000;

export interface QuestionState {
  id: string;
  deadline: number;
}

export interface QuestionAnswer {
  text: string;
  at: number;
  operator?: { name: string; salt: Hash }; // who asked, in the organisation
}

export interface QuestionOfPerson extends QuestionState {
  index: number; // of the entry that it is about, in the log
  entry: Hash;
  asked_at: number;
  text: string;
  answer?: QuestionAnswer;
}

function read_operator(object: JsonObject) {
  const members = new Members(object);
  const out = { name: members.text("name", 400), salt: members.hash("salt") };
  members.finish();
  return out;
}

function read_answer(object: JsonObject): QuestionAnswer {
  const members = new Members(object);
  const operator = members.optional_object("operator");
  const out = {
    text: members.text("text", question_bytes_max),
    at: members.time("at"),
    ...(operator ? { operator: read_operator(operator) } : {}),
  };
  members.finish();
  return out;
}

function read_question(object: JsonObject): QuestionOfPerson {
  const members = new Members(object);
  const answer = members.optional_object("answer");
  const out = {
    id: members.text("id", 64),
    deadline: members.time("deadline"),
    index: members.integer("index"),
    entry: members.hash("entry"),
    asked_at: members.time("asked_at"),
    text: members.text("text", question_bytes_max),
    ...(answer ? { answer: read_answer(answer) } : {}),
  };
  members.finish();
  return out;
}

export function read_questions_page(data: JsonObject, after: number) {
  const members = new Members(data);
  const more = members.boolean("more");
  const questions = members.objects("questions", page_rows_max).map(read_question);
  members.finish();
  let last = after;
  for (const { index } of questions) {
    if (index <= last) refuse("the questions are not in the log's order");
    last = index;
  }
  if (more && questions.length === 0) refuse("the questions end too early");
  return { questions, more };
}

export function read_question_state(data: JsonObject): QuestionState {
  const members = new Members(data);
  const out = { id: members.text("id", 64), deadline: members.time("deadline") };
  members.finish();
  return out;
}

export function is_askable(text: string): boolean {
  return text.trim() !== "" && fits_utf8(text, question_bytes_max);
}

// About the order at that index of the log (PersonEntry.order_index); asked again it is the same
// one, and the first text stays.
export async function ask_question(
  country: Country,
  session: Session,
  index: number,
  text: string,
): Promise<Result<QuestionState>> {
  if (!is_askable(text)) return bad("malformed", "no text, or too long");
  const parameters = { index: String(index) };
  const question = { service: "question", parameters, payload: { text } };
  const answered = await ask_relay(country, session, question);
  if (!answered.ok) return answered;
  return checked("answer_invalid", () => read_question_state(answered.value.data));
}

export async function own_questions(
  country: Country,
  session: Session,
): Promise<Result<QuestionOfPerson[]>> {
  const out: QuestionOfPerson[] = [];
  const asked = await ask_pages(country, session, "questions", async (data) => {
    const after = out.at(-1)?.index ?? 0;
    const page = await checked("answer_invalid", () => read_questions_page(data, after));
    if (!page.ok) return page;
    out.push(...page.value.questions);
    if (out.length > questions_max) return bad("answer_invalid", "too many questions");
    return good(page.value.more ? out.at(-1)!.index : undefined);
  });
  return asked.ok ? good(out) : asked;
}

// The name in the answer is the one that the request committed to.
export async function opens_operator(head: Head, answer: QuestionAnswer): Promise<boolean> {
  if (!answer.operator || head.person_operator === undefined) return false;
  const { name, salt } = answer.operator;
  return (await commit_operator(salt, name)) === head.person_operator;
}
