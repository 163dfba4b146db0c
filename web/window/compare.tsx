// How the application and a register write a person, one below the other: the characters that
// differ are marked and named, and the rule that was needed is said in words. The clerk decides
// with the papers in hand; the decision is signed by the clerk's card.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { day_phrase } from "../shared/dates";
import { Read, Say, has_words, phrase } from "../shared/words";
import { card_document, decision_document, is_decision } from "./decision";
import { problem_text, role_phrase } from "./desk";
import {
  characters_of,
  code_points,
  mark,
  mark_whole,
  type Difference,
  type Part,
} from "./differences";
import { Asked, type CasePart } from "./parts";
import {
  attributes,
  card_place,
  type Attribute,
  type Case,
  type Compared,
  type Person,
} from "./record";

const differences_max = 8; // in words; more says nothing that the marks do not

// As people read it: a day and a sex are told in words, not in codes.
function shown(name: Attribute, value: string): string {
  if (name === "birth_date" && /^\d{4}-\d{2}-\d{2}$/.test(value)) return day_phrase(value);
  if (name === "sex" && has_words(`window.sex_${value}`)) return phrase(`window.sex_${value}`);
  return value;
}

function Marked({ parts }: { parts: Part[] }): JSX.Element {
  return (
    <>
      {parts.map(({ text, differs }, i) =>
        differs ? (
          <mark key={i}>
            <span class="visually-hidden">
              <Say of="window.mark_begins" />
            </span>
            {text}
            <span class="visually-hidden">
              <Say of="window.mark_ends" />
            </span>
          </mark>
        ) : (
          text
        ),
      )}
    </>
  );
}

function is_one_character(text: string): boolean {
  return characters_of(text).length === 1 && /\p{Script=Han}/u.test(text);
}
// One Chinese character and another may look the same; of others the code says nothing.
function named(text: string, with_code: boolean): string {
  if (!with_code) return phrase("window.characters", { text });
  return phrase("window.character", { text, points: code_points(text) });
}

function InWords({ at, first, second }: Difference): JSX.Element {
  const with_code = is_one_character(first) && is_one_character(second);
  const values = { at, first: named(first, with_code), second: named(second, with_code) };
  if (first === "") return <Say of="window.only_register" {...values} />;
  if (second === "") return <Say of="window.only_application" {...values} />;
  return <Say of="window.both_differ" {...values} />;
}

function Rules({ rules }: { rules: string[] }): JSX.Element | null {
  if (rules.length === 0) return null;
  return (
    <ul class="rules">
      {rules.map((rule) => (
        <li key={rule}>
          <Say of={has_words(`window.rule_${rule}`) ? `window.rule_${rule}` : "window.rule"} />
        </li>
      ))}
    </ul>
  );
}

interface OfAttribute {
  name: Attribute;
  one: Compared;
  who: string; // words: who writes otherwise
}

function Writings({ applied, name, one, who }: OfAttribute & { applied: string }) {
  const is_text = name === "name" || name === "kana" || name === "address";
  const other = one.writing!;
  // A day and a sex differ as a whole.
  const { first, second, differences } = is_text
    ? mark(applied, other, one.differences)
    : mark_whole(shown(name, applied), shown(name, other));
  return (
    <>
      <dl class="writings">
        <div>
          <dt>
            <Say of="window.application" />
          </dt>
          <dd lang="ja">
            <Marked parts={first} />
          </dd>
        </div>
        <div>
          <dt>
            <Say of={who} />
          </dt>
          <dd lang="ja">
            <Marked parts={second} />
          </dd>
        </div>
      </dl>
      {is_text && differences.length > 0 && differences.length <= differences_max && (
        <ul class="in-words">
          {differences.map((difference, i) => (
            <li key={i}>
              <InWords {...difference} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function OneAttribute({ name, one, person, who }: OfAttribute & { person: Person }) {
  return (
    <section class={`attribute ${one.verdict}`}>
      <h5>
        <Say of={`window.attribute_${name}`} />
        <span class="verdict">
          <Say of={`window.verdict_${one.verdict}`} />
        </span>
      </h5>
      {one.writing !== undefined ? (
        <Writings applied={person[name]} {...{ name, one, who }} />
      ) : (
        one.verdict !== "same" && (
          <p>
            <Say of="window.not_told" />
          </p>
        )
      )}
      {one.verdict !== "same" && <Rules rules={one.rules} />}
    </section>
  );
}

// Of a register, or of the card's certificate.
function said_at(one: Case, place: number) {
  if (place === card_place) {
    return { ...one.card!, who: "window.of_card", what: phrase("window.of_card") };
  }
  const { finding, writing, role } = one.claims[place]!;
  return { finding, writing, who: "window.of_register", what: role_phrase(role) };
}

// What is the same takes one line; what differs takes the room.
export function Compare({ desk, one, place }: CasePart & { place: number }): JSX.Element {
  const { writing, finding, who } = said_at(one, place);
  const person = one.person!;
  if (!writing) return <></>;
  const told = attributes.filter((name) => writing.attributes[name]);
  const same = told.filter((name) => writing.attributes[name]!.verdict === "same");
  const between = phrase("window.between_items");
  return (
    <div class="compare">
      {!writing.current && (
        <p class="warning">
          <Say of="window.not_current" />
        </p>
      )}
      {writing.only_one === false && (
        <p class="warning">
          <Say of="window.not_only_one" />
        </p>
      )}
      <Rules rules={writing.rules} />
      {told
        .filter((name) => !same.includes(name))
        .map((name) => (
          <OneAttribute key={name} one={writing.attributes[name]!} {...{ name, person, who }} />
        ))}
      {same.length > 0 && (
        <p class="hint">
          <Say
            of="window.are_same"
            what={same.map((name) => phrase(`window.attribute_${name}`)).join(between)}
          />
        </p>
      )}
      {finding === "otherwise" && <Decide {...{ desk, one, place }} />}
    </div>
  );
}

// The way to the agent leaves the page; the issuing centre remembers meanwhile what it was about.
function Decide({ desk, one, place }: Pick<CasePart, "desk" | "one"> & { place: number }) {
  const [asked, set_asked] = useState<boolean>();
  const [mistake, set_mistake] = useState<string>();
  const may_decide = desk.roles.has("approver");
  const why_not = `no-approver-${place}`;
  const decide = async (same_person: boolean) => {
    set_mistake(undefined);
    const to_sign = await desk.office.decide(one.number, place, same_person);
    set_asked(undefined);
    if (!to_sign.ok) return set_mistake(problem_text(to_sign.problem));
    // The clerk signs what was shown here, or nothing.
    const document = to_sign.value.form.document!;
    if (!is_decision(document, one, place, same_person)) {
      return set_mistake(phrase("window.differs"));
    }
    desk.to_agent(to_sign.value);
  };
  const button = (same_person: boolean) => (
    <button
      type="button"
      class={same_person ? undefined : "quiet"}
      disabled={!may_decide}
      aria-describedby={may_decide ? undefined : why_not}
      onClick={() => set_asked(same_person)}
    >
      <Say of={same_person ? "window.same_person" : "window.another_person"} />
      <span class="visually-hidden">
        <Say of="window.about" what={said_at(one, place).what} />
      </span>
    </button>
  );
  return (
    <>
      <p>
        <Say of={place === card_place ? "window.decide_card_how" : "window.decide_how"} />
      </p>
      {!may_decide && (
        <p class="silent" id={why_not}>
          <Say of="window.no_approver" />
        </p>
      )}
      <div class="choices">
        {button(true)}
        {button(false)}
      </div>
      {mistake !== undefined && (
        <p role="alert" class="mistake">
          <Read text={mistake} />
        </p>
      )}
      {asked !== undefined && (
        <Asked
          title={asked ? "window.same_person_title" : "window.another_person_title"}
          yes="window.sign"
          close={() => set_asked(undefined)}
          act={() => void decide(asked)}
        >
          <p>
            <Read text={phrase("window.sign_text")} />
          </p>
          <pre class="document" lang="ja" tabIndex={0}>
            {place === card_place
              ? card_document(one, asked)
              : decision_document(one, place, asked)}
          </pre>
        </Asked>
      )}
    </>
  );
}
