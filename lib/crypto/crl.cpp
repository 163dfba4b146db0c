#include "crypto/crl.hpp"

#include <algorithm>

#include "crypto/key_import.hpp"
#include "crypto/x509_internal.hpp"

namespace mado::crypto {
namespace {

using OwnedCrl = Owned<X509_CRL, X509_CRL_free>;
using OwnedRevoked = Owned<X509_REVOKED, X509_REVOKED_free>;

bool is_canonical(X509_CRL* crl, ByteView der) {
    unsigned char* start = nullptr;
    const int size = i2d_X509_CRL(crl, &start);
    if (size <= 0) return false;
    const bool same = std::ranges::equal(ByteView(start, static_cast<std::size_t>(size)), der);
    OPENSSL_free(start);
    return same;
}

// Each one that we do not process refuses the list (RFC 5280 section 5.2), and we process none.
bool has_critical_extension(X509_CRL* crl) {
    for (int i = 0; i < X509_CRL_get_ext_count(crl); ++i) {
        if (X509_EXTENSION_get_critical(X509_CRL_get_ext(crl, i)) != 0) return true;
    }
    return false;
}

bool has_critical_extension(X509_REVOKED* revoked) {
    for (int i = 0; i < X509_REVOKED_get_ext_count(revoked); ++i) {
        if (X509_EXTENSION_get_critical(X509_REVOKED_get_ext(revoked, i)) != 0) return true;
    }
    return false;
}

// The name, the key identifier where one is given, the right to sign lists, and the signature.
bool is_issued_by(X509_CRL* crl, X509* issuer, const PublicKey& key) {
    if (X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_subject_name(issuer)) != 0) return false;
    int critical = 0;
    const OwnedKeyIdentifier identifier(static_cast<AUTHORITY_KEYID*>(
        X509_CRL_get_ext_d2i(crl, NID_authority_key_identifier, &critical, nullptr)));
    if (!identifier && critical != -1) return false;  // malformed, or several
    if (identifier && X509_check_akid(issuer, identifier.get()) != X509_V_OK) return false;
    // Reads the issuer's extensions.
    if (X509_check_ca(issuer) != 1 || (X509_get_key_usage(issuer) & KU_CRL_SIGN) == 0) return false;
    return is_accepted_signature(X509_CRL_get_signature_nid(crl)) &&
           X509_CRL_verify(crl, key.handle()) == 1;
}

Parsed<Serial> read_number(X509_CRL* crl) {
    const OwnedInteger number(
        static_cast<ASN1_INTEGER*>(X509_CRL_get_ext_d2i(crl, NID_crl_number, nullptr, nullptr)));
    if (!number) return bad("a revocation list has no number");
    return read_serial(number.get());
}

Parsed<std::vector<Serial>> read_revoked(X509_CRL* crl) {
    std::vector<Serial> out;
    auto* const entries = X509_CRL_get_REVOKED(crl);
    for (int i = 0; i < sk_X509_REVOKED_num(entries); ++i) {
        auto* const entry = sk_X509_REVOKED_value(entries, i);
        // Section 5.3.3: of another issuer's certificate, it would be critical.
        if (has_critical_extension(entry)) {
            return bad("an entry of a revocation list has a critical extension");
        }
        const auto serial = read_serial(X509_REVOKED_get0_serialNumber(entry));
        if (!serial) return std::unexpected(serial.error());
        out.push_back(*serial);
    }
    std::ranges::sort(out);
    return out;
}

}  // namespace

Parsed<Crl> Crl::read(ByteView der, const Certificate& issuer) {
    if (der.size() > bytes_max) return bad("a revocation list is too large");
    const auto* start = der.data();
    const OwnedCrl crl(d2i_X509_CRL(nullptr, &start, static_cast<long>(der.size())));
    if (!crl) return refuse("not a revocation list");
    if (!is_canonical(crl.get(), der)) return refuse("not canonical DER");
    if (X509_CRL_get_version(crl.get()) != X509_CRL_VERSION_2) {
        return bad("a revocation list of an old version");
    }
    if (has_critical_extension(crl.get())) {
        return bad("a revocation list has a critical extension: not one of all certificates");
    }
    const auto above = handle_of(issuer);
    if (!is_issued_by(crl.get(), above.get(), issuer.public_key())) {
        return refuse("the authority has not signed this revocation list");
    }
    const auto* last = X509_CRL_get0_lastUpdate(crl.get());
    const auto* next = X509_CRL_get0_nextUpdate(crl.get());
    if (next == nullptr) return bad("a revocation list does not say when the next one comes");
    const auto this_update = read_time(last);
    if (!this_update) return std::unexpected(this_update.error());
    const auto next_update = read_time(next);
    if (!next_update) return std::unexpected(next_update.error());
    const auto number = read_number(crl.get());
    if (!number) return refuse(number.error().why);
    auto revoked = read_revoked(crl.get());
    if (!revoked) return refuse(revoked.error().why);
    Crl out;
    out.this_update_ = *this_update;
    out.next_update_ = *next_update;
    out.number_ = *number;
    out.revoked_ = std::move(*revoked);
    return out;
}

bool Crl::lists(const Serial& serial) const {
    return std::ranges::binary_search(revoked_, serial);
}

Bytes make_crl(const CrlRequest& request, const Certificate& issuer, const PrivateKey& issuer_key) {
    if (issuer.public_key().spki() != issuer_key.public_key().spki()) {
        throw Failure("the issuer's key does not belong to its certificate");
    }
    constexpr std::string_view doing = "make a revocation list";
    const OwnedCrl crl(check(X509_CRL_new(), doing));
    const auto above = handle_of(issuer);
    const auto this_update = make_time(request.this_update);
    const auto next_update = make_time(request.next_update);
    check(X509_CRL_set_version(crl.get(), X509_CRL_VERSION_2), doing);
    check(X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(above.get())), doing);
    check(X509_CRL_set1_lastUpdate(crl.get(), this_update.get()), doing);
    check(X509_CRL_set1_nextUpdate(crl.get(), next_update.get()), doing);
    for (const auto& serial : request.revoked) {
        OwnedRevoked entry(check(X509_REVOKED_new(), doing));
        check(X509_REVOKED_set_serialNumber(entry.get(), make_integer(serial).get()), doing);
        check(X509_REVOKED_set_revocationDate(entry.get(), this_update.get()), doing);
        check(X509_CRL_add0_revoked(crl.get(), entry.get()), doing);
        static_cast<void>(entry.release());  // the list's
    }
    const auto identifier = key_identifier_of(above.get());
    const OwnedInteger number(check(ASN1_INTEGER_new(), doing));
    check(ASN1_INTEGER_set_uint64(number.get(), request.number), doing);
    for (const auto& [nid, value] :
         {std::pair<int, void*>{NID_authority_key_identifier, identifier.get()},
          std::pair<int, void*>{NID_crl_number, number.get()}}) {
        check(X509_CRL_add1_ext_i2d(crl.get(), nid, value, 0, X509V3_ADD_DEFAULT), doing);
    }
    check(X509_CRL_sort(crl.get()), doing);
    if (X509_CRL_sign(crl.get(), issuer_key.handle(), digest_for(issuer_key.type())) <= 0) {
        fail(doing);
    }
    unsigned char* start = nullptr;
    const int size = i2d_X509_CRL(crl.get(), &start);
    if (size <= 0) fail(doing);
    Bytes der(start, start + size);
    OPENSSL_free(start);
    return der;
}

}  // namespace mado::crypto
