// The page at /looked.
import { Looked } from "./looked/page";
import { page } from "./shell";

await page(["looked"], (context) => <Looked {...context} />);
