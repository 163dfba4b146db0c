import { expect, test } from "vitest";
import { step_of } from "./timeout_step";

test("two minutes before the end comes the warning, and the last one a minute before", () => {
  expect(step_of(121)).toBe("quiet");
  expect(step_of(120)).toBe("warn");
  expect(step_of(61)).toBe("warn");
  expect(step_of(60)).toBe("last");
  expect(step_of(1)).toBe("last");
  expect(step_of(0)).toBe("over");
  expect(step_of(-5)).toBe("over");
});
