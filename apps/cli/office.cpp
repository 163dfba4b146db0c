#include "office.hpp"

#include <filesystem>
#include <iostream>

#include "base/printable.hpp"
#include "cards.hpp"
#include "organisations.hpp"
#include "wire/order.hpp"

namespace mado::cli {
namespace {

// What cannot be the PIN never reaches the card: it would cost a try. Empty: it is to be typed at
// the reader.
Secret obtain_pin(card::Card& card, const CardNamed& of, const std::string& given) {
    if (given.empty() && card.takes_pin_at_reader()) {
        std::cerr << fmt::format(
            "{}の暗証番号をカードリーダのキーで入力してください（30秒以内）。 Enter the PIN of {} "
            "on "
            "the reader's keys.\n",
            of.ja, of.en);
        return {};
    }
    Secret pin = read_secret(given, fmt::format("{}の暗証番号 PIN of {}: ", of.ja, of.en));
    if (!card::is_pin(card::KeyUse::authentication, pin.view())) {
        throw OperatorError(
            "a PIN has 4 digits (0 to 9); the card was not asked, and no try is spent");
    }
    return pin;
}

// Of the signing key: it has letters, so no reader's keys take it.
Secret obtain_password(const CardNamed& of, const std::string& given) {
    Secret password = read_secret(
        given, fmt::format("{}の署名用パスワード signing password of {}: ", of.ja, of.en));
    if (!card::is_pin(card::KeyUse::signing, password.view())) {
        throw OperatorError(
            "a signing password has 6 to 16 capital letters and digits; the card was not asked, "
            "and no "
            "try is spent");
    }
    return password;
}

// The connection ends with the coroutine, before the io_context that it belongs to.
http::Task<client::Result<std::string>> fetch_nonce(const Office& office) {
    client::Asker asker(office.directory, office.identity);
    co_return co_await asker.nonce();
}

}  // namespace

std::string tls_folder_of(const Places& places, const std::string& organisation) {
    auto own = places.keys_of(organisation);
    if (std::filesystem::exists(own + "/tls.key")) return own;
    return places.keys_of(read_organisations().tls_owner(organisation));
}

CardNamed name_card(card::Card& card, const std::string& name) {
    if (name != card_in_reader) {
        return {.ja = "カード「" + printable(name) + "」",
                .en = "the card \"" + printable(name) + "\""};
    }
    const auto certificate = card.authentication_certificate();
    const auto serial = certificate ? hex(certificate->serial()) : std::string("-");
    return {.ja = "カードリーダのカード（証明書 " + serial + "）",
            .en = "the card in the reader (certificate " + serial + ")"};
}

Date parse_day(std::string_view option, const std::string& text) {
    auto date = parse_date(text);
    if (!date) throw OperatorError(fmt::format("{}: {}", option, date.error().why));
    return *date;
}

client::Result<SignedByCard> sign_by_card(const CardOf& of, const wire::Directory& directory,
                                          const wire::ParticipantId& organisation,
                                          const client::MandateRequest& request) {
    const auto held = hold_card(of.places, of.name);
    if (!held) {
        return std::unexpected(
            client::Problem{wire::Code::card_missing, words_of(held.error()), {}, {}});
    }
    const auto& card = *held;
    const bool application = request.kind == wire::MandateKind::application;
    const auto named = name_card(*card, of.name);
    const auto secret =
        application ? obtain_password(named, of.pin) : obtain_pin(*card, named, of.pin);
    auto done = client::sign_mandate(*card, secret, request, directory, organisation, unix_now());
    if (!done && done.error().error == card::CardError::no_entry) {
        throw OperatorError(words_of(done.error()));
    }
    if (!done) return client::card_problem(done.error());
    return std::move(*done);
}

client::Result<SignedByCard> obtain_mandate(const Places& places, const Office& office,
                                            const std::string& card_key, const std::string& pin,
                                            wire::MandateKind kind,
                                            std::initializer_list<std::string_view> services) {
    const auto nonce = wait_for(fetch_nonce(office));
    if (!nonce) return std::unexpected(nonce.error());
    client::MandateRequest request{.kind = kind, .scope = {}, .nonce = *nonce};
    for (const auto service : services)
        request.scope.push_back(*wire::ServiceId::parse(service));
    return sign_by_card({places, card_key, pin}, office.directory, office.identity.id, request);
}

int print_problem(const client::Problem& problem) {
    const auto& error = wire::info(problem.code);
    std::cerr << fmt::format("mado: {}: {}", error.name, error.title);
    if (problem.tries_left) std::cerr << fmt::format(" Tries left: {}.", *problem.tries_left);
    if (!problem.detail.empty()) std::cerr << fmt::format(" ({})", printable(problem.detail));
    if (!problem.request_id.empty())
        std::cerr << fmt::format(" [request {}]", printable(problem.request_id));
    // The one who was asked gives each answer an id; without it nobody has heard the question.
    if (problem.code == wire::Code::unavailable && problem.request_id.empty()) {
        std::cerr << " 中継センターから応答がありません No answer from the relay. Does it run? "
                     "./mado status, ./mado up";
    }
    if (problem.code == wire::Code::not_ready) std::cerr << " ./mado status says why.";
    std::cerr << "\n";
    return 3;
}

void print_receipt(const client::Answered& answered) {
    const auto entry = wire::order_entry(answered.receipt->salt, answered.receipt->order);
    std::cout << fmt::format(
        "受領証 receipt verified: entry {} of the access log, {}\n"
        "  {} (not yet witnessed)\n",
        answered.receipt->index, answered.order->holder.text(), base64url(entry));
}

std::string name_of(const wire::Directory& directory, const std::string& id) {
    const auto* participant = directory.find(id);
    return printable(participant == nullptr ? id : participant->name);
}

}  // namespace mado::cli
