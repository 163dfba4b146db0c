#include "wire/subject.hpp"

#include "base/check_digit.hpp"
#include "fuzz.hpp"
#include "wire/test_wire.hpp"

namespace mado::fuzz {
namespace {

// What a relay delivers as a holder's own number of the person.
bool number_for_holder(ByteView in, const wire::Schemes& schemes) {
    const bool own = wire::is_number_for_holder(as_text(in), *schemes.find("insured-number"),
                                                wire::participant_id("06990014"));
    try {
        (void)wire::number_fields(as_text(in));
    } catch (const Failure&) {
        require(!own, "a holder reads its own numbers");
    }
    return own;
}

}  // namespace

bool subject(ByteView in) {
    static const auto schemes = wire::test_schemes();
    if (const auto plain = wire::normalise(as_text(in))) {
        require(wire::normalise(*plain) == plain, "what is normalised stays so");
    }
    (void)damm_valid(as_text(in));
    (void)insurer_valid(as_text(in));
    const bool of_holder = number_for_holder(in, schemes);
    const auto read = wire::read_subject(in, schemes);
    if (!read) return of_holder;
    const auto* subject = std::get_if<wire::NumberSubject>(&*read);
    if (subject == nullptr) return true;
    const auto& number = subject->number;
    const auto& scheme = *schemes.find(number.scheme);
    (void)wire::index_material(number);
    (void)wire::complete_number(number, scheme,
                                number.fields.empty()
                                    ? std::string_view()
                                    : std::string_view(number.fields.front().second));
    const auto sent = wire::number_for_holder(number, scheme, wire::participant_id("06990014"));
    for (const auto& [name, value] : wire::number_fields(sent))
        require(number.field(name) == value, "a holder reads the number that was meant");
    return true;
}

}  // namespace mado::fuzz
