#include "test_lint.hpp"

#include <openssl/x509v3.h>

#include <algorithm>
#include <map>
#include <set>

#include "crypto/openssl.hpp"

namespace mado::ca {

using mado::to_text;  // of bytes and days; ours of statuses would hide them
namespace {

using crypto::Owned;
using OwnedX509 = Owned<X509, X509_free>;
using OwnedCrl = Owned<X509_CRL, X509_CRL_free>;

std::string oid_text(const ASN1_OBJECT* object) {
    std::array<char, 128> out{};
    OBJ_obj2txt(out.data(), out.size(), object, 1);
    return out.data();
}

Bytes bytes_of(const ASN1_STRING* string) {
    const auto* start = ASN1_STRING_get0_data(string);
    return {start, start + ASN1_STRING_length(string)};
}

// What every rule is asked.
struct Case {
    Profile profile;
    X509* certificate;
    X509* authority;
    std::vector<std::string>& broken;
    std::map<std::string, bool> extensions = {};  // object identifier, critical

    void demand(bool holds, const std::string& rule) {
        if (!holds) broken.push_back(rule);
    }
    [[nodiscard]] bool is_person() const {
        return profile == Profile::authentication || profile == Profile::signing;
    }
};

// RFC 5280 sections 4.1.2.1, 4.1.2.2 and 4.1.2.5, 4.1.1.2.
void lint_fields(Case& c) {
    auto* const x = c.certificate;
    c.demand(X509_get_version(x) == X509_VERSION_3, "version 3");
    const auto serial = bytes_of(X509_get0_serialNumber(x));
    c.demand(serial.size() == 20 && serial[0] < 0x80 && serial[0] != 0, "serial of 20 bytes");
    const X509_ALGOR* outer = nullptr;
    X509_get0_signature(nullptr, &outer, x);
    c.demand(X509_ALGOR_cmp(outer, X509_get0_tbs_sigalg(x)) == 0, "one signature algorithm");
    for (const auto* time : {X509_get0_notBefore(x), X509_get0_notAfter(x)}) {
        const auto text = to_text(bytes_of(time));
        const bool utc = ASN1_STRING_type(time) == V_ASN1_UTCTIME;
        c.demand(text.ends_with('Z') && text.size() == (utc ? 13U : 15U), "times with seconds, Z");
        c.demand(utc || text.substr(0, 4) >= "2050", "UTCTime until 2049");
    }
    int days = 0;
    int seconds = 0;
    ASN1_TIME_diff(&days, &seconds, X509_get0_notBefore(x), X509_get0_notAfter(x));
    const int most = c.profile == Profile::authority   ? 3'650
                     : c.profile == Profile::responder ? 7
                                                       : 1'827;
    const bool is_forward = days >= 0 && seconds >= 0 && days + seconds > 0;
    c.demand(is_forward && (days < most || (days == most && seconds == 0)), "validity as promised");
    c.demand(ASN1_TIME_compare(X509_get0_notAfter(x), X509_get0_notAfter(c.authority)) <= 0,
             "not longer than its authority");
}

// Sections 4.1.2.4 and 4.1.2.6.
void lint_names(Case& c) {
    const auto* subject = X509_get_subject_name(c.certificate);
    c.demand(
        X509_NAME_cmp(X509_get_issuer_name(c.certificate), X509_get_subject_name(c.authority)) == 0,
        "the issuer is the authority's subject");
    c.demand(X509_NAME_entry_count(subject) > 0, "a subject");
    std::set<int> seen;
    for (int i = 0; i < X509_NAME_entry_count(subject); ++i) {
        const auto* entry = X509_NAME_get_entry(subject, i);
        const int nid = OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry));
        const auto* value = X509_NAME_ENTRY_get_data(entry);
        c.demand(seen.insert(nid).second, "an attribute of the name once");
        c.demand(ASN1_STRING_type(value) ==
                     (nid == NID_countryName ? V_ASN1_PRINTABLESTRING : V_ASN1_UTF8STRING),
                 "UTF8String, and PrintableString for the country");
        c.demand(ASN1_STRING_length(value) <= (nid == NID_countryName ? 2 : 64 * 4),
                 "bounds of a name");
        const auto text = to_text(bytes_of(value));
        if (nid == NID_commonName && c.is_person())
            c.demand(text.size() == 32 && parse_hex(text).has_value(), "a name that says nothing");
    }
    if (c.is_person())
        c.demand(seen == std::set{NID_countryName, NID_commonName}, "country and a random name");
}

void list_extensions(Case& c) {
    for (int i = 0; i < X509_get_ext_count(c.certificate); ++i) {
        auto* const extension = X509_get_ext(c.certificate, i);
        const bool once = c.extensions
                              .emplace(oid_text(X509_EXTENSION_get_object(extension)),
                                       X509_EXTENSION_get_critical(extension) != 0)
                              .second;
        c.demand(once, "an extension once (section 4.2)");
    }
}

// Which extensions each has, and which of them are critical.
void lint_extension_set(Case& c) {
    std::map<std::string, bool> expected{
        {"2.5.29.19", true}, {"2.5.29.15", true}, {"2.5.29.14", false}, {"2.5.29.35", false}};
    if (c.is_person()) {
        expected.insert({{"2.5.29.32", true}, {"2.5.29.31", false}, {"1.3.6.1.5.5.7.1.1", false}});
    }
    if (c.profile == Profile::signing) expected.emplace("2.5.29.17", false);
    if (c.profile == Profile::authentication || c.profile == Profile::responder)
        expected.emplace("2.5.29.37", false);
    if (c.profile == Profile::responder) expected.emplace("1.3.6.1.5.5.7.48.1.5", false);
    c.demand(c.extensions == expected, "the extensions of its profile, critical as they must be");
}

void lint_uses(Case& c) {
    auto* const x = c.certificate;
    const auto usage = X509_get_key_usage(x);
    const auto purposes = X509_get_extended_key_usage(x);
    switch (c.profile) {
        case Profile::authority:
            c.demand(usage == (KU_KEY_CERT_SIGN | KU_CRL_SIGN), "keyUsage of an authority");
            c.demand(X509_check_ca(x) == 1 && X509_get_pathlen(x) == 0, "an authority, length 0");
            break;
        case Profile::authentication:
            c.demand(usage == KU_DIGITAL_SIGNATURE, "keyUsage digitalSignature alone");
            c.demand(purposes == XKU_SSL_CLIENT, "clientAuth alone");
            break;
        case Profile::signing:
            c.demand(usage == (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION),
                     "keyUsage digitalSignature and nonRepudiation");
            break;
        case Profile::responder:
            c.demand(usage == KU_DIGITAL_SIGNATURE, "keyUsage digitalSignature alone");
            c.demand(purposes == XKU_OCSP_SIGN, "OCSPSigning alone");
            break;
    }
    // X509_check_ca would take cA without keyCertSign for none.
    if (c.profile != Profile::authority)
        c.demand((X509_get_extension_flags(x) & EXFLAG_CA) == 0, "no authority");
}

// Sections 4.2.1.1 and 4.2.1.2.
void lint_identifiers(Case& c) {
    const auto* own = X509_get0_subject_key_id(c.certificate);
    const auto* above = X509_get0_authority_key_id(c.certificate);
    const auto* authoritys = X509_get0_subject_key_id(c.authority);
    c.demand(own != nullptr && bytes_of(own).size() == 20, "a subject key identifier");
    c.demand(
        above != nullptr && authoritys != nullptr && ASN1_OCTET_STRING_cmp(above, authoritys) == 0,
        "the authority's key identifier is its subject key identifier");
}

// Sections 4.2.1.13 and 4.2.2.1: what a verifier can fetch without a secret channel.
void lint_addresses(Case& c) {
    const auto free_points = [](CRL_DIST_POINTS* points) { CRL_DIST_POINTS_free(points); };
    const std::unique_ptr<CRL_DIST_POINTS, decltype(free_points)> points(
        static_cast<CRL_DIST_POINTS*>(
            X509_get_ext_d2i(c.certificate, NID_crl_distribution_points, nullptr, nullptr)),
        free_points);
    c.demand(points && sk_DIST_POINT_num(points.get()) == 1, "one distribution point");
    if (points && sk_DIST_POINT_num(points.get()) == 1) {
        const auto* point = sk_DIST_POINT_value(points.get(), 0);
        const auto* name = sk_GENERAL_NAME_value(point->distpoint->name.fullname, 0);
        c.demand(point->reasons == nullptr && point->CRLissuer == nullptr, "all reasons, own list");
        c.demand(name->type == GEN_URI &&
                     to_text(bytes_of(name->d.uniformResourceIdentifier)).starts_with("http://"),
                 "the list's address is http");
    }
    const auto free_access = [](AUTHORITY_INFO_ACCESS* a) { AUTHORITY_INFO_ACCESS_free(a); };
    const std::unique_ptr<AUTHORITY_INFO_ACCESS, decltype(free_access)> access(
        static_cast<AUTHORITY_INFO_ACCESS*>(
            X509_get_ext_d2i(c.certificate, NID_info_access, nullptr, nullptr)),
        free_access);
    std::set<int> methods;
    for (int i = 0; access && i < sk_ACCESS_DESCRIPTION_num(access.get()); ++i) {
        const auto* one = sk_ACCESS_DESCRIPTION_value(access.get(), i);
        methods.insert(OBJ_obj2nid(one->method));
        c.demand(one->location->type == GEN_URI, "addresses are URIs");
    }
    c.demand(methods == std::set{NID_ad_OCSP, NID_ad_ca_issuers}, "OCSP and the authority's");
}

// One policy, of the certificate's use; which ends the object identifier.
void lint_policy(Case& c) {
    const Owned<CERTIFICATEPOLICIES, CERTIFICATEPOLICIES_free> policies(
        static_cast<CERTIFICATEPOLICIES*>(
            X509_get_ext_d2i(c.certificate, NID_certificate_policies, nullptr, nullptr)));
    const bool one = policies && sk_POLICYINFO_num(policies.get()) == 1;
    const auto* ending = c.profile == Profile::signing ? ".1.2" : ".1.1";
    c.demand(one && oid_text(sk_POLICYINFO_value(policies.get(), 0)->policyid).ends_with(ending),
             "the policy of its use");
}

// An otherName of UTF-8: its object identifier and its text; of anything else nothing.
std::pair<std::string, std::string> other_text(const GENERAL_NAME* name) {
    if (name->type != GEN_OTHERNAME || name->d.otherName->value->type != V_ASN1_UTF8STRING)
        return {};
    return {oid_text(name->d.otherName->type_id),
            to_text(bytes_of(name->d.otherName->value->value.utf8string))};
}

bool is_attribute(const std::string& below, const std::string& text) {
    if (below == ".2.3") return std::set<std::string>{"male", "female", "unknown"}.contains(text);
    if (below == ".2.4") return parse_date(text).has_value();
    return !text.empty();
}

// In JPKI's order; only the reading may be missing.
void lint_attributes(Case& c) {
    const auto free_names = [](GENERAL_NAMES* names) { GENERAL_NAMES_free(names); };
    const std::unique_ptr<GENERAL_NAMES, decltype(free_names)> names(
        static_cast<GENERAL_NAMES*>(
            X509_get_ext_d2i(c.certificate, NID_subject_alt_name, nullptr, nullptr)),
        free_names);
    std::vector<std::string> seen;
    bool in_form = names != nullptr;
    for (int i = 0; in_form && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const auto [oid, text] = other_text(sk_GENERAL_NAME_value(names.get(), i));
        seen.push_back(oid.size() < 4 ? "" : oid.substr(oid.size() - 4));
        in_form = is_attribute(seen.back(), text);
    }
    if (seen.size() == 5 && seen[1] == ".2.2") seen.erase(seen.begin() + 1);
    c.demand(in_form && seen == std::vector<std::string>{".2.1", ".2.3", ".2.4", ".2.5"},
             "the four attributes, in their order and form");
}

bool is_canonical(X509* x, ByteView der) {
    unsigned char* start = nullptr;
    const int size = i2d_X509(x, &start);
    const bool same =
        size > 0 && std::ranges::equal(ByteView(start, static_cast<std::size_t>(size)), der);
    OPENSSL_free(start);
    return same;
}

OwnedX509 read(ByteView der) {
    const auto* start = der.data();
    return OwnedX509(d2i_X509(nullptr, &start, static_cast<long>(der.size())));
}

// RFC 5280 sections 5.2.1 and 5.2.3: what stands in them.
void lint_list_extensions(X509_CRL* list, X509* authority, std::vector<std::string>& broken) {
    const Owned<ASN1_INTEGER, ASN1_INTEGER_free> number(
        static_cast<ASN1_INTEGER*>(X509_CRL_get_ext_d2i(list, NID_crl_number, nullptr, nullptr)));
    if (!number || ASN1_STRING_type(number.get()) == V_ASN1_NEG_INTEGER ||
        bytes_of(number.get()).size() > 20)
        broken.emplace_back("a number of 1 to 20 bytes that is not negative");
    const Owned<AUTHORITY_KEYID, AUTHORITY_KEYID_free> above(static_cast<AUTHORITY_KEYID*>(
        X509_CRL_get_ext_d2i(list, NID_authority_key_identifier, nullptr, nullptr)));
    const auto* own = X509_get0_subject_key_id(authority);
    if (!above || above->keyid == nullptr || own == nullptr ||
        ASN1_OCTET_STRING_cmp(above->keyid, own) != 0)
        broken.emplace_back("the authority's key identifier");
}

}  // namespace

std::vector<std::string> lint(Profile profile, ByteView der, const crypto::Certificate& authority) {
    std::vector<std::string> broken;
    const auto x = read(der);
    const auto above = read(authority.der());
    if (!x) return {"a certificate"};
    Case c{.profile = profile, .certificate = x.get(), .authority = above.get(), .broken = broken};
    c.demand(is_canonical(x.get(), der), "DER, in its one form");
    X509_check_purpose(x.get(), -1, 0);
    X509_check_purpose(above.get(), -1, 0);
    c.demand((X509_get_extension_flags(x.get()) & (EXFLAG_INVALID | EXFLAG_CRITICAL)) == 0,
             "no malformed and no unknown critical extension");
    c.demand(X509_verify(x.get(), authority.public_key().handle()) == 1,
             "the authority's signature");
    list_extensions(c);
    lint_fields(c);
    lint_names(c);
    lint_extension_set(c);
    lint_uses(c);
    lint_identifiers(c);
    if (c.is_person()) {
        lint_addresses(c);
        lint_policy(c);
    }
    if (c.profile == Profile::signing) lint_attributes(c);
    return broken;
}

std::vector<std::string> lint_list(ByteView der, const crypto::Certificate& authority) {
    std::vector<std::string> broken;
    const auto demand = [&broken](bool holds, const char* rule) {
        if (!holds) broken.emplace_back(rule);
    };
    const auto* start = der.data();
    const OwnedCrl list(d2i_X509_CRL(nullptr, &start, static_cast<long>(der.size())));
    if (!list) return {"a list"};
    const auto above = read(authority.der());
    demand(X509_CRL_get_version(list.get()) == X509_CRL_VERSION_2, "version 2");
    demand(X509_CRL_verify(list.get(), authority.public_key().handle()) == 1,
           "the authority's signature");
    demand(X509_NAME_cmp(X509_CRL_get_issuer(list.get()), X509_get_subject_name(above.get())) == 0,
           "the authority's name");
    const auto* next = X509_CRL_get0_nextUpdate(list.get());
    int days = 9;
    int seconds = 0;
    if (next != nullptr)
        ASN1_TIME_diff(&days, &seconds, X509_CRL_get0_lastUpdate(list.get()), next);
    demand((days == 0 && seconds > 0) || (days == 1 && seconds == 0),
           "the next one within 24 hours");
    std::map<int, int> extensions;
    for (int i = 0; i < X509_CRL_get_ext_count(list.get()); ++i) {
        auto* const one = X509_CRL_get_ext(list.get(), i);
        extensions.emplace(OBJ_obj2nid(X509_EXTENSION_get_object(one)),
                           X509_EXTENSION_get_critical(one));
    }
    demand(extensions == std::map<int, int>{{NID_authority_key_identifier, 0}, {NID_crl_number, 0}},
           "authorityKeyIdentifier and cRLNumber, not critical (sections 5.2.1, 5.2.3)");
    lint_list_extensions(list.get(), above.get(), broken);
    auto* const entries = X509_CRL_get_REVOKED(list.get());
    demand(entries == nullptr || sk_X509_REVOKED_num(entries) > 0, "no empty list of entries");
    std::set<Bytes> serials;
    for (int i = 0; i < sk_X509_REVOKED_num(entries); ++i) {
        auto* const entry = sk_X509_REVOKED_value(entries, i);
        demand(serials.insert(bytes_of(X509_REVOKED_get0_serialNumber(entry))).second,
               "a serial number once");
        int critical = -1;
        const Owned<ASN1_ENUMERATED, ASN1_ENUMERATED_free> reason(static_cast<ASN1_ENUMERATED*>(
            X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, &critical, nullptr)));
        demand(reason ? ASN1_ENUMERATED_get(reason.get()) > 0 && critical == 0
                      : X509_REVOKED_get_ext_count(entry) == 0,
               "a reason that is not unspecified (section 5.3.1)");
    }
    return broken;
}

std::string other_name(ByteView der, const std::string& oid) {
    const auto x = read(der);
    const auto free_names = [](GENERAL_NAMES* names) { GENERAL_NAMES_free(names); };
    const std::unique_ptr<GENERAL_NAMES, decltype(free_names)> names(
        static_cast<GENERAL_NAMES*>(
            X509_get_ext_d2i(x.get(), NID_subject_alt_name, nullptr, nullptr)),
        free_names);
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        ASN1_OBJECT* object = nullptr;
        ASN1_TYPE* value = nullptr;
        if (GENERAL_NAME_get0_otherName(sk_GENERAL_NAME_value(names.get(), i), &object, &value) ==
                1 &&
            oid_text(object) == oid && value->type == V_ASN1_UTF8STRING) {
            return to_text(bytes_of(value->value.utf8string));
        }
    }
    return "";
}

}  // namespace mado::ca
