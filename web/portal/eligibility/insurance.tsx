// Who insures the person today, as each insurer answered; those who ended stay in the list.
import type { JSX } from "preact";
import { Answered, Entry, Progress, Silent } from "../answered";
import { day_phrase } from "../../shared/dates";
import { Ja, Read, Say, in_japanese, language, phrase } from "../../shared/words";
import { known_holders, read_answers, told_silences, type OwnRecords } from "../own";
import { read_eligibility, type Cover, type Insured } from "./insured";

// 要介護3 and 要支援2 are the law's words for all insurers; others stand as the insurer writes them.
function level_text(level: string): string {
  const found = /^要(介護|支援)([1-5])$/.exec(level);
  if (!found) return in_japanese(level);
  const kind = found[1] === "介護" ? "care" : "support";
  return phrase(`eligibility.level_${kind}`, { level: found[2]! });
}

// What insurers write; in Japanese it stands as it is.
const reasons: Record<string, string> = {
  退職: "left_work",
  任意継続終了: "voluntary_over",
  被扶養者でなくなった: "no_dependant",
  "75歳到達": "turned_75",
  転出: "moved",
  生活保護: "welfare",
  他の医療保険に加入: "other_insurance",
  死亡: "death",
};

export function reason_text(reason: string): string {
  const known = language() === "ja" ? undefined : reasons[reason];
  return known ? phrase(`eligibility.reason_${known}`) : in_japanese(reason);
}

function Current({ cover }: { cover: Cover }): JSX.Element {
  const number = [cover.symbol, cover.number, cover.branch].filter((part) => part !== "").join(" ");
  return (
    <dl>
      <Entry of="eligibility.number">
        <Ja>{number}</Ja>
      </Entry>
      <Entry of="eligibility.share">
        <Say
          of="eligibility.share_value"
          tenths={cover.share_percent / 10}
          percent={cover.share_percent}
        />
        {cover.special_payment && (
          <p>
            <Say of="eligibility.special_payment" />
          </p>
        )}
      </Entry>
      {cover.level && (
        <Entry of="eligibility.care_level">
          <Read text={level_text(cover.level)} />
        </Entry>
      )}
      <Entry of="eligibility.period">
        <Say of="eligibility.from" day={day_phrase(cover.from)} />{" "}
        {cover.to && <Say of="eligibility.to" day={day_phrase(cover.to)} />}
      </Entry>
    </dl>
  );
}

// The insurer's last day with the person, or that there is none that it knows of.
export function Ended({ insured }: { insured: Insured }): JSX.Element | null {
  if (!insured.ended) return null;
  const { last_day, reason } = insured.ended;
  return (
    <p>
      {last_day ? (
        <Say of="eligibility.ended_on" day={day_phrase(last_day)} />
      ) : (
        <Say of="eligibility.not_insured" />
      )}
      {language() === "en" && " "}
      {reason && <Say of="eligibility.reason" reason={reason_text(reason)} />}
    </p>
  );
}

function One({ insured }: { insured: Insured }): JSX.Element {
  return (
    <li class="card">
      <h3>
        <Ja>{insured.holder ?? ""}</Ja>
      </h3>
      {insured.covers.map((cover) => (
        <Current cover={cover} />
      ))}
      <Ended insured={insured} />
      <Answered as_of={insured.as_of ?? 0} />
    </li>
  );
}

// Said only when medical insurers have answered so, and none is silent who could know better; with
// no answer at all `nobody` says it.
function has_no_medical(insured: Insured[]): boolean {
  const medical = insured.filter(({ kind }) => kind === "medical-insurer");
  const knows_all = medical.length > 0 && medical.every(({ problem }) => !problem);
  return knows_all && medical.every(({ covers }) => covers.length === 0);
}

// `insured`: what `own` has brought, read; `names`: of the holders that are known.
export function Insurance(props: {
  insured: Insured[];
  own: OwnRecords;
  names?: Map<string, string>;
}): JSX.Element {
  const { own, names = known_holders(own.records) } = props;
  const read = read_answers(own.records, read_eligibility);
  const answered = props.insured.filter((one) => !one.problem);
  const silent = told_silences(read.silent, names);
  return (
    <>
      {own.done && has_no_medical(props.insured) && (
        <p>
          <Say of="eligibility.no_medical" />
        </p>
      )}
      {answered.length + silent.length > 0 && (
        <ul class="cards">
          {answered.map((one) => (
            <One insured={one} />
          ))}
          {silent.map((one) => (
            <Silent {...one} />
          ))}
        </ul>
      )}
      <Progress
        read={read}
        done={own.done}
        waiting={own.waiting}
        nobody="eligibility.no_insurance"
        id="insurance-progress"
      />
    </>
  );
}
