// お知らせ: the union of what the holders have for the person, newest first. Opening one is an
// order of its own; that entry is the proof that it was delivered, and here: that it was read.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ask, type OwnRecord } from "../../shared/ask";
import { now_of } from "../../shared/country";
import { day_of, day_phrase } from "../../shared/dates";
import { money } from "../../shared/phrases";
import { checked } from "../../shared/result";
import { Ja, Read, Say, lang_of, text_of } from "../../shared/words";
import { Answered, Progress, Silent } from "../answered";
import { told_silences, type OwnRecords, type ToldSilence } from "../own";
import type { Context } from "../../site/shell";
import { notices_of, opened_key, read_body, type Notice } from "./notice_list";

type Body = { paragraphs: string[] } | { problem: string } | "asking" | undefined;

function is_read(body: Body): boolean {
  return typeof body === "object" && "paragraphs" in body;
}

async function open_notice(context: Context, notice: Notice): Promise<Body> {
  const answered = await ask(context.country, context.session, {
    to: { kind: notice.kind, position: notice.position },
    service: "notice",
    parameters: { id: notice.id },
  });
  if (!answered.ok) return { problem: answered.problem.code };
  const body = await checked("answer_invalid", () => read_body(answered.value.data));
  return body.ok ? { paragraphs: body.value } : { problem: body.problem.code };
}

function Text({ body }: { body: Body }): JSX.Element | null {
  if (body === undefined) return null;
  if (body === "asking") return <span class="asking"><Say of="shell.asking" /></span>;
  if ("problem" in body) return <Say of="home.notice_failed" />;
  return (
    <>
      {body.paragraphs.map((paragraph) => (
        <p lang={lang_of(paragraph)}>{paragraph}</p>
      ))}
    </>
  );
}

function Deadline({ day, today }: { day: string; today: string }): JSX.Element {
  if (day < today) {
    return (
      <span class="deadline">
        <Say of="home.deadline_over" day={day_phrase(day)} />
      </span>
    );
  }
  return (
    <strong class="deadline">
      <Say of="home.deadline" day={day_phrase(day)} />
    </strong>
  );
}

// Read out and copied with spaces between its parts.
function Row({ notice, opened, today }: RowProps): JSX.Element {
  return (
    <>
      <span class={opened === false ? "mark new" : "mark"}>
        {opened !== undefined && <Say of={opened ? "home.opened" : "home.unopened"} />}
      </span>{" "}
      <span class="subject" lang={lang_of(notice.subject)}>
        {notice.subject}
      </span>{" "}
      <span class="sender" lang={lang_of(notice.sender)}>
        {notice.sender}
      </span>{" "}
      <time dateTime={notice.received}>
        <Read text={day_phrase(notice.received)} />
      </time>
      {notice.deadline && (
        <>
          {" "}
          <Deadline day={notice.deadline} today={today} />
        </>
      )}
      {notice.amount_yen !== undefined && (
        <>
          {" "}
          <span class="amount">
            <Say
              of={`home.amount_${notice.amount_for ?? "neither"}`}
              yen={money(notice.amount_yen)}
            />
          </span>
        </>
      )}
    </>
  );
}

interface RowProps {
  notice: Notice;
  opened: boolean | undefined;
  today: string;
}

function One({ context, notice, on_opened }: OneProps): JSX.Element {
  const [open, set_open] = useState(false);
  const [body, set_body] = useState<Body>(undefined);
  const toggle = () => {
    set_open(!open);
    if (open || is_read(body)) return;
    set_body("asking");
    void open_notice(context, notice).then((came) => {
      set_body(came);
      if (is_read(came)) on_opened();
    });
  };
  const opened = is_read(body) ? true : notice.opened;
  const today = day_of(now_of(context.session));
  const id = `notice-${notice.holder.id}-${notice.position}-${notice.id}`;
  return (
    <li>
      <h3>
        <button type="button" class="row" aria-expanded={open} aria-controls={id} onClick={toggle}>
          <Row notice={notice} opened={opened} today={today} />
        </button>
      </h3>
      <div id={id} class="body" hidden={!open} aria-live="polite">
        {open && <Text body={body} />}
        <p class="hint">
          <Ja>{notice.holder.name}</Ja>
        </p>
      </div>
    </li>
  );
}

interface OneProps {
  context: Context;
  notice: Notice;
  on_opened: () => void;
}

function Columns(): JSX.Element {
  return (
    <p class="row columns" aria-hidden="true">
      {["state", "subject", "sender", "received"].map((one) => (
        <>
          <span>
            <Say of={`home.column_${one}`} />
          </span>{" "}
        </>
      ))}
    </p>
  );
}

// As of when each holder answered, and who did not.
function Sources({ records, silent }: SourcesProps): JSX.Element | null {
  const answered = records.flatMap(({ result }) => (result.ok ? [result.value] : []));
  if (answered.length + silent.length === 0) return null;
  return (
    <ul class="sources">
      {answered.map(({ holder, as_of }) => (
        <li>
          <Ja>{holder.name}</Ja> <Answered as_of={as_of} />
        </li>
      ))}
      {silent.map((one) => (
        <Silent {...one} />
      ))}
    </ul>
  );
}

interface SourcesProps {
  records: OwnRecord[];
  silent: ToldSilence[];
}

// The first words that somebody hears who comes back to this window.
function use_count_in_title(count: number | undefined): void {
  useEffect(() => {
    title_alone ??= document.title;
    if (count === undefined) return;
    const unread = text_of("home.unread_count", { count });
    const both = { count: unread, title: title_alone };
    document.title = count === 0 ? title_alone : text_of("home.title_unread", both);
  }, [count]);
}
let title_alone: string | undefined;

export function Notices(props: {
  context: Context;
  own: OwnRecords;
  opened: Set<string> | undefined; // not known yet, or not to be had
  names: Map<string, string>; // of the holders that are known
}): JSX.Element {
  const { context, own, opened } = props;
  const { records, done } = own;
  // Since the entries were read: their order is in the log only now.
  const [opened_here, set_opened_here] = useState<string[]>([]);
  const { notices, more, read } = notices_of(
    records,
    opened && new Set([...opened, ...opened_here]),
  );
  const is_whole = done && read.silent.length === 0;
  const unopened = notices.filter((one) => !one.opened).length;
  const known = is_whole && opened ? unopened : undefined;
  use_count_in_title(known);
  return (
    <>
      <h2 id="notices-name">
        <Say of="home.notices" />{" "}
        {known !== undefined && (
          <span class="count">
            <Say of="home.unread_count" count={known} />
          </span>
        )}
      </h2>
      {notices.length > 0 && (
        <div class="notice-list">
          <Columns />
          <ul class="notices">
            {notices.map((one) => (
              <One
                key={`${one.holder.id} ${one.position} ${one.id}`}
                context={context}
                notice={one}
                on_opened={() => set_opened_here((before) => [...before, opened_key(one)])}
              />
            ))}
          </ul>
        </div>
      )}
      {more && (
        <p>
          <Say of="home.more_notices" />
        </p>
      )}
      {is_whole && records.length > 0 && notices.length === 0 && (
        <p role="status">
          <Say of="home.no_notices" />
        </p>
      )}
      <Progress
        read={read}
        done={done}
        waiting={own.waiting}
        nobody="home.no_source"
        id="notices-progress"
      />
      {done && read.silent.length > 0 && (
        <p role="status">
          <Say of="home.notices_missing" />
        </p>
      )}
      <Sources records={records} silent={told_silences(read.silent, props.names)} />
    </>
  );
}
