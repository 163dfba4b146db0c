#include "crypto/ocsp.hpp"

#include "ca/routes.hpp"
#include "crypto/der.hpp"
#include "fuzz.hpp"
#include "relay/test_country.hpp"

namespace mado::fuzz {
namespace {

// The request that asks the same, with no more in it than we read.
Bytes again(const crypto::OcspRequest& request) {
    namespace der = crypto::der;
    Bytes questions;
    for (const auto& question : request.questions)
        append(questions, der::sequence({question.id}));
    Bytes extensions;
    if (request.nonce) {
        const auto nonce = der::sequence(
            {der::oid("1.3.6.1.5.5.7.48.1.2"), der::octets(der::octets(*request.nonce))});
        extensions = der::tagged(2, der::sequence({nonce}));
    }
    return der::sequence({der::sequence({der::sequence({questions}), extensions})});
}

}  // namespace

// What stands in a POST, and what stands in the path of a GET.
bool ocsp(ByteView in) {
    const bool path = ca::read_ocsp_path(as_text(in)).has_value();
    const auto read = crypto::read_ocsp_request(in);
    if (!read) return path;
    static const crypto::OcspIssuer issuer(country().card_authority);
    for (const auto& question : read->questions) {
        require(question.issuer_name.size() == question.issuer_key.size(), "of one digest");
        static_cast<void>(issuer.is_of(question));
    }
    const auto same = crypto::read_ocsp_request(again(*read));
    require(same.has_value(), "what was read can be asked again");
    require(same->nonce == read->nonce && same->questions.size() == read->questions.size(),
            "and is the same");
    for (std::size_t i = 0; i < read->questions.size(); ++i) {
        require(same->questions[i].id == read->questions[i].id &&
                    same->questions[i].serial == read->questions[i].serial,
                "certificate by certificate");
    }
    return true;
}

}  // namespace mado::fuzz
