#include "card_sessions.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "crypto/digest.hpp"
#include "orders.hpp"

namespace mado::issuer {
namespace {

constexpr std::size_t sessions_max = 64;
constexpr int calls_max = 600;  // a call every 0.3 s
// For its certificates; twice as long each time, since they are mostly there in a moment.
constexpr std::int64_t first_wait_ms = 25;
constexpr int doublings_max = 5;
constexpr std::int64_t return_s = 600;
constexpr std::size_t name_bytes = 32;
constexpr std::size_t answer_hex_max = 2 * (card::answer_bytes_max + 2);

// Whoever has the card stops at the first answer that is not 9000.
bool is_in_order(const std::vector<card::Response>& answers, std::size_t asked) {
    if (answers.size() > asked) return false;
    return std::ranges::all_of(answers.begin(), answers.empty() ? answers.end() : answers.end() - 1,
                               [](const auto& one) { return one.status == card::status::ok; });
}
bool is_whole(const std::vector<card::Response>& answers, std::size_t asked) {
    if (answers.size() == asked) return true;
    return !answers.empty() && answers.back().status != card::status::ok;
}

std::vector<Use> uses_before(const Case& one) {
    std::vector<Use> out;
    for (const auto& before : one.before)
        out.push_back(before.use);
    return out;
}

std::string card_before(const Case& one) {
    return one.before.empty() ? "" : one.before.front().chip;
}

// "": any that is nobody's.
std::string chip_of(const Case& one, bool anew) {
    if (is_in_old_chip(one)) return one.chip.empty() ? card_before(one) : one.chip;
    return anew ? "" : one.chip;
}

}  // namespace

Parsed<CardCall> read_card_call(std::string_view body) {
    const auto object = parse_json_object(body, {.text_bytes_max = card_body_max});
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    CardCall out{.session = in.text("session"), .answers = {}};
    const auto answers = in.texts("answers", card::Replay::batch_max, answer_hex_max);
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    for (const auto& text : answers) {
        const auto bytes = parse_hex(text);
        auto answer = bytes ? card::parse_response(*bytes) : std::unexpected(bytes.error());
        if (!answer) return std::unexpected(answer.error());
        out.answers.push_back(std::move(*answer));
    }
    return out;
}

std::expected<CardSessions::Begun, CardRefusal> CardSessions::begin(CaseId id,
                                                                    const std::string& clerk,
                                                                    UnixTime now, bool anew) {
    std::erase_if(sessions_, [now](const auto& one) { return one.second.until <= now; });
    const auto one = store_.find(id).one;
    if (anew && !can_make_anew(one)) return std::unexpected(CardRefusal::too_early);
    if (!is_approved(one, now)) return std::unexpected(CardRefusal::too_early);
    if (is_approver(one, clerk)) return std::unexpected(CardRefusal::same_hand);
    const bool make = anew || is_to_do(one, Step::make_keys);
    const bool resets = is_to_do(one, Step::reset);
    if (!make && !resets && !is_to_do(one, Step::certify) && !is_to_do(one, Step::write)) {
        return std::unexpected(CardRefusal::too_early);
    }
    // Which one the person has nobody knows: no other one is opened for it.
    if (is_in_old_chip(one) && chip_of(one, anew).empty()) {
        return std::unexpected(CardRefusal::no_card);
    }
    std::erase_if(sessions_, [id](const auto& other) { return other.second.id == id; });
    if (sessions_.size() >= sessions_max) return std::unexpected(CardRefusal::overloaded);
    Begun out{.session = base64url(crypto::random_bytes(name_bytes)),
              .pins = resets ? uses_before(one) : uses_of(one),
              .only_pins = resets};
    Session session{.id = id,
                    .clerk = clerk,
                    .until = now + card_session_unused_s,
                    .make = make ? out.pins : std::vector<Use>{},
                    .anew = anew};
    sessions_.emplace(crypto::sha256(as_bytes(out.session)), std::move(session));
    return out;
}

void CardSessions::keep_return(const Hash& login, CaseId id, UnixTime now) {
    returns_.drop_old(now);
    returns_.put(login, id, now + return_s);
}

std::optional<CaseId> CardSessions::take_returned(const Hash& login, UnixTime now) {
    returns_.drop_old(now);
    return returns_.take(login);
}

std::expected<std::string, CardRefusal> CardSessions::answer(std::string_view body, UnixTime now) {
    const auto called = read_card_call(body);
    if (!called) return std::unexpected(CardRefusal::malformed);
    const auto at = sessions_.find(crypto::sha256(as_bytes(called->session)));
    if (at == sessions_.end()) return std::unexpected(CardRefusal::no_session);
    auto& session = at->second;
    if (session.until <= now || ++session.calls > calls_max) {
        sessions_.erase(at);
        return std::unexpected(CardRefusal::no_session);
    }
    if (session.calls == 1) session.until = now + card_session_s;
    if (!is_in_order(called->answers, session.asked)) {
        sessions_.erase(at);  // nobody knows how the card is now
        return std::unexpected(CardRefusal::malformed);
    }
    if (!is_whole(called->answers, session.asked)) return end(at, CardFailure::gone);
    std::ranges::copy(called->answers, std::back_inserter(session.answers));
    session.asked = 0;
    return go_on(at, now);
}

std::string CardSessions::end(Sessions::iterator at, CardFailure why) {
    sessions_.erase(at);
    return json::serialize(json::object{{"failed", to_text(why)}});
}

// None: the case wants something else by now, or is over.
std::optional<CardWork> CardSessions::work_of(const Session& session, const Case& one) const {
    CardWork out{.make = session.make,
                 .chip = chip_of(one, session.anew && !session.told),
                 .own = info(one.kind).in_hand ? card_before(one) : one.chip,
                 .write = {},
                 .pins = {}};
    if (one.kind == Kind::unlock) {
        if (!is_to_do(one, Step::reset)) return std::nullopt;
        out.pins = uses_before(one);
        return out;
    }
    const bool has_made = session.make.empty() || session.told;
    if (!has_made) {
        const bool may = session.anew ? can_make_anew(one) : is_to_do(one, Step::make_keys);
        return may ? std::optional(out) : std::nullopt;
    }
    if (is_to_do(one, Step::certify)) return out;
    if (!is_to_do(one, Step::write)) return std::nullopt;
    for (const auto& [use, text] : one.certificates) {
        const auto certificate = read_certificate(text);
        const auto authority = std::ranges::find_if(
            authorities_, [&](const auto& issuer) { return certificate.issued_by(issuer); });
        if (authority == authorities_.end()) return std::nullopt;
        out.write.emplace(use, std::pair(certificate, *authority));
        out.pins.push_back(use);
    }
    return out;
}

// Durable before anything else is done: a key that the case does not know is made anew.
std::optional<CardFailure> CardSessions::tell_keys(Session& session, const CardKeys& made,
                                                   UnixTime now) {
    if (made.keys.empty() || session.told) return std::nullopt;
    const auto added =
        store_.add(session.id, KeysMade{made.keys, made.chip}, {.at = now, .clerk = session.clerk});
    if (!added) return CardFailure::case_changed;
    session.told = true;
    look_at_(session.id);
    return std::nullopt;
}

std::string CardSessions::go_on(Sessions::iterator at, UnixTime now) {
    auto& session = at->second;
    const auto work = work_of(session, store_.find(session.id).one);
    if (!work) return end(at, CardFailure::case_changed);
    const auto step = next_step(root_, *work, session.answers);
    if (const auto* asked = std::get_if<CardCommands>(&step)) {
        session.asked = asked->commands.size();
        json::array commands;
        for (const auto& command : asked->commands)
            commands.emplace_back(hex(command));
        return json::serialize(json::object{{"commands", std::move(commands)}});
    }
    if (const auto* pin = std::get_if<CardPin>(&step)) {
        session.asked = 1;
        return json::serialize(json::object{{"pin", to_text(pin->use)}});
    }
    if (const auto* keys = std::get_if<CardKeys>(&step)) {
        if (const auto failed = tell_keys(session, *keys, now)) return end(at, *failed);
        const auto wait = first_wait_ms << std::min(session.waits++, doublings_max);
        return json::serialize(json::object{{"wait_ms", wait}});
    }
    if (const auto* failed = std::get_if<CardFailure>(&step)) return end(at, *failed);
    const bool resets = work->make.empty() && work->write.empty();
    const auto added = store_.add(session.id, resets ? Happening(PinSet{}) : Happening(Written{}),
                                  {.at = now, .clerk = session.clerk});
    if (!added) return end(at, CardFailure::case_changed);
    look_at_(session.id);
    sessions_.erase(at);
    return json::serialize(json::object{{"done", true}});
}

}  // namespace mado::issuer
