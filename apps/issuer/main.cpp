// mado-issuer: the issuing centre and its windows. `mado-issuer serve CONFIG`; once before,
// `mado-issuer init CONFIG`; and `mado-issuer take-on CONFIG FILE`, which is take_on.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/config.hpp"
#include "base/file.hpp"
#include "base/program.hpp"
#include "hearing.hpp"
#include "http/spawn.hpp"
#include "notices.hpp"
#include "renewing.hpp"
#include "routes.hpp"
#include "site/pages.hpp"
#include "site/program.hpp"
#include "status_page.hpp"
#include "stop_page.hpp"
#include "take_on.hpp"
#include "telephones.hpp"

namespace mado::issuer {
namespace {

struct Settings {
    site::Settings site;
    std::string state, schemes, clerks, authority;
    std::string cards_key;  // 32 bytes: the root of every chip's issuer key
    std::int64_t renewal_days = 0;
    std::int64_t keep_days = 0;
    Telephones telephones;
};

Settings read_settings(const std::string& path) {
    auto config = Config::load(path);
    Settings s{.site = site::read_settings(config),
               .state = config.text("state"),
               .schemes = config.text("schemes"),
               .clerks = config.text("clerks"),
               .authority = config.text("certificate_authority"),
               .cards_key = config.text("cards_key"),
               .renewal_days = config.integer_or("renewal_days", 90, 1, renewal_days_max),
               .keep_days = config.integer_or("keep_days", 1'826, 1, 36'525),
               .telephones = read_telephones(config)};
    config.finish();
    return s;
}

Secret load_root(const std::string& path) {
    auto out = read_secret_file(path);
    if (out.size() != sizeof(Hash)) throw OperatorError(path + " must have 32 bytes");
    return out;
}

site::Texts texts() {
    return {
        .title = {.ja = "発行窓口", .en = "Card window", .easy = "カードの まどぐち"},
        .purpose = {.ja = "カードの申請・交付の窓口です。職員は自分のカードでログインします。カード"
                          "をお持ちの方は、ログインして更新できます。",
                    .en = "The window for applying for cards and handing them over. Clerks log "
                          "in with their own card; whoever has a card can log in to renew it.",
                    .easy = "カードの まどぐちの ページです。カードが ある [人|ひと]も "
                            "はいれます。"},
        .help = {.ja = "ボタンを押すと、このパソコンの中の「カード窓口」に移ります。",
                 .en = "The button leads to the card's program on this computer.",
                 .easy = "ボタンを おすと、カードの がめんに なります。"},
        .log_in_needs_script = {.ja = "ログインにはJavaScriptが要ります。",
                                .en = "Logging in needs JavaScript.",
                                .easy = "JavaScriptが いります。"},
        .page_needs_script = {.ja = "このページにはJavaScriptが要ります。",
                              .en = "This page needs JavaScript.",
                              .easy = "JavaScriptが いります。"}};
}

std::vector<site::Place> places() {
    return {
        {.path = "/", .name = {.ja = "窓口", .en = "Window", .easy = "まどぐち"}},
        {.path = stop_path,
         .name = {.ja = "カードを止める", .en = "Stop a card", .easy = "カードを とめる"},
         .open = true},
        {.path = status_path,
         .name = {.ja = "手続の進みぐあい",
                  .en = "Application status",
                  .easy = "てつづきは どこまで"},
         .open = true},
        {.path = renew_path,
         .name = {.ja = "カードの更新",
                  .en = "Renew your card",
                  .easy = "カードを [新|あたら]しく する"}},
        {.path = renew_on_path,
         .name = {.ja = "更新の続きをする", .en = "Go on with a renewal", .easy = "つづきを する"},
         .open = true},
        {.path = site::sessions_path,
         .name = {.ja = "ログイン中の画面",
                  .en = "Where you are logged in",
                  .easy = "[入|はい]っている がめん"}}};
}

http::Task<client::Result<std::string>> nonce_of(const site::Basis& basis) {
    client::Asker asker(basis.directory, basis.identity);
    co_return co_await asker.nonce();
}

// Else a clerk would learn it only at the agent, or with the signature already made.
void demand_ready_to_decide(const site::Basis& basis, const site::Site& site,
                            const crypto::PrivateKey& sealing_key) {
    const auto* self = basis.directory.find(basis.identity.id);
    if (self == nullptr) throw OperatorError("the directory does not list this issuing centre");
    const auto uri = site.origin + std::string(decision_back);
    if (std::ranges::find(self->redirect_uris, uri) == self->redirect_uris.end()) {
        throw OperatorError("the directory does not list " + uri + " for " + self->id.text());
    }
    const auto own = sealing_key.public_key().thumbprint();
    const bool listed = std::ranges::any_of(
        self->sealing_keys, [&own](const auto& one) { return one.second.thumbprint() == own; });
    if (!listed || self->sealing_keys.size() != 1) {
        throw OperatorError("the directory does not list sealing.key, and it alone, for " +
                            self->id.text());
    }
}

int take_on_file(const std::string& config_path, const std::string& file) {
    const auto settings = read_settings(config_path);
    const FileLock lock(settings.state + "/issuer.lock", "the issuer's state folder");
    const auto directory = wire::load_directory(settings.site.directory, settings.site.authority);
    const auto schemes = wire::load_schemes(settings.schemes, directory);
    const auto text = read_file(file, take_on_bytes_max);
    if (!text) throw OperatorError("the file is missing: " + file);
    const auto people = read_take_on(*text, schemes, directory.card_authorities);
    if (!people) {
        throw OperatorError(std::string("nobody of the file was taken on: ") + people.error().why);
    }
    Store store(settings.state + "/issuer.sqlite", settings.site.keys, schemes);
    const auto taken = store.take_on(*people, {.at = unix_now()});
    fmt::print("{} people were taken on, {} before\n", taken,
               static_cast<std::int64_t>(people->size()) - taken);
    return 0;
}

std::string book_file(const Settings& settings) {
    return settings.state + "/book.sqlite";
}

// What each hour asks for, a little at a time: requests are answered between.
struct Rounds {
    Store& store;
    Book& book;
    const site::Site& site;
    const Log& log;
    std::int64_t keep_days = 0;
    std::string hotline;
    http::asio::steady_timer timer;
};
constexpr std::size_t at_once = 100;
constexpr std::int64_t day_s = 86'400;

http::Task<void> pause(Rounds& rounds, std::chrono::milliseconds how_long) {
    rounds.timer.expires_after(how_long);
    co_await rounds.timer.async_wait(http::asio::use_awaitable);
}
constexpr std::chrono::milliseconds between{20};

NoticeFacts facts_of(const Rounds& rounds) {
    const auto& basis = rounds.site.options.basis;
    return {.now = unix_now(),
            .policy = basis.policy,
            .sender = basis.directory.find(basis.identity.id)->name,
            .address = rounds.site.origin + std::string(renew_path),
            .hotline = rounds.hotline};
}

http::Task<void> tell_people(Rounds& rounds) {
    const auto facts = facts_of(rounds);
    std::size_t unreadable = 0;
    for (std::optional<Store::Ending> after = Store::Ending{}; after;) {
        const auto told = tell_ending(rounds.store, rounds.book, facts, *after, at_once);
        unreadable += told.unreadable;
        after = told.last;
        co_await pause(rounds, between);
    }
    if (unreadable > 0) {
        rounds.log.error("cannot_tell", {{"why", std::string_view("a case cannot be read")},
                                         {"certificates", static_cast<std::int64_t>(unreadable)}});
    }
}

// A notice stays for a quarter after what it was about.
http::Task<void> erase_what_is_over(Rounds& rounds) {
    constexpr std::int64_t notice_s = 90 * day_s;
    constexpr std::int64_t told_s = 30 * day_s;  // a tell lives for seven
    const auto now = unix_now();
    rounds.book.erase_notices(rounds.site.options.basis.policy.day_of(now - notice_s));
    rounds.book.erase_told(now - told_s);
    const auto before = now - rounds.keep_days * day_s;
    while (rounds.store.erase_hands(before, at_once) > 0)
        co_await pause(rounds, between);
    while (rounds.book.erase_looks(before, at_once) > 0)
        co_await pause(rounds, between);
    std::size_t people = 0;
    for (std::optional<CaseId> after = 0; after;) {
        const auto erased = rounds.store.erase_people(before, *after, at_once);
        people += erased.people;
        after = erased.last;
        co_await pause(rounds, between);
    }
    if (people > 0) {
        rounds.log.info("people_erased", {{"people", static_cast<std::int64_t>(people)}});
    }
}

// A full disk: the next time.
http::Task<void> try_round(Rounds& rounds, http::Task<void> (*round)(Rounds&)) {
    try {
        co_await round(rounds);
    } catch (const Failure& failure) {
        rounds.log.error("round_failed", {{"why", std::string_view(failure.what())}});
    }
}

// Once an hour, and when the program starts: whoever is told a day late is told. Once a day what is
// over is erased.
http::Task<void> every_hour(Rounds rounds) {
    constexpr int hours_of_day = 24;
    for (int hour = 0;; hour = (hour + 1) % hours_of_day) {
        co_await try_round(rounds, tell_people);
        if (hour == 0) co_await try_round(rounds, erase_what_is_over);
        co_await pause(rounds, std::chrono::hours(1));
    }
}

// What registers have said meanwhile.
http::Task<void> listen(Rounds rounds, Worker& worker) {
    constexpr std::chrono::seconds every{1};
    for (;;) {
        try {
            const auto heard = hear_registers(rounds.store, rounds.book, facts_of(rounds), at_once);
            for (const auto id : heard.cases)
                worker.look_at(id);
            if (heard.malformed > 0) {
                rounds.log.error("not_told",
                                 {{"why", std::string_view("no gateway has written it")},
                                  {"rows", static_cast<std::int64_t>(heard.malformed)}});
            }
            if (heard.unreadable > 0) {
                rounds.log.error("cannot_hear",
                                 {{"why", std::string_view("a case or the book cannot be written")},
                                  {"people", static_cast<std::int64_t>(heard.unreadable)}});
            }
        } catch (const Failure& failure) {
            rounds.log.error("round_failed", {{"why", std::string_view(failure.what())}});
        }
        co_await pause(rounds, every);
    }
}

// The file that the gateway beside it reads, before it starts.
int init(const std::string& config_path) {
    const Book book(book_file(read_settings(config_path)));
    return 0;
}

site::Options options_of(const Settings& settings, const site::Basis& basis, const Log& log,
                         std::function<bool(const Hash&)> may_log_in) {
    return {.basis = basis,
            .log = log,
            .redirect_uri = settings.site.redirect_uri,
            .agent = settings.site.agent,
            .purpose = must(wire::CodeId::parse("issuing"), "a purpose"),
            .may_log_in = std::move(may_log_in),
            .texts = texts(),
            .places = places(),
            .style = "window",
            .cookie = "mado-window"};
}

int serve(const std::string& config_path) {
    const Log log("mado-issuer");
    const auto settings = read_settings(config_path);
    const FileLock lock(settings.state + "/issuer.lock", "the issuer's state folder");
    const auto purpose = must(wire::CodeId::parse("issuing"), "a purpose");
    const auto basis = site::load_basis(settings.site, purpose);
    const auto schemes = wire::load_schemes(settings.schemes, basis.directory);
    Clerks clerks(settings.clerks);
    Store store(settings.state + "/issuer.sqlite", settings.site.keys, schemes);
    const Parties parties{
        .directory = basis.directory,
        .schemes = schemes,
        .authority = must(wire::ParticipantId::parse(settings.authority), "certificate_authority"),
        .salt_key = store.salt_key()};
    http::asio::io_context io{1};
    site::Site site(options_of(settings, basis, log, [&clerks, &store](const Hash& card) {
        return clerks.find(card, unix_now()).has_value() || store.find_card(card).has_value();
    }));
    SenderPool senders(basis.directory, basis.identity);
    Worker worker(io, store, parties, basis.policy, senders.sender(), log);
    http::spawn(io, worker.run());
    const auto sealing_key = crypto::PrivateKey::load(settings.site.keys + "/sealing.key");
    demand_ready_to_decide(basis, site, sealing_key);
    Book book(book_file(settings));
    Looks looks(book, store, basis.directory, basis.policy,
                basis.directory.find(basis.identity.id)->name);
    Deciding deciding{.site = site,
                      .clerks = clerks,
                      .schemes = schemes,
                      .store = store,
                      .worker = worker,
                      .parties = parties,
                      .sealing_key = sealing_key,
                      .looks = looks,
                      .relay = senders.sender(),
                      .nonce = [&basis] { return nonce_of(basis); }};
    const auto questions = questions_at(basis.directory, basis.identity);
    CardSessions cards(store, basis.directory.card_authorities, load_root(settings.cards_key),
                       [&worker](CaseId id) { worker.look_at(id); });
    Office office{.site = site,
                  .clerks = clerks,
                  .schemes = schemes,
                  .store = store,
                  .worker = worker,
                  .deciding = deciding,
                  .questions = questions,
                  .cards = cards,
                  .book = book,
                  .looks = looks,
                  .name = basis.directory.find(basis.identity.id)->name,
                  .telephones = settings.telephones,
                  .renewal_s = settings.renewal_days * 86'400};
    const auto rounds = [&] {
        return Rounds{.store = store,
                      .book = book,
                      .site = site,
                      .log = log,
                      .keep_days = settings.keep_days,
                      .hotline = settings.telephones.hotline,
                      .timer = http::asio::steady_timer(io)};
    };
    http::spawn(io, every_hour(rounds()));
    http::spawn(io, listen(rounds(), worker));
    site::serve(io, site, settings.site, routes(office), [&worker]() -> std::optional<std::string> {
        if (!worker.failing()) return std::nullopt;
        return "no case goes on: the log says why (cannot_work)";
    });
    return 0;
}

}  // namespace
}  // namespace mado::issuer

int main(int argc, char** argv) {
    return mado::run_program("mado-issuer", argc, argv, [](const mado::Words& words) {
        if (words.size() == 2 && words[0] == "serve") return mado::issuer::serve(words[1]);
        if (words.size() == 2 && words[0] == "init") return mado::issuer::init(words[1]);
        if (words.size() == 3 && words[0] == "take-on") {
            return mado::issuer::take_on_file(words[1], words[2]);
        }
        throw mado::OperatorError(
            "usage: mado-issuer init|serve CONFIG, or mado-issuer take-on CONFIG FILE");
    });
}
