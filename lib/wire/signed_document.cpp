#include "wire/signed_document.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "base/json.hpp"
#include "crypto/digest.hpp"
#include "crypto/jwe.hpp"
#include "wire/head.hpp"

namespace mado::wire {
namespace {

Hash hash_of(std::string_view text) {
    return crypto::sha256(as_bytes(text));
}

bool is_of_signatures(const ServiceId& service) {
    return service.text() == signature_service || service.text() == decision_service;
}

Parsed<SignedMandate> check_document(const SignedDocument& what) {
    auto mandate = parse_mandate(what.mandate);
    if (!mandate) return mandate;
    if (mandate->mandate.kind != MandateKind::application ||
        mandate->mandate.payload_hashes != std::vector{hash_of(what.payload)}) {
        return bad("the card has signed something else: its mandate does not name this payload");
    }
    const auto opened = crypto::open_jwe(what.payload, what.key);
    if (!opened) return bad("the key does not open the payload that the card has signed for");
    if (as_text(*opened) != what.document) {
        return bad("the document is another one than the payload that the card has signed for");
    }
    return mandate;
}

Parsed<crypto::Certificate> check_signature(const SignedDocument& what,
                                            const SignedMandate& mandate) {
    const auto der = parse_base64url(what.certificate);
    if (!der) return std::unexpected(der.error());
    auto certificate = crypto::Certificate::from_der(*der);
    if (!certificate) return certificate;
    if (mandate.jws.certificate != certificate->thumbprint()) {
        return bad("the mandate names another certificate");
    }
    if (!crypto::verify_jws(mandate.jws, certificate->public_key())) {
        return bad("the signature of the mandate is not by the key of the certificate");
    }
    return certificate;
}

Parsed<void> check_certificate(const crypto::Certificate& certificate, const Mandate& mandate,
                               const Directory& directory) {
    if (!is_by_one_of(directory.card_authorities, certificate)) {
        return bad("no card authority of the directory has issued the certificate");
    }
    if (!certificate.is_for_signing()) return bad("the certificate is not one to sign with");
    if (mandate.issued_at < certificate.not_before() ||
        mandate.issued_at >= certificate.not_after()) {
        return bad("the certificate did not count yet, or no more, when the card signed");
    }
    return {};
}

Parsed<Answer> check_answer(const SignedDocument& what, const Mandate& mandate,
                            const Directory& directory, UnixTime now) {
    const auto head = parse_head(what.head);
    if (!head) return std::unexpected(head.error());
    if (!head_is_signed(*head, directory)) {
        return bad("what the relay was asked is not signed by a key of the directory");
    }
    const auto& asked = head->head;
    const auto& relay = directory.relay();
    if (asked.issuer != mandate.organisation || mandate.audience != relay.id ||
        asked.audience != relay.id || asked.to.holder != relay.id ||
        !is_of_signatures(asked.service) || !mandate.covers(asked.service) ||
        asked.payload_hash != hash_of(what.payload)) {
        return bad("the relay was asked something else than about this signature");
    }
    auto answer = verify_answer(
        what.answer,
        {.from = relay, .order = hash_of(what.head), .service = asked.service, .now = now},
        asked.seal_to.thumbprint());
    if (!answer) return answer;
    if (answer->issued_at < mandate.issued_at - clock_skew_s ||
        answer->issued_at >= mandate.expires) {
        return bad("the relay has answered at another time than that of the signature");
    }
    const auto* judged = answer->data->if_contains("mandate");
    if (judged == nullptr || *judged != json::value(base64url(hash_of(what.mandate)))) {
        return bad("the relay has judged another mandate");
    }
    return answer;
}

}  // namespace

std::string to_json(const SignedDocument& what) {
    return json::serialize(json::object{{"document", what.document},
                                        {"mandate", what.mandate},
                                        {"payload", what.payload},
                                        {"key", base64url(what.key)},
                                        {"certificate", what.certificate},
                                        {"head", what.head},
                                        {"answer", what.answer}});
}

Parsed<SignedDocument> parse_signed_document(std::string_view text) {
    const auto object = parse_json_object(text, {.text_bytes_max = signed_document_bytes_max});
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    SignedDocument out{.document = in.text("document", signed_document_bytes_max),
                       .mandate = in.text("mandate", mandate_bytes_max),
                       .payload = in.text("payload", signed_document_bytes_max),
                       .key = in.hash("key"),
                       .certificate = in.text("certificate", signed_document_bytes_max),
                       .head = in.text("head", head_bytes_max),
                       .answer = in.text("answer", signed_document_bytes_max)};
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

std::expected<Proven, NotProven> prove(const SignedDocument& what, const Directory& directory,
                                       UnixTime now) {
    const auto not_proven = [](ProofStep step, const Bad& bad) {
        return std::unexpected(NotProven{.step = step, .why = bad.why});
    };
    auto mandate = check_document(what);
    if (!mandate) return not_proven(ProofStep::document, mandate.error());
    auto certificate = check_signature(what, *mandate);
    if (!certificate) return not_proven(ProofStep::signature, certificate.error());
    const auto counts = check_certificate(*certificate, mandate->mandate, directory);
    if (!counts) return not_proven(ProofStep::certificate, counts.error());
    auto answer = check_answer(what, mandate->mandate, directory, now);
    if (!answer) return not_proven(ProofStep::answer, answer.error());
    return Proven{.mandate = std::move(*mandate),
                  .certificate = std::move(*certificate),
                  .answer = std::move(*answer)};
}

bool is_by_one_of(const std::vector<crypto::Certificate>& authorities,
                  const crypto::Certificate& certificate) {
    return std::ranges::any_of(authorities, [&certificate](const auto& authority) {
        return certificate.issued_by(authority);
    });
}

}  // namespace mado::wire
