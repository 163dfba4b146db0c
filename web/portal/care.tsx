// 介護情報: what the care insurer says of the person.
import { CarePage } from "./care/asking";
import { page } from "../site/shell";

await page(["eligibility", "care"], (context) => <CarePage context={context} />);
