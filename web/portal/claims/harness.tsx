import type { TestCountry, Mutable } from "../../shared/test_country";
import { asked, country_harness } from "../test_harness";
import { ClaimsPage } from "./asking";
import { document_of, of_city, of_society } from "./test_documents";

function answer(holder: string, { service, parameters }: Mutable) {
  if (service !== "claims") return undefined;
  if (holder === "990010") return document_of(of_city, parameters as never);
  const arrived_to = "2026-07";
  return document_of(of_society, { ...parameters, arrived_to } as never);
}

function fill(world: TestCountry): void {
  world.links = { "medical-insurer": asked.has("nobody") ? [] : ["990010", "06990014"] };
  const nothing = (_: string, { parameters }: Mutable) => document_of([], parameters as never);
  world.answers = asked.has("healthy") ? nothing : answer;
  world.lie.problem = (body) =>
    asked.has("silent") && body.to.position === 2
      ? { code: "unavailable", reason: "absent" }
      : undefined;
  if (asked.has("wrong")) {
    world.lie.answer = ({ iss, data }) => iss === "990010" && (data.claims[0].cost_yen += 10);
  }
}

country_harness(["claims"], fill, (context) => <ClaimsPage context={context} />);
