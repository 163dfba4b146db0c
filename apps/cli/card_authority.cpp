#include "card_authority.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/file.hpp"
#include "crypto/crl.hpp"
#include "crypto/digest.hpp"

namespace mado::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t day_s = 86'400;
constexpr std::int64_t year_s = 365 * day_s;
// Until the fifth birthday after issuing; the demo's cards are all one age.
constexpr std::int64_t card_lifetime_s = 5 * year_s;
constexpr std::int64_t list_lifetime_s = 7 * day_s;  // the relay takes none older than a day

crypto::CertificateRequest names_of(std::string_view authority) {
    if (authority == earlier_authority) {
        return {.use = crypto::CertificateUse::authority,
                .common_name = "Demo card authority of before (user authentication)",
                .organisation = "Mado demo"};
    }
    // As JPKI's, which has no common name; and nobody takes it for JPKI's.
    return {.use = crypto::CertificateUse::authority,
            .common_name = {},
            .organisation = "JPKI",
            .country = "JP",
            .units = {"JPKI for user authentication",
                      "Japan Agency for Local Authority Information Systems",
                      "Mado demo: a test authority"}};
}

// 明治, 大正, 昭和, 平成, 令和: which one a day is of, by the first day of each.
char era_of(const std::string& day) {
    constexpr std::array<std::string_view, 4> begin{"1912-07-30", "1926-12-25", "1989-01-08",
                                                    "2019-05-01"};
    char era = '1';
    for (const auto first : begin)
        era = static_cast<char>(era + (day >= first ? 1 : 0));
    return era;
}

// J-LIS's profile of JPKI's certificates, as apps/issuer/existing.cpp reads it: a birth date is the
// era and the Gregorian day. Nothing is in the place of another character here.
std::vector<crypto::OtherName> jpki_names(const json::object& person) {
    const std::string arc = "1.2.392.200149.8.5.5.";
    auto day = text_at(person, "birth_date");
    const auto era = era_of(day);
    std::erase(day, '-');
    return {{arc + "1", text_at(person, "name")},
            {arc + "4", era + day},
            {arc + "3", text_at(person, "sex") == "male" ? "1" : "2"},
            {arc + "5", text_at(person, "address")}};
}

}  // namespace

void make_card_authorities(const Places& places) {
    for (const auto authority : card_authorities) {
        const auto folder = places.keys_of(std::string(authority));
        fs::create_directories(folder);
        const auto key = crypto::PrivateKey::generate(
            authority == earlier_authority ? crypto::KeyType::p256 : crypto::KeyType::rsa);
        replace_file(folder + "/ca.key", key.pem().view(), 0600);
        auto request = names_of(authority);
        request.not_before = unix_now() - 3600;
        request.not_after = unix_now() + 20 * year_s;
        replace_file(folder + "/ca.crt", crypto::self_signed(request, key).pem());
    }
}

crypto::Certificate authority_certificate(const Places& places, std::string_view authority) {
    return load_certificate(places.keys_of(std::string(authority)) + "/ca.crt");
}

crypto::Certificate load_certificate(const std::string& path) {
    const auto pem = read_file(path);
    auto certificate = pem ? crypto::Certificate::from_pem(as_bytes(*pem)) : bad("missing");
    if (!certificate) throw OperatorError("not a certificate: " + path);
    return std::move(*certificate);
}

CardAuthority::CardAuthority(const Places& places, std::string_view authority)
    : folder_(places.keys_of(std::string(authority))),
      key_(crypto::PrivateKey::load(folder_ + "/ca.key")),
      certificate_(authority_certificate(places, authority)) {}

crypto::Certificate CardAuthority::certify(const crypto::PublicKey& key, CardState state) const {
    return issue({.use = crypto::CertificateUse::authentication,
                  .common_name = hex(crypto::random_bytes(16))},
                 {}, key, state);
}

crypto::Certificate CardAuthority::certify_signing(const crypto::PublicKey& key,
                                                   const std::string& name, CardState state) const {
    return issue({.use = crypto::CertificateUse::signing, .common_name = name}, {}, key, state);
}

// A name there is a serial number, as in the certificate of the other key.
crypto::Certificate CardAuthority::certify_signing(const crypto::PublicKey& key,
                                                   const json::object& person) const {
    return issue(
        {.use = crypto::CertificateUse::signing, .common_name = hex(crypto::random_bytes(16))},
        jpki_names(person), key, CardState::active);
}

crypto::Certificate CardAuthority::issue(crypto::CertificateRequest request,
                                         const std::vector<crypto::OtherName>& names,
                                         const crypto::PublicKey& key, CardState state) const {
    const auto now = unix_now();
    const bool expired = state == CardState::expired;
    request.not_before = expired ? now - card_lifetime_s : now - 3600;
    request.not_after = expired ? now - day_s : now + card_lifetime_s;
    auto certificate = crypto::issue_with_names(request, names, key, certificate_, key_);
    if (state == CardState::revoked) revoke(certificate);
    return certificate;
}

// A line for each, kept beside the key.
void CardAuthority::revoke(const crypto::Certificate& certificate) const {
    std::ofstream out(folder_ + "/revoked", std::ios::app);
    out << base64url(certificate.serial()) << '\n';
    out.close();
    if (!out) throw OperatorError("cannot write " + folder_ + "/revoked");
}

Bytes CardAuthority::list() const {
    const auto now = unix_now();
    crypto::CrlRequest request{.this_update = now,
                               .next_update = now + list_lifetime_s,
                               .number = static_cast<std::uint64_t>(now)};
    std::istringstream lines(read_file(folder_ + "/revoked", std::size_t{1} << 30).value_or(""));
    for (std::string line; std::getline(lines, line);) {
        const auto bytes = parse_base64url(line);
        crypto::Serial serial{};
        if (!bytes || bytes->size() != serial.size()) {
            throw OperatorError(folder_ + "/revoked has a line that is no serial number");
        }
        std::ranges::copy(*bytes, serial.begin());
        request.revoked.push_back(serial);
    }
    return crypto::make_crl(request, certificate_, key_);
}

void write_card_lists(const Places& places) {
    fs::create_directories(places.card_lists());
    for (const auto name : card_authorities) {
        const CardAuthority authority(places, name);
        const auto file = base64url(authority.certificate().thumbprint()) + ".crl";
        replace_file(places.card_lists() + "/" + file, authority.list());
    }
}

}  // namespace mado::cli
