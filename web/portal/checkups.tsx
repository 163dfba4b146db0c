// 特定健診結果: what every medical insurer has of the person's check-ups, as the answers come.
import type { JSX } from "preact";
import { Checkups } from "./checkups/page";
import { use_own } from "./own";
import { page, type Context } from "../site/shell";

function CheckupsPage({ context }: { context: Context }): JSX.Element {
  return <Checkups {...use_own(context, "checkups")} />;
}

await page(["checkups"], (context) => <CheckupsPage context={context} />);
