// What a clerk decides about a register's row, as the text that the clerk's card signs. The agent
// shows all of it before the password is asked, and takes no text in which something does not show:
// so a variation selector is written out (docs/protocols/agent.md, "A document").
import { with_visible_selectors } from "./differences";
import { holder_of } from "./numbers";
import { attributes, type Case, type Person } from "./record";

const attribute_names: Record<(typeof attributes)[number], string> = {
  name: "氏名",
  kana: "読み",
  birth_date: "生年月日",
  sex: "性別",
  address: "住所",
};

// Lines of "name: value", in Japanese whatever the page's language: it is kept as evidence.
export function decision_document(one: Case, place: number, same_person: boolean): string {
  const claim = one.claims[place]!;
  const lines = [
    "登録簿の照合の決定",
    `受付番号: ${one.number}`,
    `登録簿: ${holder_of(claim.role, claim.number)}`,
    `番号の種類: ${claim.number.scheme}`,
    `申請の何番目の番号か: ${place}`,
  ];
  for (const name of attributes) {
    const written = claim.writing?.attributes[name]?.writing;
    if (written === undefined) continue;
    const applied = with_visible_selectors((one.person as Person)[name]);
    lines.push(`${attribute_names[name]}、申請: ${applied}`);
    lines.push(`${attribute_names[name]}、登録簿: ${with_visible_selectors(written)}`);
  }
  lines.push(`決定: ${same_person ? "同じ人である" : "別の人である"}`);
  return lines.join("\n");
}
