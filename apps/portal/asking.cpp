#include "asking.hpp"

#include <boost/json.hpp>

namespace mado::portal {

Parsed<PageQuestion> read_page_question(std::string_view body) {
    auto object = parse_json_object(body, {.text_bytes_max = question_bytes_max});
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    const auto mandate = in.hash("mandate");
    auto to = wire::read_target(in.object("to"));
    auto service = wire::ServiceId::parse(in.text("service", 64));
    auto parameters = wire::read_parameters(in.object("parameters"));
    auto seal_to = crypto::PublicKey::from_jwk(in.object("seal_to"));
    auto payload = in.optional_text("payload", question_bytes_max);
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (!to) return std::unexpected(to.error());
    if (!service) return std::unexpected(service.error());
    if (!parameters) return std::unexpected(parameters.error());
    if (!seal_to) return std::unexpected(seal_to.error());
    if (seal_to->type() != crypto::KeyType::p256) return bad("seal_to is not a P-256 key");
    return PageQuestion{.mandate = mandate,
                        .question = {.to = std::move(*to),
                                     .service = std::move(*service),
                                     .parameters = std::move(*parameters),
                                     .seal_to = std::move(*seal_to),
                                     .payload = std::move(payload).value_or("")}};
}

}  // namespace mado::portal
