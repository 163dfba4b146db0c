// The first page in a browser, with the place for the search that the portal makes.
import { now_of } from "../../shared/country";
import type { Mutable, TestCountry } from "../../shared/test_country";
import { document_on } from "../care/test_documents";
import { asked, country_harness } from "../test_harness";
import { Timeout } from "../../site/timeout";
import { Home } from "./page";

const notices: Mutable[] = [
  {
    ...{ id: "T-1", subject: "国民年金基金加入のご案内", sender: "A市 保険年金課" },
    ...{ received: "2026-04-10", deadline: "2026-04-30", amount_yen: 52_300 },
    amount_for: "pay",
  },
  { id: "H-1", subject: "特定健診のご案内", sender: "A市", received: "2026-06-01" },
];

function fill(world: TestCountry): void {
  const ended = { on: "2026-11-26", result: "not_on_this_date", payers: [] };
  if (asked.has("nobody")) world.links = {};
  world.answers = (holder, { service, parameters }) => {
    const list = holder === "992016" ? notices : [];
    if (service === "notices") {
      return { from: "2025-12", to: "2026-11", more: false, notices: list };
    }
    if (service === "notice") return { notice: notices[0]!, body: ["本文です。"] };
    // Nobody insures the person any more: the name stands in what was.
    if (asked.has("ended") && !parameters.on) return { ...ended, last_day: "2026-03-31" };
    if (holder === "992016") return document_on("2026-11-26");
    return { ...ended, last_day: "2026-03-31", end_reason: "退職" };
  };
  if (asked.has("away")) world.lie.problem = () => ({ code: "unavailable" });
  if (!asked.has("silent")) return;
  world.lie.problem = ({ to }) =>
    to.kind === "medical-insurer" && to.position === 1
      ? { code: "unavailable", reason: "absent" }
      : undefined;
}

const place = document.createElement("div");
place.id = "search-place";
document.getElementById("page")!.after(place);

country_harness(["home", "eligibility"], fill, (context) => {
  const { session } = context;
  const left = asked.get("left"); // seconds until the log-in's end
  const expires = now_of(session) + Number(left);
  return (
    <>
      <Home context={context} />
      {left !== null && <Timeout session={{ ...session, expires }} />}
    </>
  );
});
