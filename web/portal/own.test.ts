// Who answered and who is silent, the same for every service.
import { expect, test } from "vitest";
import { Members, type JsonObject } from "../shared/json";
import { read_answers } from "./own";
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
