#include "numbers.hpp"

#include "base/check_digit.hpp"
#include "crypto/digest.hpp"

namespace mado::issuer {
namespace {

// Of ten digits each one as likely as another: bytes beyond 249 are drawn again.
char draw_digit() {
    for (;;) {
        const auto byte = crypto::random_bytes(1).front();
        if (byte < 250) return static_cast<char>('0' + byte % 10);
    }
}

std::string draw_number(const wire::Schemes& schemes, std::string_view name) {
    const auto* scheme = schemes.find(name);
    const bool fits = scheme != nullptr && scheme->fields.size() == 1 &&
                      scheme->fields[0].name == "number" && !scheme->fields[0].digits.empty();
    if (!fits)
        throw OperatorError("the country has no numbers of the issuer's like " + std::string(name));
    const auto& field = scheme->fields[0];
    return draw_digits(static_cast<std::size_t>(field.digits.front()),
                       field.check == wire::CheckDigit::damm);
}

}  // namespace

std::string draw_digits(std::size_t count, bool with_check) {
    std::string digits;
    while (digits.size() + (with_check ? 1 : 0) < count)
        digits += draw_digit();
    if (with_check) digits += damm_digit(digits);
    return digits;
}

Numbers draw_numbers(const wire::Schemes& schemes) {
    return {.issuing = draw_number(schemes, issuing_scheme),
            .certificate = draw_number(schemes, certificate_scheme),
            .health_care = draw_number(schemes, health_care_scheme)};
}

}  // namespace mado::issuer
