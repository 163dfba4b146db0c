#include "wire/answer.hpp"

#include <boost/json.hpp>

#include "crypto/jwe.hpp"
#include "crypto/jws.hpp"
#include "wire/exchange.hpp"
#include "wire/head.hpp"

namespace mado::wire {
namespace {

constexpr std::size_t depth_max = 32;
constexpr std::size_t members = 7;

}  // namespace

std::string_view answer_type(Act act) {
    switch (act) {
        case Act::ask:
            return "mado-answer+jws";
        case Act::tell:
            return "mado-accept+jws";
    }
    return {};
}

std::string seal_answer(Answer answer, std::string_view kid, const crypto::PrivateKey& key,
                        const crypto::PublicKey& seal_to) {
    json::object out;
    out["iss"] = answer.issuer.text();
    out["aud"] = base64url(answer.audience);
    out["order"] = base64url(answer.order);
    out["iat"] = answer.issued_at;
    out["service"] = answer.service.text();
    out["as_of"] = answer.as_of;
    out["data"] = std::move(*answer.data);
    const auto type = answer_type(answer.act);
    const auto jws = crypto::sign_jws(type, {.key_id = std::string(kid), .certificate = {}},
                                      as_bytes(json::serialize(out)), key);
    return crypto::encrypt_jwe(as_bytes(jws), seal_to, {}, type);
}

Parsed<Answer> open_answer(std::string_view jwe, const crypto::PrivateKey& seal_to,
                           const AnswerExpected& expected) {
    const auto plain = crypto::decrypt_jwe(jwe, seal_to, {.bytes_max = answer_bytes_max});
    if (!plain) return std::unexpected(plain.error());
    return verify_answer(std::string(as_text(*plain)), expected, seal_to.public_key().thumbprint());
}

namespace {

Parsed<Answer> read(const crypto::Jws& jws, std::string compact, Act act, std::size_t values_max) {
    if (jws.type != answer_type(act)) return bad("not an answer");
    auto object = parse_json_object(as_text(jws.payload), {.text_bytes_max = answer_bytes_max,
                                                           .depth_max = depth_max,
                                                           .values_max = values_max + members});
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    auto issuer = ParticipantId::parse(in.text("iss", 64));
    const auto sealed_to = in.hash("aud");
    const auto order = in.hash("order");
    const auto issued_at = in.integer("iat");
    auto service = ServiceId::parse(in.text("service", 64));
    const auto as_of = in.integer("as_of");
    in.object("data");
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (!issuer) return bad("the answer is another holder's");
    if (!service) return bad("the answer is of another service");
    return Answer{.act = act,
                  .issuer = *issuer,
                  .audience = sealed_to,
                  .order = order,
                  .issued_at = issued_at,
                  .service = *service,
                  .as_of = as_of,
                  .data = std::move(object->at("data").get_object()),
                  .signed_form = std::move(compact)};
}

}  // namespace

Parsed<Answer> parse_answer(std::string compact, Act act) {
    const auto jws = crypto::parse_jws(compact, {.bytes_max = answer_bytes_max});
    if (!jws) return std::unexpected(jws.error());
    return read(*jws, std::move(compact), act, document_values_max);
}

Parsed<Answer> verify_shown_answer(std::string compact, const AnswerExpected& expected) {
    auto jws = crypto::parse_jws(compact, {.bytes_max = answer_bytes_max});
    if (!jws) return std::unexpected(jws.error());
    if (jws->type != answer_type(expected.act)) return bad("not an answer");
    const auto* key = expected.from.signing_key(jws->key_id);
    if (key == nullptr) return bad("signed with a key that the directory does not list");
    if (!crypto::verify_jws(*jws, *key)) return bad("the answer's signature is wrong");
    auto answer = read(*jws, std::move(compact), expected.act, expected.values_max);
    if (!answer) return answer;
    if (answer->issuer != expected.from.id) return bad("the answer is another holder's");
    if (answer->order != expected.order) return bad("the answer is to another order");
    if (answer->service != expected.service) return bad("the answer is of another service");
    if (answer->issued_at > expected.now + clock_skew_s) {
        return bad("the answer is from the future");
    }
    return answer;
}

Parsed<Answer> verify_answer(std::string compact, const AnswerExpected& expected,
                             const Hash& audience) {
    auto answer = verify_shown_answer(std::move(compact), expected);
    if (answer && answer->audience != audience) return bad("the answer is for another key");
    return answer;
}

}  // namespace mado::wire
