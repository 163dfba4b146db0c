#include "wire/subject.hpp"

#include "base/check_digit.hpp"
#include "fuzz.hpp"
#include "wire/test_wire.hpp"

namespace mado::fuzz {

bool subject(ByteView in) {
    static const auto schemes = wire::test_schemes();
    if (const auto plain = wire::normalise(as_text(in))) {
        require(wire::normalise(*plain) == plain, "what is normalised stays so");
    }
    (void)damm_valid(as_text(in));
    (void)insurer_valid(as_text(in));
    const auto read = wire::read_subject(in, schemes);
    if (!read) return false;
    const auto* subject = std::get_if<wire::NumberSubject>(&*read);
    if (subject == nullptr) return true;
    const auto& number = subject->number;
    const auto& scheme = *schemes.find(number.scheme);
    (void)wire::index_material(number);
    (void)wire::index_material(number, scheme.optional_in_index);
    const auto sent = wire::number_for_holder(number, scheme, wire::participant_id("06990014"));
    for (const auto& [name, value] : wire::number_fields(sent))
        require(number.field(name) == value, "a holder reads the number that was meant");
    return true;
}

}  // namespace mado::fuzz
