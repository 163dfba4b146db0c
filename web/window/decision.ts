// What a clerk decides about a register's row, as the text that the clerk's card signs. The agent
// shows all of it before the password is asked, and takes no text in which something does not show:
// so a variation selector is written out (docs/protocols/agent.md, "A document").
import { with_visible_selectors } from "./differences";
import { holder_of } from "./numbers";
import { attributes, card_place, type Case, type Person, type Writing } from "./record";

const attribute_names: Record<(typeof attributes)[number], string> = {
  name: "氏名",
  kana: "読み",
  birth_date: "生年月日",
  sex: "性別",
  address: "住所",
};

function differing(one: Case, writing: Writing | undefined, who: string): string[] {
  return attributes.flatMap((name) => {
    const written = writing?.attributes[name]?.writing;
    if (written === undefined) return [];
    const applied = with_visible_selectors((one.person as Person)[name]);
    return [
      `${attribute_names[name]}、申請: ${applied}`,
      `${attribute_names[name]}、${who}: ${with_visible_selectors(written)}`,
    ];
  });
}

// What is to be signed is what the page has shown. Of a card's certificate the issuing centre says
// the serial number, which the page does not know.
export function is_decision(document: string, one: Case, place: number, same: boolean): boolean {
  if (place !== card_place) return document === decision_document(one, place, same);
  const lines = document.split("\n");
  const is_serial = /^署名用電子証明書: [0-9a-f]{40}$/.test(lines[2] ?? "");
  lines.splice(2, 1);
  return is_serial && lines.join("\n") === card_document(one, same);
}

// Without the certificate's serial number.
export function card_document(one: Case, same_person: boolean): string {
  return [
    "電子証明書の記載の照合の決定",
    `受付番号: ${one.number}`,
    ...differing(one, one.card?.writing, "電子証明書"),
    `決定: ${same_person ? "同じ人である" : "別の人である"}`,
  ].join("\n");
}

// Lines of "name: value", in Japanese whatever the page's language: it is kept as evidence.
export function decision_document(one: Case, place: number, same_person: boolean): string {
  const claim = one.claims[place]!;
  const lines = [
    "登録簿の照合の決定",
    `受付番号: ${one.number}`,
    `登録簿: ${holder_of(claim.role, claim.number)}`,
    `番号の種類: ${claim.number.scheme}`,
    `申請の何番目の番号か: ${place}`,
    ...differing(one, claim.writing, "登録簿"),
  ];
  lines.push(`決定: ${same_person ? "同じ人である" : "別の人である"}`);
  return lines.join("\n");
}
