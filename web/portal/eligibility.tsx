// 保険の資格: what every insurer says of the person today.
import type { JSX } from "preact";
import { Say } from "../shared/words";
import { Insurance } from "./eligibility/insurance";
import { insured_of } from "./eligibility/insured";
import { use_own } from "./own";
import { page, type Context } from "../site/shell";

function Eligibility({ context }: { context: Context }): JSX.Element {
  const own = use_own(context, "eligibility");
  return (
    <>
      <h2>
        <Say of="eligibility.insurance" />
      </h2>
      <Insurance insured={own.records.map(insured_of)} own={own} />
    </>
  );
}

await page(["eligibility"], (context) => <Eligibility context={context} />);
