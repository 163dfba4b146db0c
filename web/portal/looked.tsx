// The page at /looked.
import { Looked } from "./looked/page";
import { page } from "../site/shell";

await page(["looked"], (context) => <Looked {...context} />);
