// The ask `existence` (在籍の確認): issuing asks the holder of a number whether the person who says
// that it is theirs is the one in its register (the report's steps ③ to ⑤). By number and birth
// date only. Payload, what the application and the resident registry write:
//   { "name": text, "kana"?: text, "sex"?: "female" | "male", "address"?: text, "only_one"?: 0 | 1,
//     "decided"?: 0 | 1, a clerk has decided that the row is this person's: exactly when the head
//       has the parameter `decision`, SHA-256 of the mandate with which the clerk's card signed it
//     "salt"?: 32 bytes in base64url, of the one who asks }
// Data of the answer:
//   { "verdict": "same" | "variant" | "different", "current": bool, "rules"?: ["too-little"],
//     "only_one"?: bool, of a register that knows who else there is: nobody else of this birth date
//     and sex could be taken for the person by name, reading or address
//     "branch"?: the register's, where the number was asked for without one: with it it is whose
//     the answer is, and may be linked
//     "confirms"?: commit_confirmed() of what was asked and is the same, where a salt was given and
//     the verdict is "same": so the answer can be shown to somebody who is told the attributes
//     "attributes": { name | kana | birth_date | sex | address:
//       { "verdict", "rules": [code, …], "writing"?: the register's, if it is not the same,
//         "differences"?: [[from, to, from, to], …] beside a writing: code points of what was asked
//         and of the writing } } }
// An attribute that one of the two lacks is not in it. A row that is likely another person's is
// no_match, so that guesses are counted. What the verdicts and rules mean: docs/protocols/
// matching.md.
#pragma once

#include "wire/services/catalogue.hpp"

namespace mado::wire {

const Contract& existence_contract();

constexpr std::string_view decision_parameter = "decision";

// What a register has confirmed of a person, each as it was asked; none: not asked, or not the
// same.
struct ConfirmedPerson {
    std::optional<std::string> name, kana, birth_date, sex, address;
};
// SHA-256 of "mado/confirmed/1\n", the salt and, in the order above, of each its length in bytes
// and one more (64 bits, 0 for none) and the bytes. Who does not know the salt (the relay, which
// opens such answers) can try no names with it.
Hash commit_confirmed(const Hash& salt, const ConfirmedPerson& person);

}  // namespace mado::wire
