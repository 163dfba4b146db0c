// 年金情報の閲覧: what every pension body has of the person, as the answers come.
import type { JSX } from "preact";
import { now_of } from "../shared/country";
import { day_of } from "../shared/dates";
import { use_own } from "./own";
import { Pension } from "./pension/page";
import { page, type Context } from "../site/shell";

function PensionPage({ context }: { context: Context }): JSX.Element {
  const { records, done } = use_own(context, "pension");
  return <Pension records={records} done={done} today={day_of(now_of(context.session))} />;
}

await page(["pension"], (context) => <PensionPage context={context} />);
