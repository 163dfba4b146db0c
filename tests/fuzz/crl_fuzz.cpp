#include "crypto/crl.hpp"

#include "crypto/digest.hpp"
#include "fuzz.hpp"
#include "relay/test_country.hpp"

namespace mado::fuzz {
namespace {

// A list of these serial numbers, 20 bytes each, as its authority would sign it.
bool signed_list(ByteView in) {
    std::vector<crypto::Serial> serials;
    for (; in.size() >= sizeof(crypto::Serial); in = in.subspan(sizeof(crypto::Serial))) {
        crypto::Serial serial{};
        std::ranges::copy(in.first(serial.size()), serial.begin());
        serials.push_back(serial);
    }
    if (!in.empty() || serials.size() > 100) return false;
    const auto list = crypto::Crl::read(
        crypto::make_crl({.this_update = 1, .next_update = 2, .number = 3, .revoked = serials},
                         country().card_authority, country().authority_key),
        country().card_authority);
    require(list.has_value(), "a list is read as made");
    for (const auto& serial : serials)
        require(list->lists(serial), "and lists what is revoked");
    return true;
}

}  // namespace

// What nobody but its authority can make is refused, however it looks.
bool crl(ByteView in) {
    require(!crypto::Crl::read(in, country().card_authority), "a list is signed by its authority");
    return signed_list(in);
}

}  // namespace mado::fuzz
