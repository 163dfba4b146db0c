// Who answered and who is silent, the same for every service.
import { expect, test } from "vitest";
import { Members, type JsonObject } from "../shared/json";
import { known_holders, read_answers, told_silences } from "./own";
import { answered, failed } from "./test_records";

function read(data: JsonObject): string {
  const members = new Members(data);
  const said = members.text("said");
  members.finish();
  return said;
}

const kind = "medical-insurer";
const record = (position: number, data: object) => {
  const holder = { id: String(position), name: `保険者${position}` };
  return answered({ kind, position, holder, as_of: 1_795_000_000 }, data);
};

test("answers are in the order of the links, however they came", () => {
  const records = [record(3, { said: "c" }), record(1, { said: "a" })];
  const { answers, silent } = read_answers(records, read);
  const said = answers.map(({ position, document }) => `${position} ${document}`);
  expect(said).toEqual(["1 a", "3 c"]);
  expect(silent).toEqual([]);
});

test("one that does not read hides nobody else, and is named", () => {
  const records = [
    record(3, { said: "c" }),
    failed(kind, 2, "unavailable", "absent"),
    record(1, { said: "a", more: 1 }),
  ];
  const { answers, silent } = read_answers(records, read);
  expect(answers.map(({ position }) => position)).toEqual([3]);
  expect(silent).toEqual([
    { kind, position: 2, code: "unavailable" },
    { kind, position: 1, code: "unreadable", holder: { id: "1", name: "保険者1" } },
  ]);
});

test("a fault of the reader is no silence", () => {
  const broken = () => {
    throw new TypeError("a fault");
  };
  expect(() => read_answers([record(1, {})], broken)).toThrow(TypeError);
});

test("a refusal has the gateway's reason; a relay that is away is no holder's silence", () => {
  const code = (...of: [position: number, code: string, detail?: string]) =>
    read_answers([failed(kind, ...of)], read).silent[0]!.code;
  expect(code(1, "holder_refused", "log_unwitnessed")).toBe("log_unwitnessed");
  expect(code(1, "holder_refused", "order_stale")).toBe("holder_refused");
  expect(code(1, "holder_refused")).toBe("holder_refused");
  expect(code(1, "unavailable", "absent")).toBe("unavailable");
  expect(code(1, "unavailable", "no connection")).toBe("unreached");
  expect(code(1, "overloaded")).toBe("unreached");
});

test("silences: by name where it is known, else counted; nothing of a relay that is away", () => {
  const silent = [1, 2, 3].map((position) => ({ kind, position, code: "unavailable" }));
  const away = { kind: "care-insurer", position: 1, code: "unreached" };
  const one = { kind, code: "unavailable" };
  expect(told_silences([...silent, away], new Map())).toEqual([{ ...one, count: 3 }]);
  const entry = { head: { to: { kind, position: 2 } }, order: { holder: "990010" } };
  const names = known_holders([record(1, {})], [entry] as never, (id) => `A市 ${id}`);
  expect(told_silences(silent, names)).toEqual([
    { ...one, name: "保険者1", count: 1 },
    { ...one, name: "A市 990010", count: 1 },
    { ...one, count: 1 },
  ]);
});
