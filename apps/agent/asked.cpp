#include "asked.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <optional>

#include "base/shown.hpp"
#include "crypto/jwe.hpp"
#include "http/form.hpp"
#include "wire/head.hpp"

namespace mado::agent {
namespace {

constexpr std::size_t document_bytes_max = 16 * 1024;
constexpr std::size_t handed_on_max = 4;
constexpr std::size_t scope_max = 32;
constexpr std::size_t state_bytes_max = 256;
constexpr std::size_t nonce_bytes_max = 64;
constexpr std::size_t jwk_bytes_max = 512;

// All that a redirect may say; "lang" is for the pages.
bool only_known_fields(const http::Form& form) {
    constexpr std::array<std::string_view, 16> known = {
        "client_id", "redirect_uri", "response_mode", "kind", "scope", "nonce",
        "state",     "aud",          "exp",           "lang", "to",    "document",
        "delegate",  "seal_to",      "handed_on",     "card"};
    return std::ranges::all_of(form.fields(), [&known](const auto& field) {
        return std::ranges::find(known, field.first) != known.end();
    });
}

std::optional<UnixTime> time_of(std::string_view text) {
    UnixTime value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    return whole && value >= 0 ? std::optional(value) : std::nullopt;
}

// Services, one space between them.
std::optional<std::vector<wire::ServiceId>> scope_of(std::string_view text) {
    std::vector<wire::ServiceId> out;
    for (;;) {
        const auto end = std::min(text.find(' '), text.size());
        const auto service = wire::ServiceId::parse(text.substr(0, end));
        if (!service || out.size() == scope_max) return std::nullopt;
        if (std::ranges::find(out, *service) != out.end()) return std::nullopt;
        out.push_back(*service);
        if (end == text.size()) return out;
        text.remove_prefix(end + 1);
    }
}

// Every character stands where the person sees it, and no other.
bool shows_itself(std::string_view document) {
    while (!document.empty()) {
        const auto end = std::min(document.find('\n'), document.size());
        const auto line = document.substr(0, end);
        if (!shows_all(line)) return false;
        document.remove_prefix(std::min(end + 1, document.size()));
    }
    return true;
}

// Browsers send every end of a line in a form as CRLF, whatever stood there (HTML, "constructing
// the entry list"): it is signed as LF, so that the site can compare bytes.
std::string with_plain_ends(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text.substr(at).starts_with("\r\n")) ++at;
        out += text[at];
    }
    return out;
}

// None: it comes by a redirect.
std::expected<std::optional<Document>, Refusal> document_of(const http::Form& form, Way way,
                                                            const wire::Directory& directory) {
    if (way == Way::redirect) {
        if (form.has("document") || form.has("to")) return std::unexpected(Refusal::malformed);
        return std::nullopt;
    }
    auto text = with_plain_ends(form.text("document"));
    if (text.empty() || text.size() > document_bytes_max || !shows_itself(text)) {
        return std::unexpected(Refusal::document);
    }
    const auto* to = directory.find(form.text("to"));
    if (to == nullptr || to->sealing_keys.empty()) return std::unexpected(Refusal::recipient);
    return Document{.to = to, .text = std::move(text)};
}

// [{"to": organisation, "text": what it gets}, …], each shown as the document is.
std::expected<std::vector<Document>, Refusal> handed_on_of(const http::Form& form, Way way,
                                                           const wire::Directory& directory) {
    std::vector<Document> out;
    if (!form.has("handed_on")) return out;
    if (way == Way::redirect) return std::unexpected(Refusal::malformed);
    const auto list =
        parse_json(form.text("handed_on"), {.text_bytes_max = 2 * document_bytes_max});
    const auto* values = list ? list->if_array() : nullptr;
    if (values == nullptr || values->empty() || values->size() > handed_on_max) {
        return std::unexpected(Refusal::malformed);
    }
    for (const auto& value : *values) {
        if (!value.is_object()) return std::unexpected(Refusal::malformed);
        Members in(value.get_object());
        const auto to = in.text("to");
        auto text = in.text("text", document_bytes_max);
        if (!in.finish()) return std::unexpected(Refusal::malformed);
        // What is written as an escape nobody reads, and the one who gets it decodes it.
        if (text.empty() || !shows_all(text) || text.contains("\\u")) {
            return std::unexpected(Refusal::document);
        }
        const auto* found = directory.find(to);
        if (found == nullptr || found->sealing_keys.empty()) {
            return std::unexpected(Refusal::recipient);
        }
        out.push_back({.to = found, .text = std::move(text)});
    }
    return out;
}

// A public JWK, its JSON in base64url.
Parsed<crypto::PublicKey> key_of(std::string_view text) {
    const auto bytes = parse_base64url(text);
    if (!bytes) return std::unexpected(bytes.error());
    const auto jwk = parse_json_object(as_text(*bytes), {.text_bytes_max = jwk_bytes_max});
    if (!jwk) return std::unexpected(jwk.error());
    auto key = crypto::PublicKey::from_jwk(*jwk);
    if (key && key->type() != crypto::KeyType::p256) return bad("the key is not a P-256 key");
    return key;
}

bool lists(const wire::Participant& site, std::string_view redirect_uri) {
    return std::ranges::find(site.redirect_uris, redirect_uri) != site.redirect_uris.end();
}

std::string with_fragment(const Asked& asked, http::Form form) {
    if (!asked.state.empty()) form.set("state", asked.state);
    return asked.redirect_uri + "#" + http::form_text(form);
}

}  // namespace

std::expected<Asked, Refusal> judge(const AskedFacts& facts) {
    const auto& form = facts.form;
    if (!only_known_fields(form) || form.text("response_mode") != "fragment") {
        return std::unexpected(Refusal::malformed);
    }
    // Who it is comes first: nothing else of a stranger's query is of interest.
    const auto* site = facts.directory.find(form.text("client_id"));
    if (site == nullptr) return std::unexpected(Refusal::site_unknown);
    if (!lists(*site, form.text("redirect_uri"))) return std::unexpected(Refusal::site_unlisted);
    if (form.text("aud") != facts.directory.relay().id.text()) {
        return std::unexpected(Refusal::audience);
    }
    const auto kind = wire::parse_mandate_kind(form.text("kind"));
    const auto scope = scope_of(form.text("scope"));
    const auto expires = time_of(form.text("exp"));
    const auto nonce = form.text("nonce");
    const auto state = form.text("state");
    const bool fits =
        kind && (*kind == wire::MandateKind::application) == (facts.way == Way::document);
    if (!fits || !scope || !expires || nonce.empty() || nonce.size() > nonce_bytes_max ||
        state.size() > state_bytes_max) {
        return std::unexpected(Refusal::malformed);
    }
    const auto today = facts.policy.day_of(facts.now);
    const bool allowed = std::ranges::all_of(*scope, [&](const wire::ServiceId& service) {
        return facts.policy.takes_mandate(site->kind, service, *kind, today);
    });
    if (!allowed) return std::unexpected(Refusal::scope);
    if (*expires <= facts.now || *expires > facts.now + wire::nonce_lifetime_s + wire::clock_skew_s)
        return std::unexpected(Refusal::expired);
    const bool for_another = *kind == wire::MandateKind::delegate;
    const auto delegate = parse_hash(form.text("delegate"));
    if (form.has("delegate") != for_another || delegate.has_value() != for_another) {
        return std::unexpected(Refusal::malformed);
    }
    const auto same_card_as = parse_hash(form.text("card"));
    if (form.has("card") && (!same_card_as || facts.way != Way::document)) {
        return std::unexpected(Refusal::malformed);
    }
    std::optional<crypto::PublicKey> seal_to;
    if (form.has("seal_to")) {
        auto key = key_of(form.text("seal_to"));
        if (!key) return std::unexpected(Refusal::malformed);
        seal_to = std::move(*key);
    }
    auto document = document_of(form, facts.way, facts.directory);
    if (!document) return std::unexpected(document.error());
    auto handed_on = handed_on_of(form, facts.way, facts.directory);
    if (!handed_on) return std::unexpected(handed_on.error());
    return Asked{.site = site,
                 .redirect_uri = std::string(form.text("redirect_uri")),
                 .kind = *kind,
                 .scope = *scope,
                 .nonce = std::string(nonce),
                 .state = std::string(state),
                 .expires = *expires,
                 .document = std::move(*document),
                 .handed_on = std::move(*handed_on),
                 .delegate = delegate ? std::optional(*delegate) : std::nullopt,
                 .same_card_as = same_card_as ? std::optional(*same_card_as) : std::nullopt,
                 .seal_to = std::move(seal_to)};
}

std::string delegate_number(const Hash& thumbprint) {
    constexpr std::uint64_t group = 10'000;
    std::uint64_t number = 0;
    for (const auto byte : ByteView(thumbprint).first(sizeof number))
        number = number << 8 | byte;
    return fmt::format("{:04} {:04}", number / group % group, number % group);
}

std::string signed_address(const Asked& asked, const Signed& what) {
    http::Form form;
    form.set("mandate", what.mandate);
    if (!what.certificate.empty()) form.set("certificate", what.certificate);
    if (!what.payload.empty()) form.set("payload", what.payload);
    if (!what.handed_on.empty()) {
        form.set("handed_on", fmt::format("{}", fmt::join(what.handed_on, " ")));
    }
    if (!asked.seal_to) return with_fragment(asked, std::move(form));
    http::Form sealed;
    sealed.set("response", crypto::encrypt_jwe(as_bytes(http::form_text(form)), *asked.seal_to));
    return with_fragment(asked, std::move(sealed));
}

std::string refused_address(const Asked& asked) {
    http::Form form;
    form.set("error", "access_denied");  // RFC 6749 section 4.1.2.1
    return with_fragment(asked, std::move(form));
}

}  // namespace mado::agent
