// An issuer for tests, as far as a window sees it: cases as docs/protocols/issuer.md has them.
import type { Fetcher } from "../shared/country";
import type { Mutable } from "../shared/test_country";
import { card_document, decision_document } from "./decision";
import { is_foreign, shown_as } from "./progress";
import { card_place, read_case, uses, type Step } from "./record";

export const noon = Date.parse("2026-11-27T03:00:00Z") / 1000; // 12:00 of that day in Japan
const day_s = 86_400;

const reports: Record<string, string> = {
  ...{ invite: "①", apply: "②", confirm: "③④⑤", settle: "⑤", link: "⑧-1", make_keys: "⑥" },
  ...{ certify: "⑥⑦", write: "⑧-1", hand_over: "⑨⑩", activate: "⑧-2", tell: "⑪", sign: "②" },
};

// Of some steps, as far as the tests look at them: those before what waits are done.
function progress_of({ kind, todo, cancelled, opened_at }: Mutable): Mutable[] {
  const waits = (todo as Mutable[]).map(({ step }) => shown_as(step));
  const first = kind === "first" ? ["invite", "apply", "confirm", "link"] : ["opened"];
  const way = [...new Set([...first, ...waits, "activate"])];
  const now = way.findIndex((step) => waits.includes(step as (typeof waits)[number]));
  const state = (place: number) => (now < 0 || place < now ? "done" : "later");
  return way.map((step, place) => ({
    ...{ step, report: reports[step] ?? "", who: [step === "apply" ? "person" : "register"] },
    ...(["invite", "opened"].includes(step) ? {} : { online: step === "confirm" }),
    ...(waits.includes(step as (typeof waits)[number])
      ? { state: "waits" }
      : cancelled === undefined
        ? { state: state(place), ...(state(place) === "done" ? { at: opened_at } : {}) }
        : { state: "given_up" }),
  }));
}
// As the issuing centre says it.
export function served(one: Mutable): Mutable {
  return { ...one, progress: progress_of(one) };
}

export function to_do(step: Step, actor: string, more: Mutable = {}): Mutable {
  const report = reports[step] ?? "";
  const { days_ago = 1, days_left = 7, ...rest } = more;
  const until = noon + days_left * day_s;
  return {
    ...{ step, report, actor, since: noon - days_ago * day_s, until },
    ...{ late: until < noon, ...rest },
  };
}

export const person: Mutable = {
  name: "葛\u{e0100}城 髙子",
  kana: "カツラギ タカコ",
  sex: "female",
  address: "九十九県A市上山1丁目2番3号",
  birth_date: "1986-05-01",
};

export const writing: Mutable = {
  verdict: "variant",
  current: true,
  attributes: {
    name: {
      ...{ verdict: "variant", rules: ["ivs", "itaiji"], writing: "葛城　高子" },
      differences: [
        [0, 2, 0, 1],
        [4, 5, 3, 4],
      ],
    },
    kana: {
      ...{ verdict: "variant", rules: ["width", "kana-voicing"], writing: "ｶﾂﾗｷ ﾀｶｺ" },
      differences: [[3, 4, 3, 4]],
    },
    birth_date: { verdict: "same", rules: [] },
    sex: { verdict: "same", rules: [] },
    address: {
      verdict: "variant",
      rules: ["chome", "prefecture"],
      writing: "A市上山1-2-3",
      differences: [[0, 4, 0, 0]],
    },
  },
};

const number = (scheme: string, fields: Mutable): Mutable => ({ scheme, fields });
const resident = number("resident-number", { municipality: "992011", number: "12345678901" });
const medical = number("insured-number", {
  ...{ insurer: "06990014", symbol: "35", number: "2210", branch: "00" },
});
const pension = number("basic-pension-number", { number: "9990104218" });

const begun = (clerk: string): Mutable[] => [
  { what: "opened", at: noon - 3 * day_s, clerk },
  { what: "applied", at: noon - 3 * day_s + 600, clerk },
];

export function make_case(slip: string, more: Mutable = {}): Mutable {
  return {
    ...{ number: slip, kind: "first", opened_at: noon - 3 * day_s, changed_at: noon - day_s },
    ...{ name: person.name, kana: person.kana, todo: [], signing: true, person },
    ...{ can_cancel: true, hands: ["佐藤"] },
    claims: [{ role: "resident", number: resident, finding: "same" }],
    ...{ lines: begun("佐藤"), ...more },
  };
}

const confirmed = (claim: number) => ({ what: "confirmed", claim, at: noon - 2 * day_s });
const done = (kind: string) => ({
  ...{ what: "done", order: { kind, item: 0 }, at: noon - day_s },
});

// One of each kind that a clerk meets.
export function cases(): Mutable[] {
  const to_settle = make_case("100000000009", {
    todo: [to_do("settle", "clerk", { claim: 1, days_ago: 3, days_left: -1 })],
    claims: [
      { role: "resident", number: resident, finding: "same" },
      { role: "medical", number: medical, finding: "otherwise", writing },
      { role: "pension", number: pension, finding: "same" },
    ],
    lines: [
      ...begun("佐藤"),
      { what: "sent", order: { kind: "confirm", item: 1 }, at: noon - 3 * day_s + 601 },
      confirmed(0),
      { what: "otherwise", claim: 1, at: noon - day_s },
    ],
  });
  const not_here = make_case("200000000006", {
    todo: [
      to_do("settle", "person", { claim: 1, days_left: 13 }),
      to_do("confirm", "clerk", {
        ...{ claim: 2, refused: "holder_failed", order: { kind: "confirm", item: 2 } },
      }),
    ],
    claims: [
      { role: "resident", number: resident, finding: "same" },
      { role: "medical", number: medical, finding: "not_here" },
      { role: "pension", number: pension, finding: "open" },
    ],
  });
  const chip = make_case("300000000003", {
    todo: [to_do("make_keys", "clerk", { days_left: 0 })],
    lines: [...begun("佐藤"), confirmed(0), done("link")],
  });
  const ready = make_case("400000000000", {
    todo: [to_do("hand_over", "person", { days_left: 29 })],
    hands: ["鈴木"],
    lines: [
      ...[...begun("鈴木"), confirmed(0), done("link")],
      ...["keys_made", "written"].map((what) => ({ what, at: noon - day_s, clerk: "鈴木" })),
      { what: "certified", at: noon - day_s },
    ],
  });
  const new_one = make_case("500000000007", {
    ...{ todo: [to_do("apply", "person", { days_left: 30, days_ago: 0 })], claims: [] },
    lines: [{ what: "opened", at: noon, clerk: "佐藤" }],
  });
  for (const name of ["name", "kana", "person"]) delete new_one[name];
  const asking = make_case("600000000004", {
    todo: [to_do("confirm", "register", { claim: 0, order: { kind: "confirm", item: 0 } })],
    claims: [{ role: "resident", number: resident, finding: "open" }],
  });
  return [to_settle, not_here, chip, ready, new_one, asking, ...later_cases()];
}

// Of somebody who has a card.
export const known: Mutable = {
  ...{ name: "厚労 次郎", kana: "コウロウ ジロウ", sex: "male" },
  ...{ address: "九十九県A市上山4-5-6", birth_date: "1990-02-03" },
};
export function later_case(slip: string, kind: string, more: Mutable = {}): Mutable {
  const { reason } = more;
  const opened = {
    ...{ what: "opened", at: noon - 60, clerk: "佐藤" },
    ...(reason === undefined ? {} : { reason }),
  };
  return {
    ...{ number: slip, kind, opened_at: noon - 60, changed_at: noon - 60 },
    ...{ name: known.name, kana: known.kana, signing: true, known, claims: [], todo: [] },
    hands: ["佐藤"],
    ...(kind === "stop" ? {} : { can_cancel: true }),
    ...{ lines: [opened], ...more },
  };
}
const today = { days_ago: 0, days_left: 1 };

function later_cases(): Mutable[] {
  const stop = later_case("700000000001", "stop", {
    ...{ reason: "lost", person: known },
    todo: [to_do("look_for", "person", { days_ago: 0, days_left: 30 })],
  });
  stop.lines.push(
    { what: "sent", order: { kind: "stop", item: 0 }, at: noon - 59 },
    { what: "done", order: { kind: "stop", item: 0 }, at: noon - 58 },
  );
  const unlock = later_case("800000000004", "unlock", {
    ...{ person: known, uses: ["authentication"], todo: [to_do("approve", "clerk", today)] },
    hands: ["佐藤", "高橋"],
  });
  const apply = [to_do("apply", "person", { days_ago: 0, days_left: 30 })];
  return [
    ...[stop, unlock, later_case("900000000005", "change", { todo: apply })],
    later_case("110000000001", "replacement", {
      ...{ reason: "lost", person: known, todo: [to_do("make_keys", "clerk", today)] },
    }),
    later_case("120000000002", "return", { todo: apply }),
    later_case("130000000003", "end", {
      ...{ reason: "death", person: known },
      claims: [{ role: "resident", number: resident, finding: "open" }],
      todo: [to_do("confirm", "register", { claim: 0, order: { kind: "confirm", item: 0 } })],
    }),
    ...births(),
    ...existing(),
  ];
}

// With a card of another authority's: it is to sign; and what it writes is to be decided.
function existing(): Mutable[] {
  const opened = { what: "opened", at: noon - 60, clerk: "佐藤" };
  const applied = { ...begun("佐藤")[1]!, at: noon - 50 };
  const base = (slip: string) => ({
    ...make_case(slip, { kind: "existing", opened_at: noon - 60, changed_at: noon - 50 }),
    claims: [{ role: "resident", number: resident, finding: "open" }],
  });
  const name = {
    ...{ verdict: "variant", rules: [], writing: "葛城　髙子" },
    differences: [],
  };
  return [
    {
      ...base("170000000008"),
      ...{ todo: [to_do("sign", "person", today)], lines: [opened, applied] },
    },
    {
      ...base("180000000001"),
      todo: [to_do("settle", "clerk", { ...today, claim: card_place })],
      card: {
        finding: "otherwise",
        writing: { verdict: "variant", current: true, attributes: { name } },
      },
      lines: [opened, applied, { what: "requested", at: noon - 40, clerk: "佐藤" }],
    },
  ];
}

const city = number("insured-number", { insurer: "990010", number: "0000187", branch: "01" });
function births(): Mutable[] {
  const parents = [
    {
      ...{ person: "700000000001", name: known.name, address: known.address },
      insurers: [medical, city],
    },
  ];
  const opened = { what: "opened", at: noon - 60, clerk: "佐藤" };
  const newborn = { relation: "長女", card: true };
  const child = {
    ...{ name: "厚労 葵", kana: "コウロウ アオイ", sex: "female" },
    ...{ address: known.address, birth_date: "2026-11-20" },
  };
  const base = {
    ...{ kind: "birth", opened_at: noon - 60, changed_at: noon - 60 },
    ...{ parents, hands: ["佐藤"] },
  };
  const applied = { what: "applied", at: noon - 50, clerk: "佐藤" };
  const given = { what: "given", order: { kind: "notify", item: 0 } };
  return [
    {
      ...{ number: "140000000006", ...base, signing: false, claims: [], filings: [] },
      ...{ todo: [to_do("apply", "person", today)], lines: [opened] },
    },
    {
      ...{ number: "150000000009", ...base, name: child.name, kana: child.kana, person: child },
      ...{ signing: false, newborn, signs: 0, lines: [opened, applied] },
      ...{ claims: [], filings: [{ parent: 0, insurer: medical, state: "open" }] },
      todo: [to_do("sign", "person", today)],
    },
    {
      ...{ number: "160000000002", ...base, name: child.name, kana: child.kana, person: child },
      ...{ signing: false, newborn },
      claims: [
        { role: "resident", number: resident, finding: "same" },
        { role: "medical", number: medical, finding: "not_applied" },
      ],
      filings: [
        {
          ...{ parent: 0, insurer: medical, state: "declined", claim: 1 },
          reason: "父の収入が足りない",
        },
      ],
      todo: [to_do("file_elsewhere", "clerk", today)],
      lines: [
        ...[opened, applied, { what: "signed", at: noon - 40, clerk: "佐藤" }],
        { ...given, at: noon - 39 },
        { what: "declined", reason: "父の収入が足りない", at: noon - 10 },
      ],
    },
  ];
}

const summary_names = [
  ...["number", "kind", "opened_at", "changed_at", "name", "kana", "cancelled", "todo"],
];

function summary(one: Mutable): Mutable {
  const names = summary_names.filter((name) => name in one);
  return Object.fromEntries(names.map((name) => [name, one[name]]));
}

export class TestOffice {
  cases = cases();
  now = noon;
  asked: [string, Mutable][] = [];
  cards: Mutable[] = uses.map((use) => ({
    ...{ card: 1, chip: "0f2e".repeat(8), use, status: "active" },
    not_after: noon + 4 * 365 * day_s,
  }));
  handed: Mutable[] = []; // to the agent
  back: Mutable = {}; // what somebody comes back from
  left_for?: string; // the agent's address
  refuses?: [number, string, string]; // status, type, body of the next answer
  after: (one: Mutable, happening: Mutable) => void = () => undefined;

  questions: Mutable[] = [];
  left_out: Mutable = { more: false, unreadable: 0 }; // of the day's list
  form: Mutable = {}; // what is to be signed, besides the document
  unreadable = 0; // of a batch's cases
  known: number[] = []; // places in a file of people who are known
  elsewhere: string | undefined; // where somebody lives, if that is not here
  proven = false; // the log-in key of a card of another authority's has signed

  readonly to_agent = (what: Mutable): void => void this.handed.push(what);

  readonly fetcher: Fetcher = async (path, init) => {
    const body = JSON.parse(String(init?.body)) as Mutable;
    this.asked.push([path, body]);
    if (this.refuses && !["/cases/show", "/cases/returned"].includes(path)) {
      const [status, type, text] = this.refuses;
      delete this.refuses;
      return new Response(text, { status, headers: { "Content-Type": type } });
    }
    const answer = this.answer(path, body);
    if (!answer) return new Response("no_case", { status: 404 });
    return new Response(JSON.stringify(answer));
  };

  // Two people have had something to do with this centre.
  private people(body: Mutable): Mutable[] {
    const wanted = body.number ?? body.health_care_number;
    const fits = (one: Mutable) =>
      wanted ? wanted === one.number || wanted === one.health_care_number : body.kana === one.kana;
    return [person, known].flatMap((who) => {
      const cases = this.cases.filter(({ kana }) => kana === who.kana);
      if (!cases.some(fits)) return [];
      const { name, kana, birth_date } = who;
      const cards = who === known ? this.cards : [];
      const of = { person: cases[0]!.number, name, kana, birth_date };
      const { elsewhere } = this;
      const at = elsewhere === undefined ? {} : { elsewhere };
      return [{ ...of, cards, cases: cases.map(summary), ...at }];
    });
  }

  // What was opened in one act has one time here.
  private batches(before = Infinity): Mutable {
    const times = new Set(this.cases.filter(({ invited }) => invited).map((one) => one.opened_at));
    const all = [...times]
      .sort((one, other) => other - one)
      .filter((opened_at) => opened_at < before)
      .map((opened_at) => {
        const open = this.cases.filter((one) => one.invited && one.opened_at === opened_at).length;
        return { batch: opened_at, opened_at, open };
      });
    return { batches: all.slice(0, 50), more: all.length > 50 };
  }
  private invite(people: Mutable[]): Mutable {
    const empty = cases().find(({ number }) => number === "500000000007")!;
    const made = people
      .filter((_, i) => !this.known.includes(i + 1))
      .map((invited, i) => {
        return { ...empty, number: String(940000000000 + i), opened_at: this.now, invited };
      });
    this.cases.push(...made);
    const told = made.map(({ number: slip, invited }) => {
      return { number: slip, name: (invited as Mutable).person.name };
    });
    const batch = made.length > 0 ? { batch: this.now } : {};
    return { cases: told, known: this.known, ...batch };
  }
  private letters(batch: number): Mutable | undefined {
    const all = this.cases.filter((one) => one.invited && one.opened_at === batch);
    if (all.length === 0) return undefined;
    const letters = all
      .filter(({ todo }) => todo.some(({ step }: Mutable) => step === "apply"))
      .map(({ number: slip, invited, todo }) => {
        const { name, kana, address } = invited.person;
        return { number: slip, person: { name, kana, address }, until: todo[0].until };
      });
    const { unreadable } = this;
    return { letters, of: all.length + unreadable, unreadable };
  }

  private answer(path: string, body: Mutable): Mutable | undefined {
    if (path === "/cases/card") {
      const session = "A".repeat(43);
      const to = `http://127.0.0.1:7453/card?client_id=issuer&session=${session}`;
      return { session, pins: ["authentication"], to };
    }
    if (path === "/cases/returned") return this.back;
    if (path === "/questions/list") return { questions: this.questions, more: false };
    if (path === "/questions/answer") {
      const asked = this.questions.find(({ id }) => id === body.id)!;
      asked.answer = { text: body.text, at: this.now };
      return { id: body.id, deadline: asked.deadline, operator: asked.operator };
    }
    if (path === "/cases/day") return { cases: this.cases.map(summary), ...this.left_out };
    if (path === "/cases/open") {
      const { kind } = body;
      const is_asked = (one: Mutable) =>
        kind ? one.kind === kind : one.number === "500000000007";
      return served(this.cases.find(is_asked)!);
    }
    if (path === "/cases/invite") return this.invite(body.people);
    if (path === "/cases/batches") return this.batches(body.before);
    if (path === "/cases/letters") return this.letters(body.batch);
    if (path === "/people/find") return { people: this.people(body) };
    const one = this.cases.find(({ number }) => number === body.number);
    if (one && path === "/cases/decide" && body.claim === card_place) {
      const lines = card_document(read_case(served(one)), body.same_person).split("\n");
      lines.splice(2, 0, `署名用電子証明書: ${"0a".repeat(20)}`);
      const form = { document: lines.join("\n"), ...this.form };
      return { agent: "http://127.0.0.1:7454/sign", form };
    }
    if (one && path === "/cases/sign" && is_foreign({ kind: one.kind }) && !this.proven) {
      return { to: "http://127.0.0.1:7454/authorize?client_id=issuer&kind=check" };
    }
    if (one && path === "/cases/decide") {
      const document = decision_document(read_case(served(one)), body.claim, body.same_person);
      return { agent: "http://127.0.0.1:7454/sign", form: { document, ...this.form } };
    }
    if (one && path === "/cases/sign") {
      const form = { document: "出生届", handed_on: "[]", ...this.form };
      return { agent: "http://127.0.0.1:7454/sign", form };
    }
    if (one && path === "/cases/act") {
      one.changed_at += 1;
      this.after(one, body.happening);
    }
    return one && served(one);
  }
}
