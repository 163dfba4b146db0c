// What is wrong in a file is found whole, and by whose it is.
import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { utf8 } from "../../shared/bytes";
import { Refused } from "../../shared/result";
import type { Mutable } from "../../shared/test_country";
import { load_words } from "../../shared/words";
import { example, file_bytes_max, read_file, shows_all } from "./file";
import { invited_max, read_invited } from "./invited";

beforeAll(() => load_words("en", ["window"]));

const source = (name: string) =>
  readFileSync(new URL(`../../../${name}`, import.meta.url), "utf8");
const [one] = example.people;
const other = structuredClone(one!) as Mutable;
other.claims[0].number.fields.number = "12345678911";

const at = { name_of: (id: string) => (id === "992011" ? "A市" : id) };
const read = (text: string, where = {}) => read_file(utf8(text), { ...at, ...where });
const people = (...all: unknown[]) => JSON.stringify({ people: all });

function changed(change: (one: Mutable) => void): Mutable {
  const out = structuredClone(other);
  change(out);
  return out;
}
// Of the second of two people.
function wrong(change: (one: Mutable) => void, where = {}): string[] {
  const out = read(people(one, changed(change)), where);
  if (!("of_people" in out)) throw new Error(JSON.stringify(out));
  expect(out.of_people.map(({ place }) => place)).toEqual([2]);
  return out.of_people[0]!.texts;
}

test("the example is read, and sent as it is", () => {
  expect(read(people(one))).toEqual({ people: [one] });
  expect(read(`\uFEFF${people(one, other)}`)).toEqual({ people: [one, other] });
});

test("as the command line takes it: no number, several, written in another way", () => {
  const without = changed((each) => (each.claims = []));
  expect(read(people(without, without))).toEqual({ people: [without, without] });
  const pension = {
    role: "pension",
    number: { scheme: "basic-pension-number", fields: { number: "９９９０-104218" } },
  };
  const out = read(people(changed((each) => each.claims.unshift(pension)))) as Mutable;
  expect(out.people[0].claims.map(({ role }: Mutable) => role)).toEqual(["resident", "pension"]);
  expect(out.people[0].claims[1].number.fields.number).toBe("9990104218");
});

test.each([
  ["", /not JSON/],
  ['{"people": [}', /not JSON/],
  ['{"people": [], "people": []}', /not JSON/],
  ["[]", /another form/],
  ["{}", /another form/],
  ['{"people": {}}', /another form/],
  ['{"people": [], "more": true}', /another form/],
  ['{"people": []}', /nobody/],
])("the file: %s", (text, said) => {
  expect(read(text)).toEqual({ whole: expect.stringMatching(said) });
});

test("not UTF-8, too large, too many", () => {
  const shift_jis = new Uint8Array([0x8c, 0xfa, 0x98, 0x4a]);
  expect(read_file(shift_jis, at)).toEqual({ whole: expect.stringMatching(/UTF-8/) });
  const large = new Uint8Array(file_bytes_max + 1);
  expect(read_file(large, at)).toEqual({ whole: expect.stringMatching(/2 MB/) });
  const none = changed((each) => (each.claims = []));
  const many = (count: number) => people(...Array.from({ length: count }, () => none));
  expect((read(many(invited_max)) as Mutable).people.length).toBe(invited_max);
  expect(read(many(invited_max + 1))).toEqual({ whole: expect.stringMatching(/1001.*1,000/) });
});

// Each of them the issuing centre refuses, with everybody in the file.
test.each<[string, (one: Mutable) => void, RegExp]>([
  ["no person", (each) => delete each.person, /^person: write it in { }/],
  ["no name", (each) => delete each.person.name, /^Name \(name\) is missing/],
  ["an empty name", (each) => (each.person.name = " "), /^Name \(name\) is missing/],
  ["a name that is none", (each) => (each.person.name = 7), /^Name \(name\) is a text/],
  ["a long name", (each) => (each.person.name = "厚".repeat(86)), /^Name \(name\) is too long/],
  ["a hidden mark", (each) => (each.person.name = "厚\u200b労"), /^Name.* no screen shows/],
  ["no reading", (each) => delete each.person.kana, /^Reading \(kana\) is missing/],
  ["no address", (each) => (each.person.address = ""), /^Address \(address\) is missing/],
  ["no sex", (each) => (each.person.sex = "男"), /^Sex \(sex\): write female or male/],
  ["no such day", (each) => (each.person.birth_date = "2026-02-30"), /^Birth date.*a day/],
  ["a day of an era", (each) => (each.person.birth_date = "平成2年2月3日"), /^Birth date/],
  ["another member", (each) => (each.person.age = 1), /^“age” does not belong into person/],
  ["signing", (each) => (each.signing = "true"), /^signing: write true or false/],
  ["no claims", (each) => delete each.claims, /^claims is a list/],
  ["a newborn", (each) => (each.newborn = {}), /^“newborn” does not belong/],
  ["a claim that is none", (each) => (each.claims[0] = 1), /^claims: write it in { }/],
  ["a role", (each) => (each.claims[0].role = "tax"), /^The role of a number is/],
  ["public expense", (each) => (each.claims[0].role = "public-expense"), /^Public expense/],
  ["two of a role", (each) => each.claims.push(each.claims[0]), /^Resident registry.*more than/],
  ["a scheme", (each) => (each.claims[0].number.scheme = "x"), /write resident-number/],
  ["no fields", (each) => delete each.claims[0].number.fields, /\(fields\): write it in { }/],
  ["a field more", (each) => (each.claims[0].number.fields.x = "1"), /^“x” does not belong/],
  ["a field that is a number", (each) => (each.claims[0].number.fields.number = 1), /is a text/],
  ["a check digit", (each) => (each.claims[0].number.fields.municipality = "992012"), /check/],
  ["a short number", (each) => (each.claims[0].number.fields.number = "1"), /11 digits/],
])("of a person: %s", (_, change, said) => {
  expect(wrong(change)).toEqual([expect.stringMatching(said)]);
});

test("everything that is wrong with somebody is said at once; somebody who is nobody too", () => {
  const texts = wrong((each) => {
    each.person.name = "";
    each.signing = 1;
    each.claims[0].number.fields = {};
  });
  expect(texts.length).toBe(4);
  const out = read(people(7, one, null)) as Mutable;
  expect(out.of_people.map(({ place }: Mutable) => place)).toEqual([1, 3]);
});

test("who stands in it twice, and who is registered elsewhere", () => {
  const moved = (each: Mutable) => {
    each.claims[0].number.fields = { municipality: "992020", number: "1234 5678 903" };
  };
  expect(wrong(moved)).toEqual([expect.stringMatching(/that of person 1/)]);
  const elsewhere = (each: Mutable) => (each.claims[0].number.fields.municipality = "992020");
  expect(wrong(elsewhere, { municipality: "992011" })).toEqual([
    expect.stringMatching(/Lives in 992020/),
  ]);
  expect(read(people(one, changed(elsewhere)))).toHaveProperty("people");
});

test("what is not seen is what the issuing centre and the agent take for it", () => {
  const list = /std::array hidden\{([^]*?)\n\};/.exec(source("lib/base/printable.cpp"))![1]!;
  const ranges = [...list.matchAll(/Range\{0x([0-9A-F]+), 0x([0-9A-F]+)\}/g)];
  expect(ranges.length).toBeGreaterThan(15);
  for (const [, first, last] of ranges) {
    for (const code of [parseInt(first!, 16), parseInt(last!, 16)]) {
      expect(shows_all(`A${String.fromCodePoint(code)}`), code.toString(16)).toBe(false);
    }
  }
  for (const code of [0, 9, 10, 0x7f, 0x85, 0x9f, 0x2028, 0x202e, 0x2066]) {
    expect(shows_all(`厚${String.fromCodePoint(code)}`), code.toString(16)).toBe(false);
  }
  expect(shows_all("葛\u{e0100}城 髙子・ー々\u{fe00}")).toBe(true);
  expect(shows_all("葛\u{e0100}\u{e0100}城")).toBe(false);
  expect(shows_all("A\ufe00")).toBe(false);
});

test("limits are those of the issuing centre", () => {
  const header = source("apps/issuer/window.hpp");
  expect(header).toContain("invited_max = 1'000;");
  expect(header).toContain("invited_values_max = 100;");
  expect(header).toContain("invite_body_max = 2 * 1024 * 1024;");
});

test("the answer is of everybody in the file", () => {
  const cases = [{ number: "910000000004", name: "厚労 次郎" }];
  expect(read_invited({ cases, known: [2], batch: 7 }, 2)).toEqual({ cases, known: [2], batch: 7 });
  expect(read_invited({ cases: [], known: [1, 2] }, 2)).toEqual({ cases: [], known: [1, 2] });
  const all: [Mutable, number][] = [
    [{ cases, known: [2], batch: 7 }, 3],
    [{ cases, known: [3], batch: 7 }, 2],
    [{ cases: [], known: [1, 1] }, 2],
    [{ cases, known: [2] }, 2],
    [{ cases: [], known: [1, 2], batch: 7 }, 2],
    [{ cases, known: [2], batch: 7, more: true }, 2],
  ];
  for (const [answer, of] of all) expect(() => read_invited(answer, of)).toThrow(Refused);
});
