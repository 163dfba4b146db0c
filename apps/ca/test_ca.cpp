#include "test_ca.hpp"

#include <boost/json.hpp>

#include "crypto/jwe.hpp"
#include "wire/answer.hpp"
#include "wire/services/existence.hpp"

namespace mado::ca {

std::string TestRegisters::answer(const Said& said) const {
    const auto& person = said.person;
    const auto confirms = wire::commit_confirmed(
        salt(), {.name = person.name,
                 .kana = person.kana,
                 .birth_date = person.birth_date,
                 .sex = person.sex == "unknown" ? std::nullopt : std::optional(person.sex),
                 .address = person.address});
    wire::Answer out{.issuer = wire::ParticipantId::parse(said.by).value(),
                     .order = said.order,
                     .issued_at = said.at,
                     .service = wire::ServiceId::parse(said.service).value(),
                     .data = json::object{{"verdict", said.verdict},
                                          {"current", said.current},
                                          {"confirms", base64url(confirms)}}};
    const auto& key = keys_.at(std::string(said.by));
    const auto jwe = wire::seal_answer(std::move(out), "1", key, seal_to_.public_key());
    return mado::to_text(ByteView(crypto::decrypt_jwe(jwe, seal_to_).value()));
}

}  // namespace mado::ca
