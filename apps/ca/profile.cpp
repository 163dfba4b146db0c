#include "profile.hpp"

#include <algorithm>

#include "crypto/der.hpp"
#include "crypto/digest.hpp"
#include "crypto/signing.hpp"

namespace mado::ca {
namespace {

namespace der = crypto::der;

// The bits of RFC 5280 section 4.2.1.3.
constexpr int digital_signature = 0;
constexpr int non_repudiation = 1;
constexpr int key_cert_sign = 5;
constexpr int crl_sign = 6;

// Below the authority's arc; the attributes in JPKI's order.
constexpr std::string_view authentication_policy = ".1.1";
constexpr std::string_view signing_policy = ".1.2";
constexpr std::string_view name_attribute = ".2.1";
constexpr std::string_view kana_attribute = ".2.2";
constexpr std::string_view sex_attribute = ".2.3";
constexpr std::string_view birth_date_attribute = ".2.4";
constexpr std::string_view address_attribute = ".2.5";

enum class Critical { no, yes };

Bytes extension(std::string_view oid, Critical critical, ByteView content) {
    return der::sequence(
        {der::oid(oid), critical == Critical::yes ? der::yes() : Bytes(), der::octets(content)});
}

Bytes key_usage(std::initializer_list<int> numbers) {
    return extension("2.5.29.15", Critical::yes, der::named_bits(numbers));
}

Bytes subject_key_identifier(const crypto::PublicKey& key) {
    return extension("2.5.29.14", Critical::no, der::octets(crypto::key_identifier(key)));
}

Bytes authority_key_identifier(const crypto::PublicKey& key) {
    return extension("2.5.29.35", Critical::no,
                     der::sequence({der::tagged_plain(0, crypto::key_identifier(key))}));
}

Bytes extended_key_usage(std::string_view purpose) {
    return extension("2.5.29.37", Critical::no, der::sequence({der::oid(purpose)}));
}

// Not an authority: an empty SEQUENCE, as cA's default has no encoding (X.690 section 11.5).
Bytes not_an_authority() {
    return extension("2.5.29.19", Critical::yes, der::sequence({}));
}

Bytes attribute(std::string_view oid, ByteView value) {
    return der::set_of_one(der::sequence({der::oid(oid), value}));
}

// RFC 5280 section 4.1.2.4: a country is a PrintableString, and the rest is UTF-8.
Bytes country(std::string_view letters) {
    return attribute("2.5.4.6", der::printable(letters));
}
Bytes organisation(std::string_view text) {
    return attribute("2.5.4.10", der::utf8(text));
}
Bytes common_name(std::string_view text) {
    return attribute("2.5.4.3", der::utf8(text));
}

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

Bytes uri(std::string_view text) {
    if (!is_ascii(text)) throw Failure("an address that is not ASCII");
    return der::tagged_plain(6, as_bytes(text));
}

Bytes other_name(const std::string& arc, std::string_view below, std::string_view text) {
    return der::tagged(
        0, der::joined({der::oid(arc + std::string(below)), der::tagged(0, der::utf8(text))}));
}

Bytes alternative_names(const Attributes& person, const std::string& arc) {
    auto names = other_name(arc, name_attribute, person.name);
    if (person.kana) append(names, other_name(arc, kana_attribute, *person.kana));
    append(names, other_name(arc, sex_attribute, person.sex));
    append(names, other_name(arc, birth_date_attribute, person.birth_date));
    append(names, other_name(arc, address_attribute, person.address));
    return extension("2.5.29.17", Critical::no, der::sequence({names}));
}

// Critical as in JPKI's: whoever does not know what a policy is must not take the certificate.
Bytes policy(const std::string& oid) {
    return extension("2.5.29.32", Critical::yes, der::sequence({der::sequence({der::oid(oid)})}));
}

Bytes list_address(const Site& site) {
    const auto names = der::tagged(0, der::tagged(0, uri(site.url + "/crl")));
    return extension("2.5.29.31", Critical::no, der::sequence({der::sequence({names})}));
}

Bytes authority_addresses(const Site& site) {
    return extension(
        "1.3.6.1.5.5.7.1.1", Critical::no,
        der::sequence(
            {der::sequence({der::oid("1.3.6.1.5.5.7.48.1"), uri(site.url + "/ocsp")}),
             der::sequence({der::oid("1.3.6.1.5.5.7.48.2"), uri(site.url + "/ca.crt")})}));
}

// TBSCertificate (RFC 5280 section 4.1), version 3.
struct Parts {
    const crypto::Serial& serial;
    crypto::KeyType signed_by;
    ByteView issuer;
    const Validity& validity;
    ByteView subject;
    const crypto::PublicKey& key;
    ByteView extensions;
};
Bytes to_be_signed(const Parts& parts) {
    if (parts.validity.not_before >= parts.validity.not_after) {
        throw Failure("a certificate ends before it starts");
    }
    return der::sequence(
        {der::tagged(0, der::integer(2)), der::integer(parts.serial),
         crypto::signature_algorithm(parts.signed_by), parts.issuer,
         der::sequence({der::time(parts.validity.not_before), der::time(parts.validity.not_after)}),
         parts.subject, parts.key.spki(), der::tagged(3, der::sequence({parts.extensions}))});
}

}  // namespace

std::string_view to_text(Use use) {
    switch (use) {
        case Use::authentication:
            return "authentication";
        case Use::signing:
            return "signing";
    }
    return {};
}

crypto::Serial new_serial() {
    crypto::Serial out{};
    crypto::random_fill(out);
    // Positive, and always 20 bytes long (RFC 5280 section 4.1.2.2).
    out[0] = static_cast<std::uint8_t>((out[0] & 0x3f) | 0x40);
    return out;
}

std::string serial_text(const crypto::Serial& serial) {
    return hex(serial);
}

Parsed<crypto::Serial> parse_serial(std::string_view text) {
    const auto bytes = parse_hex(text);
    crypto::Serial out{};
    if (!bytes || bytes->size() != out.size()) return bad("not a serial number");
    std::ranges::copy(*bytes, out.begin());
    return out;
}

Bytes authority_to_be_signed(const Names& names, const crypto::PublicKey& key,
                             const crypto::Serial& serial, const Validity& validity) {
    const auto name = der::sequence(
        {country(names.country), organisation(names.organisation), common_name(names.common_name)});
    // It signs for people only: no authority below it.
    const auto constraints = der::sequence({der::yes(), der::integer(0)});
    const auto extensions = der::joined(
        {extension("2.5.29.19", Critical::yes, constraints), key_usage({key_cert_sign, crl_sign}),
         subject_key_identifier(key), authority_key_identifier(key)});
    return to_be_signed({.serial = serial,
                         .signed_by = key.type(),
                         .issuer = name,
                         .validity = validity,
                         .subject = name,
                         .key = key,
                         .extensions = extensions});
}

Bytes person_to_be_signed(const PersonCertificate& person, const crypto::Certificate& authority,
                          const Site& site) {
    const bool signs = person.use == Use::signing;
    if (signs != person.attributes.has_value()) {
        throw Failure("the four attributes stand in signing certificates, and in no other");
    }
    auto extensions = der::joined(
        {not_an_authority(),
         signs ? key_usage({digital_signature, non_repudiation}) : key_usage({digital_signature}),
         signs ? Bytes() : extended_key_usage("1.3.6.1.5.5.7.3.2"),
         policy(site.oid_arc + std::string(signs ? signing_policy : authentication_policy)),
         subject_key_identifier(person.key), authority_key_identifier(authority.public_key()),
         list_address(site), authority_addresses(site)});
    if (signs) append(extensions, alternative_names(*person.attributes, site.oid_arc));
    return to_be_signed(
        {.serial = person.serial,
         .signed_by = authority.public_key().type(),
         .issuer = crypto::subject_name(authority),
         .validity = person.validity,
         .subject = der::sequence({country(site.country), common_name(person.common_name)}),
         .key = person.key,
         .extensions = extensions});
}

Bytes responder_to_be_signed(const crypto::PublicKey& key, const crypto::Serial& serial,
                             const Validity& validity, const crypto::Certificate& authority) {
    // It ends within days, so nobody asks whether it was revoked (RFC 6960 section 4.2.2.2.1).
    const auto extensions =
        der::joined({not_an_authority(), key_usage({digital_signature}),
                     extended_key_usage("1.3.6.1.5.5.7.3.9"), subject_key_identifier(key),
                     authority_key_identifier(authority.public_key()),
                     extension("1.3.6.1.5.5.7.48.1.5", Critical::no, der::null())});
    return to_be_signed(
        {.serial = serial,
         .signed_by = authority.public_key().type(),
         .issuer = crypto::subject_name(authority),
         .validity = validity,
         .subject = der::sequence({common_name("OCSP " + serial_text(serial).substr(0, 16))}),
         .key = key,
         .extensions = extensions});
}

Bytes list_to_be_signed(std::span<const Listed> listed, const ListTimes& times,
                        const crypto::Certificate& authority) {
    Bytes entries;
    for (const auto& one : listed) {
        Bytes extensions;
        if (one.reason) {
            const auto reason = der::enumerated(static_cast<std::uint8_t>(*one.reason));
            extensions = der::sequence({extension("2.5.29.21", Critical::no, reason)});
        }
        append(entries,
               der::sequence({der::integer(one.serial), der::time(one.since), extensions}));
    }
    const auto extensions =
        der::sequence({authority_key_identifier(authority.public_key()),
                       extension("2.5.29.20", Critical::no, der::integer(times.number))});
    return der::sequence(
        {der::integer(1), crypto::signature_algorithm(authority.public_key().type()),
         crypto::subject_name(authority), der::time(times.this_update),
         der::time(times.next_update),
         // RFC 5280 section 5.1.2.6: an empty list is left out.
         listed.empty() ? Bytes() : der::sequence({entries}), der::tagged(0, extensions)});
}

}  // namespace mado::ca
