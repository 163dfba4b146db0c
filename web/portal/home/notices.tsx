// お知らせ: the union of what the holders have for the person, newest first. Opening one is an
// order of its own; that entry is the proof that it was delivered, and here: that it was read.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ask, type OwnRecord } from "../../shared/ask";
import { now_of } from "../../shared/country";
import { day_of, day_text } from "../../shared/dates";
import { checked } from "../../shared/result";
import { Say, text_of, yen } from "../../shared/words";
import { Answered, Silent } from "../answered";
import type { Context } from "../shell";
import { notices_of, read_body, type Notice } from "./notice_list";

type Body = { paragraphs: string[] } | { problem: string } | "asking" | undefined;

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
        <p>{paragraph}</p>
      ))}
    </>
  );
}

function Deadline({ day, today }: { day: string; today: string }): JSX.Element {
  if (day < today) {
    return (
      <span class="deadline">
        <Say of="home.deadline_over" day={day_text(day)} />
      </span>
    );
  }
  return (
    <strong class="deadline">
      <Say of="home.deadline" day={day_text(day)} />
    </strong>
  );
}

function One({ context, notice }: { context: Context; notice: Notice }): JSX.Element {
  const [open, set_open] = useState(false);
  const [body, set_body] = useState<Body>(undefined);
  const toggle = () => {
    set_open(!open);
    if (open || (body !== undefined && body !== "asking" && "paragraphs" in body)) return;
    set_body("asking");
    void open_notice(context, notice).then(set_body);
  };
  const opened = typeof body === "object" && "paragraphs" in body ? true : notice.opened;
  const today = day_of(now_of(context.session));
  const id = `notice-${notice.holder.id}-${notice.position}-${notice.id}`;
  return (
    <li>
      <h3>
        <button type="button" class="row" aria-expanded={open} aria-controls={id} onClick={toggle}>
          <span class={opened === false ? "mark new" : "mark"}>
            {opened !== undefined && <Say of={opened ? "home.opened" : "home.unopened"} />}
          </span>
          <span class="subject">{notice.subject}</span>
          <span class="sender">{notice.sender}</span>
          <time dateTime={notice.received}>{day_text(notice.received)}</time>
          {notice.deadline && <Deadline day={notice.deadline} today={today} />}
          {notice.amount_yen !== undefined && (
            <span class="amount">{yen(notice.amount_yen)}</span>
          )}
        </button>
      </h3>
      <div id={id} class="body" hidden={!open} aria-live="polite">
        {open && <Text body={body} />}
        <p class="hint">{notice.holder.name}</p>
      </div>
    </li>
  );
}

export function Notices(props: {
  context: Context;
  records: OwnRecord[];
  done: boolean;
  opened: Set<string> | undefined; // not known yet, or not to be had
}): JSX.Element {
  const { context, records, done, opened } = props;
  const { notices, more, unreadable } = notices_of(records, opened);
  const silent = records.filter((one) => !one.result.ok).length + unreadable.length;
  const unopened = notices.filter((one) => !one.opened).length;
  const count = text_of("home.unread_count", { count: unopened });
  return (
    <>
      <h2 id="notices-name">
        <Say of="home.notices" />{" "}
        {done && opened && silent === 0 && <span class="count">{count}</span>}
      </h2>
      {notices.length > 0 && (
        <p class="row columns" aria-hidden="true">
          {["state", "subject", "sender", "received"].map((one) => (
            <span>
              <Say of={`home.column_${one}`} />
            </span>
          ))}
        </p>
      )}
      <ul class="notices">
        {notices.map((one) => (
          <One key={`${one.holder.id} ${one.position} ${one.id}`} context={context} notice={one} />
        ))}
      </ul>
      {more && (
        <p>
          <Say of="home.more_notices" />
        </p>
      )}
      <p role="status" class={done ? undefined : "asking"}>
        {!done && <Say of="shell.asking" />}
        {done && silent > 0 && <Say of="home.notices_missing" count={silent} />}
        {done && silent === 0 && notices.length === 0 && <Say of="home.no_notices" />}
      </p>
      <ul class="sources">
        {unreadable.map((holder) => (
          <li class="silent">
            <strong>{holder.name}</strong> <Say of="shell.unreadable" />
          </li>
        ))}
        {records.map((one) =>
          one.result.ok ? (
            <li>
              {one.result.value.holder.name} <Answered as_of={one.result.value.as_of} />
            </li>
          ) : (
            <Silent kind={one.kind} code={one.result.problem.code} />
          ),
        )}
      </ul>
    </>
  );
}
