// What the authority signs, field by field (docs/protocols/certificates.md): values in, what is to
// be signed out, in DER. Nothing here decides whether.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "crypto/ocsp.hpp"
#include "crypto/x509.hpp"

namespace mado::ca {

enum class Use { authentication, signing };
std::string_view to_text(Use use);

// The register's four attributes (基本4情報), which a signing certificate carries.
struct Attributes {
    std::string name;
    std::optional<std::string> kana = {};
    std::string address;
    std::string birth_date;  // 1984-03-15
    std::string sex;         // male, female, unknown
};

// What certificates say of where they are from.
struct Site {
    std::string country;  // two letters
    std::string oid_arc;  // ours: below it are policies and attributes
    std::string url;      // http://…: below it are /ocsp, /crl and /ca.crt
};

struct Names {
    std::string country;  // two letters
    std::string organisation;
    std::string common_name;
};

// What is issued counts from so much earlier: it is read at once, by clocks that are behind too.
constexpr std::int64_t clocks_differ_s = 300;

struct Validity {
    UnixTime not_before = 0;
    UnixTime not_after = 0;
};

// 20 bytes, positive, of which 158 bits are random.
crypto::Serial new_serial();
std::string serial_text(const crypto::Serial& serial);  // as in the store: hex
Parsed<crypto::Serial> parse_serial(std::string_view text);

Bytes authority_to_be_signed(const Names& names, const crypto::PublicKey& key,
                             const crypto::Serial& serial, const Validity& validity);

struct PersonCertificate {
    Use use;
    const crypto::PublicKey& key;
    crypto::Serial serial;
    std::string common_name;  // random: it says nothing
    Validity validity;
    std::optional<Attributes> attributes;  // signing only
};
Bytes person_to_be_signed(const PersonCertificate& person, const crypto::Certificate& authority,
                          const Site& site);

// Signs OCSP answers for a few days (RFC 6960 section 4.2.2.2).
Bytes responder_to_be_signed(const crypto::PublicKey& key, const crypto::Serial& serial,
                             const Validity& validity, const crypto::Certificate& authority);

struct Listed {
    crypto::Serial serial;
    UnixTime since;
    std::optional<crypto::RevocationReason> reason;
};
struct ListTimes {
    UnixTime this_update;
    UnixTime next_update;
    std::uint64_t number;
    std::int64_t was_ahead_s = 0;  // the list before was of the future: of a clock that was wrong
};
// `listed` in any order; one serial number once.
Bytes list_to_be_signed(std::span<const Listed> listed, const ListTimes& times,
                        const crypto::Certificate& authority);

}  // namespace mado::ca
