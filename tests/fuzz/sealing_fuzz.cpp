#include "wire/sealing.hpp"

#include "fuzz.hpp"
#include "relay/test_country.hpp"

namespace mado::fuzz {

// The input is what a sealing authority has signed.
bool sealing(ByteView in) {
    (void)wire::parse_sealing(as_text(in));
    const auto& court = country().court;
    const auto kid = wire::kid_of(court);
    const auto compact = wire::jws_of(wire::sealing_type, as_text(in), court);
    const auto first = wire::parse_sealing(compact);
    if (!first) return false;
    const auto& said = first->sealing;
    const auto second = wire::parse_sealing(wire::sign_sealing(said, kid, court));
    require(second.has_value(), "a sealing is read as written");
    const auto third = wire::parse_sealing(wire::sign_sealing(second->sealing, kid, court));
    require(third && third->jws.payload == second->jws.payload, "and is written as read");
    const auto verify = [&compact, &said](const wire::ParticipantId& requester) {
        return wire::verify_sealing(compact, {.directory = country_directory(),
                                              .requester = requester,
                                              .service = said.service,
                                              .time = wire::test_now});
    };
    const auto verified = verify(said.organisation);
    if (!verified) return true;
    require(verified->issuer.text() == "court", "a sealing authority has signed it");
    require(verified->until > wire::test_now, "it opens later");
    require(!verify(said.issuer) || said.issuer == said.organisation, "it is for one requester");
    return true;
}

}  // namespace mado::fuzz
