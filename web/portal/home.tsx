// My Page's first page.
import { Home } from "./home/page";
import { page } from "../site/shell";

await page(["home", "eligibility"], (context) => <Home context={context} />);
