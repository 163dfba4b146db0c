#include "crypto/jwe.hpp"

#include "fuzz.hpp"

namespace mado::fuzz {

bool jwe(ByteView in) {
    const bool formed = crypto::check_jwe_form(as_text(in)).has_value();
    const auto opened = crypto::decrypt_jwe(as_text(in), world().seal_to);
    require(formed || !opened, "what opens has the form");
    const auto sealed = crypto::encrypt_jwe(in, world().seal_to.public_key());
    const auto again = crypto::decrypt_jwe(sealed, world().seal_to);
    require(again.has_value() && std::ranges::equal(*again, in), "what was sealed opens");
    return formed;
}

}  // namespace mado::fuzz
