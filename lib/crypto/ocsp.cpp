#include "crypto/ocsp.hpp"

#include <openssl/ocsp.h>

#include <algorithm>

#include "crypto/der.hpp"
#include "crypto/digest.hpp"
#include "crypto/signing.hpp"
#include "crypto/x509_internal.hpp"

namespace mado::crypto {
namespace {

using OwnedRequest = Owned<OCSP_REQUEST, OCSP_REQUEST_free>;

constexpr std::string_view basic_oid = "1.3.6.1.5.5.7.48.1.1";
constexpr std::string_view nonce_oid = "1.3.6.1.5.5.7.48.1.2";

ByteView view_of(const ASN1_STRING* string) {
    return {ASN1_STRING_get0_data(string), static_cast<std::size_t>(ASN1_STRING_length(string))};
}

template <class T, auto encode>
Bytes encoded(T* object) {
    unsigned char* start = nullptr;
    const int size = encode(object, &start);
    if (size <= 0) fail("encode a part of an OCSP request");
    Bytes out(start, start + size);
    OPENSSL_free(start);
    return out;
}

bool is_known_digest(int nid) {
    return nid == NID_sha1 || nid == NID_sha256;
}

// The hashes' lengths tell which digest they are of.
std::size_t digest_bytes(int nid) {
    return nid == NID_sha1 ? 20 : 32;
}

Parsed<OcspQuestion> read_question(OCSP_ONEREQ* one) {
    // RFC 6960 section 4.4: one that is critical and not known must not be passed over.
    for (int i = 0; i < OCSP_ONEREQ_get_ext_count(one); ++i) {
        if (X509_EXTENSION_get_critical(OCSP_ONEREQ_get_ext(one, i)) != 0) {
            return bad("a question has a critical extension");
        }
    }
    auto* const id = OCSP_onereq_get0_id(one);
    ASN1_OCTET_STRING* name = nullptr;
    ASN1_OCTET_STRING* key = nullptr;
    ASN1_OBJECT* digest = nullptr;
    ASN1_INTEGER* number = nullptr;
    check(OCSP_id_get0_info(&name, &digest, &key, &number, id), "read an OCSP question");
    OcspQuestion out{.id = encoded<OCSP_CERTID, i2d_OCSP_CERTID>(id),
                     .serial = {},
                     .issuer_name = {},
                     .issuer_key = {}};
    if (const auto serial = read_serial(number)) out.serial = *serial;
    const int nid = OBJ_obj2nid(digest);
    const bool is_of_it = is_known_digest(nid) && view_of(name).size() == digest_bytes(nid) &&
                          view_of(key).size() == digest_bytes(nid);
    if (!is_of_it) return out;
    out.issuer_name = to_bytes(view_of(name));
    out.issuer_key = to_bytes(view_of(key));
    return out;
}

// The extension's value: an OCTET STRING (RFC 9654 section 2.1).
Parsed<std::optional<Bytes>> read_nonce(OCSP_REQUEST* request) {
    std::optional<Bytes> out;
    for (int i = 0; i < OCSP_REQUEST_get_ext_count(request); ++i) {
        auto* const extension = OCSP_REQUEST_get_ext(request, i);
        const int nid = OBJ_obj2nid(X509_EXTENSION_get_object(extension));
        if (nid != NID_id_pkix_OCSP_Nonce) {
            if (X509_EXTENSION_get_critical(extension) != 0)
                return bad("a request has a critical extension that we do not know");
            continue;
        }
        if (out) return bad("a request has two nonces");
        const auto value = view_of(X509_EXTENSION_get_data(extension));
        const auto* start = value.data();
        const OwnedOctets octets(
            d2i_ASN1_OCTET_STRING(nullptr, &start, static_cast<long>(value.size())));
        if (!octets || start != value.data() + value.size()) return refuse("a malformed nonce");
        const auto nonce = view_of(octets.get());
        if (nonce.empty() || nonce.size() > ocsp_nonce_bytes_max) {
            return bad("a nonce of no byte, or too many");
        }
        out = to_bytes(nonce);
    }
    return out;
}

Bytes hashed(const EVP_MD* digest, ByteView bytes) {
    Bytes out(EVP_MAX_MD_SIZE);
    unsigned int size = 0;
    check(EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, digest, nullptr), "hash");
    out.resize(size);
    return out;
}

Bytes status_der(const OcspStatus& status) {
    switch (status.kind) {
        case OcspStatus::Kind::good:
            return der::tagged_plain(0, {});
        case OcspStatus::Kind::revoked: {
            auto info = der::generalized_time(status.since);
            if (status.reason) {
                append(info,
                       der::tagged(0, der::enumerated(static_cast<std::uint8_t>(*status.reason))));
            }
            return der::tagged(1, info);
        }
        case OcspStatus::Kind::unknown:
            return der::tagged_plain(2, {});
    }
    throw Failure("a status without a form");
}

}  // namespace

Parsed<OcspRequest> read_ocsp_request(ByteView der) {
    if (der.size() > ocsp_request_bytes_max) return bad("an OCSP request is too large");
    const auto* start = der.data();
    const OwnedRequest request(d2i_OCSP_REQUEST(nullptr, &start, static_cast<long>(der.size())));
    if (!request || start != der.data() + der.size()) return refuse("not an OCSP request");
    const int count = OCSP_request_onereq_count(request.get());
    if (count < 1 || count > static_cast<int>(ocsp_questions_max)) {
        return bad("an OCSP request asks about none, or about too many");
    }
    OcspRequest out;
    for (int i = 0; i < count; ++i) {
        auto question = read_question(OCSP_request_onereq_get0(request.get(), i));
        if (!question) return refuse(question.error().why);
        out.questions.push_back(std::move(*question));
    }
    auto nonce = read_nonce(request.get());
    if (!nonce) return std::unexpected(nonce.error());
    out.nonce = std::move(*nonce);
    return out;
}

OcspIssuer::OcspIssuer(const Certificate& issuer) {
    const auto handle = handle_of(issuer);
    const auto name = subject_name(issuer);
    const auto key = view_of(check(X509_get0_pubkey_bitstr(handle.get()), "read a key"));
    for (const auto* digest : {EVP_sha1(), EVP_sha256()})
        names_.push_back({.name = hashed(digest, name), .key = hashed(digest, key)});
}

bool OcspIssuer::is_of(const OcspQuestion& question) const {
    return std::ranges::any_of(names_, [&question](const Names& names) {
        return names.name == question.issuer_name && names.key == question.issuer_key;
    });
}

Bytes ocsp_response_data(const Certificate& responder, std::span<const OcspAnswer> answers,
                         const OcspTimes& times, const std::optional<Bytes>& nonce) {
    Bytes all;
    for (const auto& answer : answers) {
        append(all, der::sequence({answer.id, status_der(answer.status),
                                   der::generalized_time(times.produced_at),
                                   der::tagged(0, der::generalized_time(times.next_update))}));
    }
    auto content = der::joined({der::tagged(1, subject_name(responder)),  // byName
                                der::generalized_time(times.produced_at), der::sequence({all})});
    if (nonce) {
        const auto extension =
            der::sequence({der::oid(nonce_oid), der::octets(der::octets(*nonce))});
        append(content, der::tagged(1, der::sequence({extension})));
    }
    return der::sequence({content});
}

Bytes ocsp_response(ByteView response_data, ByteView signature, const Certificate& responder) {
    const auto type = responder.public_key().type();
    const auto basic = der::sequence({response_data, signature_algorithm(type),
                                      der::bits(x509_signature(signature, type)),
                                      der::tagged(0, der::sequence({responder.der()}))});
    const auto bytes = der::sequence({der::oid(basic_oid), der::octets(basic)});
    return der::sequence({der::enumerated(0), der::tagged(0, bytes)});
}

Bytes ocsp_error(OcspError error) {
    return der::sequence({der::enumerated(static_cast<std::uint8_t>(error))});
}

}  // namespace mado::crypto
