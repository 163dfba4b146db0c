#include "client/client.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "crypto/digest.hpp"
#include "crypto/jwe.hpp"
#include "wire/services/catalogue.hpp"
#include "wire/subject.hpp"

namespace mado::client {
namespace {

constexpr http::Milliseconds connect_timeout{3'000};
constexpr http::Milliseconds answer_timeout{10'000};

std::unexpected<Problem> problem(wire::Code code, std::string_view detail = {}) {
    return std::unexpected(Problem{code, std::string(detail), {}, {}});
}
std::unexpected<Problem> found_here(wire::Code code, std::string_view detail) {
    return std::unexpected(Problem{code, std::string(detail), {}, {}, /*found_here=*/true});
}

// A reason is one of our own short texts; anything that could move a terminal's cursor is none.
std::string plain_words(std::string text) {
    const bool plain = std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
    return plain ? text : std::string();
}

// `to` as asked and the holder as answered fit together.
bool target_fits(const wire::Target& to, const wire::Participant& holder) {
    return to.holder ? *to.holder == holder.id : *to.kind == holder.kind;
}

// A card has signed the subject; it is not a number.
bool is_by_card(ByteView subject) {
    return as_text(subject).starts_with(R"({"mandate":)") ||
           as_text(subject).starts_with(R"({"application":)");
}

// The relay may have the request, or not: the connection ended before its reply came.
bool is_lost(http::NetError error) {
    return error == http::NetError::closed || error == http::NetError::timed_out;
}

}  // namespace

bool is_lie(const Problem& problem) {
    return problem.found_here && (problem.code == wire::Code::receipt_invalid ||
                                  problem.code == wire::Code::answer_invalid);
}

Problem read_problem(std::string_view body) {
    Problem out{wire::Code::answer_invalid, "no_problem_document", {}, {}};
    const auto object = parse_json_object(body);
    if (!object) return out;
    Members in(*object);
    const auto* error = wire::find_error(in.text("code", 64));
    if (error == nullptr) return out;
    out.code = error->code;
    out.request_id = in.optional_text("request_id", 64).value_or("");
    out.detail = plain_words(in.optional_text("reason", 64).value_or(""));
    return out;
}

Parsed<std::string> read_nonce(std::string_view body) {
    const auto object = parse_json_object(body);
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    auto nonce = in.text("nonce", 64);
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return nonce;
}

Identity load_identity(const std::string& id, const std::string& folder,
                       const std::string& tls_folder, const wire::Directory& directory) {
    auto parsed = wire::ParticipantId::parse(id);
    const auto* self = parsed ? directory.find(*parsed) : nullptr;
    if (self == nullptr) {
        throw OperatorError("not_in_directory: there is no organisation \"" + id +
                            "\" in the directory");
    }
    auto key = crypto::PrivateKey::load(folder + "/signing.key");
    auto kid = base64url(key.public_key().thumbprint());
    const auto& relay = directory.relay();
    auto tls = http::TlsContext::load_client(tls_folder, [&relay](const Hash& certificate) {
        return relay.has_certificate(certificate);
    });
    return {*parsed, std::move(kid), std::move(key), std::move(tls)};
}

Asker::Asker(const wire::Directory& directory, const Identity& identity)
    : directory_(directory), identity_(identity) {}

Task<Result<http::Response>> Asker::post(std::string path, std::string body, UnixTime until) {
    http::Request request;
    request.method = "POST";
    request.path = std::move(path);
    request.content_type = "application/json";
    request.body = std::move(body);
    for (bool again = false;; again = true) {
        if (!connection_ || !connection_->open()) {
            const auto& address = directory_.relay().addresses.front();
            auto made = co_await http::Connection::connect({address.host, address.port},
                                                           &identity_.tls, connect_timeout);
            if (!made) co_return problem(wire::Code::unavailable, http::to_text(made.error()));
            connection_ = std::move(*made);
        }
        auto response =
            co_await connection_->exchange(request, wire::reply_bytes_max, answer_timeout);
        if (response && (response->status == 200 || response->status == 204)) {
            co_return std::move(*response);
        }
        if (response) co_return std::unexpected(read_problem(response->body));
        connection_.reset();
        if (again || !is_lost(response.error()) || unix_now() >= until) {
            co_return problem(wire::Code::unavailable, http::to_text(response.error()));
        }
    }
}

Task<Result<std::string>> Asker::nonce() {
    auto response = co_await post("/v1/nonce", R"({"for":")" + identity_.id.text() + R"("})",
                                  unix_now() + wire::ask_lifetime_s);
    if (!response) co_return std::unexpected(response.error());
    auto nonce = read_nonce(response->body);
    if (!nonce) co_return problem(wire::Code::answer_invalid, "nonce");
    co_return std::move(*nonce);
}

Task<Result<void>> Asker::end_mandate(Hash mandate) {
    json::object body{{"for", identity_.id.text()}, {"mandate", base64url(mandate)}};
    const auto response =
        co_await post("/v1/mandates/end", json::serialize(body), unix_now() + wire::ask_lifetime_s);
    if (!response) co_return std::unexpected(response.error());
    co_return Result<void>{};
}

Asker::Signed Asker::sign(const Ask& question, const crypto::PublicKey& seal_to) const {
    const auto now = unix_now();
    const auto jti = base64url(crypto::random_bytes(16));
    std::optional<Hash> asking_operator;
    if (question.keep_operator) asking_operator = question.keep_operator(jti);
    std::optional<SealedRequest> sealed;
    if (question.obtain_sealing) sealed = question.obtain_sealing(question);
    wire::Head head{.issuer = identity_.id,
                    .audience = directory_.relay().id,
                    .jti = jti,
                    .issued_at = now,
                    .expires = now + wire::lifetime_s_max(question.service),
                    .to = question.to,
                    .service = question.service,
                    .purpose = question.purpose,
                    .seal_to = seal_to,
                    .parameters = question.parameters,
                    .payload_hash = question.payload.empty()
                                        ? std::nullopt
                                        : std::optional(crypto::sha256(as_bytes(question.payload))),
                    .person_operator = asking_operator,
                    .card_seen = question.card_seen,
                    .sealing = sealed ? sealed->sealing : std::string()};
    return {.request = {.head = wire::sign_head(head, identity_.kid, identity_.signing_key),
                        .subject = question.subject,
                        .payload = question.payload,
                        .sealing_salt = sealed ? std::optional(sealed->salt) : std::nullopt},
            .expires = head.expires};
}

Prepared Asker::prepare(const Ask& question) const {
    // One key for one answer: two answers cannot be joined by it, and a stolen one opens nothing.
    auto seal_to = crypto::PrivateKey::generate(crypto::KeyType::p256);
    const auto made = sign(question, seal_to.public_key());
    return {.body = wire::request_json(made.request),
            .seal_to = std::move(seal_to),
            .expires = made.expires,
            .values_max = question.values_max};
}

Task<Result<Answered>> Asker::send(Prepared request) {
    auto response = co_await post("/v1/requests", request.body, request.expires);
    if (!response) co_return std::unexpected(response.error());
    co_return check(request, response->body);
}

Task<Result<Answered>> Asker::ask(Ask question) {
    co_return co_await send(prepare(question));
}

Task<Result<Passed>> Asker::pass(Ask question, crypto::PublicKey seal_to) {
    auto made = sign(question, seal_to);
    auto response = co_await post("/v1/requests", wire::request_json(made.request), made.expires);
    if (!response) co_return std::unexpected(response.error());
    co_return Passed{std::move(made.request.head), std::move(response->body)};
}

Result<Answered> Asker::check(const Prepared& prepared, std::string_view body) const {
    const auto request = must(wire::parse_request(prepared.body), "a prepared request");
    const auto& signed_head = request.head;
    const auto head = must(wire::parse_head(signed_head), "a prepared request").head;
    const auto& seal_to = prepared.seal_to;
    auto reply = wire::parse_reply(body);
    if (!reply) return found_here(wire::Code::answer_invalid, "form");
    const auto now = unix_now();

    // A question to the relay itself: no order, no entry; bound to the head. (What it is told is an
    // order like any other.)
    const bool to_relay = head.to.holder && *head.to.holder == directory_.relay().id;
    if (to_relay && wire::act_of(head.service) == wire::Act::ask) {
        auto answer = wire::open_answer(reply->answer, seal_to,
                                        {.from = directory_.relay(),
                                         .order = crypto::sha256(as_bytes(signed_head)),
                                         .service = head.service,
                                         .now = now,
                                         .values_max = prepared.values_max});
        if (!answer) return found_here(wire::Code::answer_invalid, answer.error().why);
        return Answered{std::move(*answer), {}, {}, {}};
    }

    if (!reply->receipt || !reply->subject_salt) {
        return found_here(wire::Code::answer_invalid, "no receipt");
    }
    auto receipt = wire::verify_receipt(*reply->receipt, directory_);
    if (!receipt) return found_here(wire::Code::receipt_invalid, receipt.error().why);
    const auto& order = receipt->order;
    // The order must be this very request: the same head, the same subject, a holder that fits.
    if (order.head != signed_head || order.relay != directory_.relay().id) {
        return found_here(wire::Code::receipt_invalid, "the order has another head");
    }
    if (wire::commit_subject(*reply->subject_salt, request.subject) != order.subject) {
        return found_here(wire::Code::receipt_invalid, "the order is about another subject");
    }
    const bool by_card = order.presence == wire::Presence::card_pin;
    if (by_card != is_by_card(request.subject) ||
        (order.presence == wire::Presence::card_seen) != head.card_seen ||
        order.time < head.issued_at - wire::clock_skew_s || order.time >= head.expires) {
        return found_here(wire::Code::receipt_invalid, "the order has another presence or time");
    }
    const auto* holder = directory_.find(order.holder);
    if (holder == nullptr || !target_fits(head.to, *holder)) {
        return found_here(wire::Code::receipt_invalid, "the order is to another holder");
    }
    auto answer = wire::open_answer(reply->answer, seal_to,
                                    {.from = *holder,
                                     .order = receipt->entry,
                                     .service = head.service,
                                     .now = now,
                                     .act = wire::act_of(head.service),
                                     .values_max = prepared.values_max});
    if (!answer) return found_here(wire::Code::answer_invalid, answer.error().why);
    return Answered{std::move(*answer), std::move(*reply->receipt), order, *reply->subject_salt,
                    receipt->entry};
}

Result<std::string> seal_payload(const wire::Participant& to, std::string_view text) {
    if (to.sealing_keys.empty()) return problem(wire::Code::directory_invalid, "no sealing key");
    const auto& [kid, key] = *to.sealing_keys.begin();
    return crypto::encrypt_jwe(as_bytes(text), key, kid);
}

std::unexpected<Problem> card_problem(const card::CardProblem& why) {
    switch (why.error) {
        case card::CardError::gone:
            return problem(wire::Code::card_missing, "removed");
        case card::CardError::pin_wrong: {
            const int left = why.tries_left;
            const auto code = left == 0 ? wire::Code::card_locked : wire::Code::pin_wrong;
            return std::unexpected(Problem{code, {}, {}, left});
        }
        case card::CardError::pin_locked:
            return std::unexpected(Problem{wire::Code::card_locked, {}, {}, 0});
        case card::CardError::pin_format:
        case card::CardError::no_entry:
            return problem(wire::Code::pin_wrong, "not counted");
        case card::CardError::no_pin:
            return problem(wire::Code::card_missing, "without a PIN: for the counter only");
        case card::CardError::not_there:
        case card::CardError::broken:
            return problem(wire::Code::card_missing, "no such card");
    }
    return problem(wire::Code::card_missing);
}

card::CardResult<SignedByCard> sign_mandate(card::Card& card, const Secret& pin,
                                            const MandateRequest& request,
                                            const wire::Directory& directory,
                                            const wire::ParticipantId& organisation, UnixTime now) {
    const bool application = request.kind == wire::MandateKind::application;
    const auto use = application ? card::KeyUse::signing : card::KeyUse::authentication;
    auto read = application ? card.signing_certificate(pin) : card.authentication_certificate();
    if (!read) return std::unexpected(read.error());
    const auto& certificate = *read;
    const wire::Mandate mandate{.audience = directory.relay().id,
                                .organisation = organisation,
                                .kind = request.kind,
                                .scope = request.scope,
                                .nonce = request.nonce,
                                .issued_at = now,
                                .expires = now + wire::lifetime_s_max(request.kind),
                                .stop = request.stop,
                                .delegate = request.delegate,
                                .payload_hashes = request.payload_hashes};
    const auto text = crypto::jws_signing_text(
        wire::mandate_type, {.key_id = {}, .certificate = certificate.thumbprint()},
        certificate.public_key().jws_algorithm(), as_bytes(wire::mandate_payload(mandate)));
    const auto signature = card.sign(use, pin, as_bytes(text));
    if (!signature) return std::unexpected(signature.error());
    return SignedByCard{.mandate = crypto::join_jws(text, *signature),
                        .certificate = std::move(*read)};
}

}  // namespace mado::client
