#include "crypto/x509.hpp"

#include <openssl/pem.h>

#include <algorithm>
#include <array>

#include "crypto/der.hpp"
#include "crypto/digest.hpp"
#include "crypto/key_import.hpp"
#include "crypto/other_names.hpp"
#include "crypto/x509_internal.hpp"

namespace mado::crypto {
namespace {

constexpr std::size_t der_bytes_max = 16 * 1024;
constexpr std::size_t pem_bytes_max = 32 * 1024;
constexpr std::size_t serial_bytes = 16;
constexpr std::size_t key_identifier_bytes = 20;
constexpr std::size_t dns_name_chars_max = 253;
constexpr std::int64_t seconds_a_day = 24 * 60 * 60;

using OwnedName = Owned<X509_NAME, X509_NAME_free>;

Bytes encode(X509* certificate) {
    unsigned char* start = nullptr;
    const int size = i2d_X509(certificate, &start);
    if (size <= 0) fail("encode a certificate");
    Bytes der(start, start + size);
    OPENSSL_free(start);
    return der;
}

// basicConstraints says CA and keyUsage says keyCertSign, both in so many words (RFC 5280 sections
// 4.2.1.3 and 4.2.1.9); OpenSSL alone would also take old forms without them.
bool is_authority(X509* certificate) {
    const std::uint32_t flags = X509_get_extension_flags(certificate);
    return (flags & EXFLAG_BCONS) != 0 && (flags & EXFLAG_CA) != 0 &&
           (flags & EXFLAG_KUSAGE) != 0 &&
           (X509_get_key_usage(certificate) & KU_KEY_CERT_SIGN) != 0;
}

bool has_accepted_signature(X509* certificate) {
    return is_accepted_signature(X509_get_signature_nid(certificate));
}

void add_to_name(X509_NAME* name, int nid, const std::string& text) {
    const auto bytes = as_bytes(text);
    check(X509_NAME_add_entry_by_NID(name, nid, MBSTRING_UTF8, bytes.data(), int_size(bytes.size()),
                                     -1, 0),
          "write a name (64 characters at the most)");
}

OwnedName make_name(const CertificateRequest& request) {
    if (request.common_name.empty() && request.organisation.empty()) {
        throw Failure("a certificate must have a name");
    }
    OwnedName name(check(X509_NAME_new(), "make a name"));
    if (!request.country.empty()) add_to_name(name.get(), NID_countryName, request.country);
    if (!request.organisation.empty()) {
        add_to_name(name.get(), NID_organizationName, request.organisation);
    }
    for (const auto& unit : request.units)
        add_to_name(name.get(), NID_organizationalUnitName, unit);
    if (!request.common_name.empty()) {
        add_to_name(name.get(), NID_commonName, request.common_name);
    }
    return name;
}

void set_serial(X509* certificate) {
    auto bytes = random_bytes(serial_bytes);
    // Positive (RFC 5280 section 4.1.2.2), and always 16 bytes long.
    bytes[0] = static_cast<std::uint8_t>((bytes[0] & 0x3f) | 0x40);
    const OwnedNumber number(
        check(BN_bin2bn(bytes.data(), int_size(bytes.size()), nullptr), "make a serial"));
    const OwnedInteger serial(check(BN_to_ASN1_INTEGER(number.get(), nullptr), "make a serial"));
    check(X509_set_serialNumber(certificate, serial.get()), "set a serial");
}

void set_times(X509* certificate, const CertificateRequest& request) {
    if (request.not_before >= request.not_after)
        throw Failure("a certificate ends before it starts");
    const auto from = make_time(request.not_before);
    const auto to = make_time(request.not_after);
    check(X509_set1_notBefore(certificate, from.get()), "set a time");
    check(X509_set1_notAfter(certificate, to.get()), "set a time");
}

enum class Criticality { critical, not_critical };

void add_extension(X509* certificate, int nid, void* value, Criticality criticality) {
    check(X509_add1_ext_i2d(certificate, nid, value, criticality == Criticality::critical ? 1 : 0,
                            X509V3_ADD_DEFAULT),
          "add an extension");
}

void add_basic_constraints(X509* certificate) {
    const Owned<BASIC_CONSTRAINTS, BASIC_CONSTRAINTS_free> value(
        check(BASIC_CONSTRAINTS_new(), "make an extension"));
    value->ca = 0xff;
    value->pathlen = check(ASN1_INTEGER_new(), "make an extension");
    check(ASN1_INTEGER_set(value->pathlen, 0), "make an extension");
    add_extension(certificate, NID_basic_constraints, value.get(), Criticality::critical);
}

// The bits of RFC 5280 section 4.2.1.3.
constexpr int digital_signature = 0;
constexpr int non_repudiation = 1;
constexpr int key_cert_sign = 5;
constexpr int crl_sign = 6;

void add_key_usage(X509* certificate, std::initializer_list<int> bits) {
    const Owned<ASN1_BIT_STRING, ASN1_BIT_STRING_free> value(
        check(ASN1_BIT_STRING_new(), "make an extension"));
    for (const int bit : bits) {
        check(ASN1_BIT_STRING_set_bit(value.get(), bit, 1), "make an extension");
    }
    add_extension(certificate, NID_key_usage, value.get(), Criticality::critical);
}

void free_purposes(EXTENDED_KEY_USAGE* purposes) {
    EXTENDED_KEY_USAGE_free(purposes);
}

void add_extended_key_usage(X509* certificate, std::initializer_list<int> nids) {
    const Owned<EXTENDED_KEY_USAGE, free_purposes> value(
        check(EXTENDED_KEY_USAGE_new(), "make an extension"));
    for (const int nid : nids) {
        // An object of OpenSSL's own table: it is not counted and freeing it does nothing.
        auto* const object = check(OBJ_nid2obj(nid), "make an extension");
        if (sk_ASN1_OBJECT_push(value.get(), object) <= 0) fail("make an extension");
    }
    add_extension(certificate, NID_ext_key_usage, value.get(), Criticality::not_critical);
}

OwnedOctets make_octets(ByteView bytes) {
    OwnedOctets octets(check(ASN1_OCTET_STRING_new(), "make an extension"));
    check(ASN1_OCTET_STRING_set(octets.get(), bytes.data(), int_size(bytes.size())),
          "make an extension");
    return octets;
}

// RFC 7093 section 2, method 1: the first 160 bits of SHA-256 over the key's bit string.
OwnedOctets make_key_identifier(X509* certificate) {
    const auto* bits = check(X509_get0_pubkey_bitstr(certificate), "read a key");
    const auto hash = sha256(
        ByteView(ASN1_STRING_get0_data(bits), static_cast<std::size_t>(ASN1_STRING_length(bits))));
    return make_octets(ByteView(hash).first(key_identifier_bytes));
}

void add_subject_key_identifier(X509* certificate) {
    const auto value = make_key_identifier(certificate);
    add_extension(certificate, NID_subject_key_identifier, value.get(), Criticality::not_critical);
}

OwnedKeyIdentifier make_authority_key_identifier(OwnedOctets identifier) {
    OwnedKeyIdentifier value(check(AUTHORITY_KEYID_new(), "make an extension"));
    value->keyid = identifier.release();
    return value;
}

void add_authority_key_identifier(X509* certificate, const OwnedKeyIdentifier& value) {
    add_extension(certificate, NID_authority_key_identifier, value.get(),
                  Criticality::not_critical);
}

bool is_dns_name(std::string_view text) {
    constexpr std::string_view allowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
    return !text.empty() && text.size() <= dns_name_chars_max &&
           text.find_first_not_of(allowed) == std::string_view::npos;
}

using OwnedGeneralName = Owned<GENERAL_NAME, GENERAL_NAME_free>;

OwnedGeneralName make_general_name(const std::string& text) {
    OwnedGeneralName name(check(GENERAL_NAME_new(), "make a name"));
    if (auto* const address = a2i_IPADDRESS(text.c_str())) {
        GENERAL_NAME_set0_value(name.get(), GEN_IPADD, address);
        return name;
    }
    forget_errors();
    if (!is_dns_name(text)) throw Failure("not a DNS name: " + text);
    Owned<ASN1_IA5STRING, ASN1_IA5STRING_free> dns(check(ASN1_IA5STRING_new(), "make a name"));
    check(ASN1_STRING_set(dns.get(), text.data(), int_size(text.size())), "make a name");
    GENERAL_NAME_set0_value(name.get(), GEN_DNS, dns.release());
    return name;
}

void free_names(GENERAL_NAMES* names) {
    GENERAL_NAMES_free(names);
}

void add_alternative_names(X509* certificate, const std::vector<std::string>& texts) {
    if (texts.empty()) return;
    const Owned<GENERAL_NAMES, free_names> value(check(GENERAL_NAMES_new(), "make names"));
    for (const auto& text : texts) {
        auto name = make_general_name(text);
        if (sk_GENERAL_NAME_push(value.get(), name.get()) <= 0) fail("make names");
        static_cast<void>(name.release());
    }
    add_extension(certificate, NID_subject_alt_name, value.get(), Criticality::not_critical);
}

void add_extensions(X509* certificate, const CertificateRequest& request) {
    if (request.use != CertificateUse::organisation && !request.dns_names.empty()) {
        throw Failure("only an organisation's certificate has DNS names");
    }
    switch (request.use) {
        case CertificateUse::authority:
            add_basic_constraints(certificate);
            add_key_usage(certificate, {key_cert_sign, crl_sign});
            break;
        case CertificateUse::organisation:
            add_key_usage(certificate, {digital_signature});
            add_extended_key_usage(certificate, {NID_client_auth, NID_server_auth});
            add_alternative_names(certificate, request.dns_names);
            break;
        case CertificateUse::authentication:
            add_key_usage(certificate, {digital_signature});
            add_extended_key_usage(certificate, {NID_client_auth});
            break;
        case CertificateUse::signing:
            add_key_usage(certificate, {digital_signature, non_repudiation});
            break;
    }
    add_subject_key_identifier(certificate);
}

void add_other_names(X509* certificate, const std::vector<OtherName>& names) {
    if (names.empty()) return;
    Bytes all;
    for (const auto& name : names) {
        append(all, der::tagged(0, der::joined({der::oid(name.oid),
                                                der::tagged(0, der::utf8(name.text))})));
    }
    const auto value = make_octets(der::sequence({all}));
    const Owned<X509_EXTENSION, X509_EXTENSION_free> extension(check(
        X509_EXTENSION_create_by_NID(nullptr, NID_subject_alt_name, 0, value.get()), "make names"));
    check(X509_add_ext(certificate, extension.get(), -1), "make names");
}

// As OpenSSL writes it: digits and dots.
std::string text_of(const ASN1_OBJECT* oid) {
    constexpr int oid_chars_max = 128;
    std::array<char, oid_chars_max> text{};
    const int size = OBJ_obj2txt(text.data(), oid_chars_max, oid, 1);
    if (size <= 0 || size >= oid_chars_max) return {};
    return {text.data(), static_cast<std::size_t>(size)};
}

OwnedCertificate start_certificate(const CertificateRequest& request, const PublicKey& key) {
    OwnedCertificate certificate(check(X509_new(), "make a certificate"));
    check(X509_set_version(certificate.get(), X509_VERSION_3), "make a certificate");
    set_serial(certificate.get());
    set_times(certificate.get(), request);
    const auto name = make_name(request);
    check(X509_set_subject_name(certificate.get(), name.get()), "set a name");
    check(X509_set_pubkey(certificate.get(), key.handle()), "set a key");
    return certificate;
}

Certificate finish(X509* certificate, const PrivateKey& issuer_key) {
    const int size = X509_sign(certificate, issuer_key.handle(), digest_for(issuer_key.type()));
    if (size <= 0) fail("sign a certificate");
    auto parsed = Certificate::from_der(encode(certificate));
    if (!parsed) throw Failure(std::string("our own certificate: ") + parsed.error().why);
    return std::move(*parsed);
}

}  // namespace

Parsed<UnixTime> read_time(const ASN1_TIME* time) {
    const OwnedTime epoch(check(ASN1_TIME_set(nullptr, 0), "make a time"));
    int days = 0;
    int seconds = 0;
    if (ASN1_TIME_diff(&days, &seconds, epoch.get(), time) != 1) return refuse("no proper time");
    return days * seconds_a_day + seconds;
}

OwnedTime make_time(UnixTime time) {
    return OwnedTime(check(ASN1_TIME_set(nullptr, time), "make a time"));
}

Parsed<Serial> read_serial(const ASN1_INTEGER* number) {
    const OwnedNumber value(ASN1_INTEGER_to_BN(number, nullptr));
    Serial out{};
    if (!value || BN_is_negative(value.get()) != 0 ||
        BN_num_bytes(value.get()) > static_cast<int>(out.size())) {
        return refuse("a serial number is negative or too long");
    }
    write_number(value.get(), out);
    return out;
}

OwnedInteger make_integer(const Serial& number) {
    const OwnedNumber value(
        check(BN_bin2bn(number.data(), int_size(number.size()), nullptr), "make a number"));
    return OwnedInteger(check(BN_to_ASN1_INTEGER(value.get(), nullptr), "make a number"));
}

bool is_accepted_signature(int signature_nid) {
    if (signature_nid == NID_ED25519) return true;
    int digest = NID_undef;
    int key = NID_undef;
    if (OBJ_find_sigid_algs(signature_nid, &digest, &key) != 1) return false;
    return (key == NID_rsaEncryption || key == NID_X9_62_id_ecPublicKey) &&
           (digest == NID_sha256 || digest == NID_sha384 || digest == NID_sha512);
}

OwnedCertificate handle_of(const Certificate& certificate) {
    const auto* start = certificate.der().data();
    return OwnedCertificate(
        check(d2i_X509(nullptr, &start, static_cast<long>(certificate.der().size())),
              "read a certificate again"));
}

OwnedKeyIdentifier key_identifier_of(X509* issuer) {
    const auto* named = X509_get0_subject_key_id(issuer);
    return make_authority_key_identifier(
        named == nullptr ? make_key_identifier(issuer)
                         : OwnedOctets(check(ASN1_OCTET_STRING_dup(named), "make an extension")));
}

Certificate::Certificate(std::shared_ptr<X509> handle, Bytes der, Hash thumbprint, PublicKey key,
                         Serial serial, UnixTime not_before, UnixTime not_after)
    : handle_(std::move(handle)),
      der_(std::move(der)),
      thumbprint_(thumbprint),
      key_(std::move(key)),
      serial_(serial),
      not_before_(not_before),
      not_after_(not_after) {}

Parsed<Certificate> Certificate::from_der(ByteView der) {
    if (der.size() > der_bytes_max) return bad("a certificate is too large");
    const auto* start = der.data();
    OwnedCertificate handle(d2i_X509(nullptr, &start, static_cast<long>(der.size())));
    if (!handle) return refuse("not a certificate");
    // The decoder lets longer lengths and text after the end pass; one certificate has one DER, or
    // it would have several thumbprints.
    if (!std::ranges::equal(encode(handle.get()), der)) return bad("not canonical DER");
    // Reads the extensions; with this purpose it can only say that they are malformed.
    static_cast<void>(X509_check_purpose(handle.get(), -1, 0));
    const std::uint32_t flags = X509_get_extension_flags(handle.get());
    if ((flags & EXFLAG_INVALID) != 0) return refuse("a certificate has a malformed extension");
    // RFC 5280 section 4.2: an unknown critical extension refuses the certificate.
    if ((flags & EXFLAG_CRITICAL) != 0) {
        return refuse("a certificate has a critical extension that we do not know");
    }
    auto key = PublicKey::adopt(X509_get_pubkey(handle.get()));
    if (!key) return std::unexpected(key.error());
    const auto from = read_time(X509_get0_notBefore(handle.get()));
    if (!from) return std::unexpected(from.error());
    const auto to = read_time(X509_get0_notAfter(handle.get()));
    if (!to) return std::unexpected(to.error());
    if (*from > *to) return bad("a certificate ends before it starts");
    const auto serial = read_serial(X509_get0_serialNumber(handle.get()));
    if (!serial) return std::unexpected(serial.error());
    return Certificate(std::move(handle), to_bytes(der), sha256(der), std::move(*key), *serial,
                       *from, *to);
}

Parsed<Certificate> Certificate::from_pem(ByteView pem) {
    const auto der = read_pem(pem, "CERTIFICATE", pem_bytes_max);
    if (!der) return std::unexpected(der.error());
    return from_der(der->view());
}

Bytes Certificate::pem() const {
    const OwnedBio bio(check(BIO_new(BIO_s_mem()), "open memory"));
    check(PEM_write_bio_X509(bio.get(), handle_.get()), "write a certificate");
    return to_bytes(written(bio.get()));
}

std::string Certificate::subject() const {
    const OwnedBio bio(check(BIO_new(BIO_s_mem()), "open memory"));
    // UTF-8 as it is; control characters stay escaped, so that it is one line.
    constexpr unsigned long form =
        XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
    if (X509_NAME_print_ex(bio.get(), X509_get_subject_name(handle_.get()), 0, form) < 0) {
        fail("write a name");
    }
    return to_text(written(bio.get()));
}

bool Certificate::is_for_signing() const {
    return (X509_get_extension_flags(handle_.get()) & EXFLAG_KUSAGE) != 0 &&
           (X509_get_key_usage(handle_.get()) & KU_NON_REPUDIATION) != 0;
}

bool Certificate::issued_by(const Certificate& issuer) const {
    X509* const own = handle_.get();
    X509* const above = issuer.handle_.get();
    const bool good = is_authority(above) && X509_check_ca(own) == 0 &&
                      has_accepted_signature(own) && X509_check_issued(above, own) == X509_V_OK &&
                      X509_verify(own, issuer.key_.handle()) == 1;
    if (!good) forget_errors();
    return good;
}

Certificate self_signed(const CertificateRequest& request, const PrivateKey& key) {
    const auto certificate = start_certificate(request, key.public_key());
    check(X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get())),
          "set a name");
    add_extensions(certificate.get(), request);
    add_authority_key_identifier(
        certificate.get(), make_authority_key_identifier(make_key_identifier(certificate.get())));
    return finish(certificate.get(), key);
}

Certificate issue(const CertificateRequest& request, const PublicKey& subject_key,
                  const Certificate& issuer, const PrivateKey& issuer_key) {
    return issue_with_names(request, {}, subject_key, issuer, issuer_key);
}

Certificate issue_with_names(const CertificateRequest& request, const std::vector<OtherName>& names,
                             const PublicKey& subject_key, const Certificate& issuer,
                             const PrivateKey& issuer_key) {
    if (request.use == CertificateUse::authority) {
        throw Failure("an authority's certificate is self-signed: its path length is 0");
    }
    if (issuer.public_key().spki() != issuer_key.public_key().spki()) {
        throw Failure("the issuer's key does not belong to its certificate");
    }
    const auto above = handle_of(issuer);
    if (!is_authority(above.get())) throw Failure("the issuer is not an authority");
    const auto certificate = start_certificate(request, subject_key);
    check(X509_set_issuer_name(certificate.get(), X509_get_subject_name(above.get())),
          "set a name");
    add_extensions(certificate.get(), request);
    add_other_names(certificate.get(), names);
    add_authority_key_identifier(certificate.get(), key_identifier_of(above.get()));
    return finish(certificate.get(), issuer_key);
}

Parsed<std::map<std::string, std::string>> read_other_names(const Certificate& certificate) {
    const auto handle = handle_of(certificate);
    int critical = 0;
    const Owned<GENERAL_NAMES, free_names> names(static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(handle.get(), NID_subject_alt_name, &critical, nullptr)));
    std::map<std::string, std::string> out;
    if (!names) {
        forget_errors();
        if (critical != -1) return bad("the names of a certificate cannot be read");
        return out;
    }
    for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const auto* name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type != GEN_OTHERNAME) continue;
        const auto* value = name->d.otherName->value;
        if (value->type != V_ASN1_UTF8STRING) return bad("a name of a certificate is no text");
        const auto* text = value->value.utf8string;
        const ByteView bytes(ASN1_STRING_get0_data(text),
                             static_cast<std::size_t>(ASN1_STRING_length(text)));
        const auto oid = text_of(name->d.otherName->type_id);
        if (oid.empty()) return bad("a name of a certificate is of no kind");
        if (!out.emplace(oid, to_text(bytes)).second) return bad("a name stands there twice");
    }
    return out;
}

}  // namespace mado::crypto
