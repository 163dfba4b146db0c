import type { TestCountry } from "../../shared/test_country";
import { asked, country_harness } from "../test_harness";
import { CarePage } from "./asking";
import { document_on } from "./test_documents";

function fill(world: TestCountry): void {
  if (asked.has("nobody")) world.links = {};
  const today = asked.has("ended") ? "2030-01-01" : "2026-11-26";
  world.answers = (_, { parameters }) => document_on(parameters.on ?? today);
  if (asked.has("silent")) {
    world.lie.problem = ({ to }) =>
      to.position === 1 ? { code: "unavailable", reason: "absent" } : undefined;
  }
}

country_harness(["eligibility", "care"], fill, (context) => <CarePage context={context} />);
