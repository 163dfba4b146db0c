// レセプト情報: what every medical insurer has of the person's claims, as the answers come.
import { ClaimsPage } from "./claims/asking";
import { page } from "../site/shell";

await page(["claims"], (context) => <ClaimsPage context={context} />);
