// mado-issuer: the issuing centre and its windows. `mado-issuer serve CONFIG`.
#include <fmt/format.h>

#include "base/config.hpp"
#include "base/file.hpp"
#include "base/program.hpp"
#include "http/spawn.hpp"
#include "routes.hpp"
#include "site/pages.hpp"
#include "site/program.hpp"
#include "stop_page.hpp"

namespace mado::issuer {
namespace {

struct Settings {
    site::Settings site;
    std::string state, schemes, clerks, authority;
};

Settings read_settings(const std::string& path) {
    auto config = Config::load(path);
    Settings s{.site = site::read_settings(config),
               .state = config.text("state"),
               .schemes = config.text("schemes"),
               .clerks = config.text("clerks"),
               .authority = config.text("certificate_authority")};
    config.finish();
    return s;
}

site::Texts texts() {
    return {
        .title = {.ja = "発行窓口", .en = "Card window", .easy = "カードの まどぐち"},
        .purpose = {.ja = "カードの申請・交付の窓口です。職員のカードでログインします。",
                    .en = "The window for applying for cards and handing them over. Clerks log "
                          "in with their own card.",
                    .easy = "カードの まどぐちの ページです。しごとを する人が ログインします。"},
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

int serve(const std::string& config_path) {
    const Log log("mado-issuer");
    const auto settings = read_settings(config_path);
    const FileLock lock(settings.state + "/issuer.lock", "the issuer's state folder");
    const auto purpose = must(wire::CodeId::parse("issuing"), "a purpose");
    const auto basis = site::load_basis(settings.site, purpose);
    const auto schemes = wire::load_schemes(settings.schemes, basis.directory);
    const Parties parties{
        .directory = basis.directory,
        .schemes = schemes,
        .authority = must(wire::ParticipantId::parse(settings.authority), "certificate_authority")};
    Clerks clerks(settings.clerks);
    Store store(settings.state + "/issuer.sqlite", settings.site.keys, schemes);
    http::asio::io_context io{1};
    site::Site site(
        {.basis = basis,
         .log = log,
         .redirect_uri = settings.site.redirect_uri,
         .agent = settings.site.agent,
         .purpose = purpose,
         .may_log_in =
             [&clerks](const Hash& card) { return clerks.find(card, unix_now()).has_value(); },
         .texts = texts(),
         .places =
             {{.path = "/", .name = {.ja = "窓口", .en = "Window", .easy = "まどぐち"}},
              {.path = stop_path,
               .name = {.ja = "カードを止める", .en = "Stop a card", .easy = "カードを とめる"},
               .open = true},
              {.path = site::sessions_path,
               .name = {.ja = "ログイン中の画面",
                        .en = "Where you are logged in",
                        .easy = "[入|はい]っている がめん"}}},
         .style = "window",
         .cookie = "mado-window"});
    Askers askers(basis.directory, basis.identity);
    Worker worker(io, store, parties, basis.policy, askers.sender());
    http::spawn(io, worker.run());
    Office office{
        .site = site, .clerks = clerks, .schemes = schemes, .store = store, .worker = worker};
    site::serve(io, site, settings.site, routes(office));
    return 0;
}

}  // namespace
}  // namespace mado::issuer

int main(int argc, char** argv) {
    return mado::run_program("mado-issuer", argc, argv, [](const mado::Words& words) {
        if (words.size() == 2 && words[0] == "serve") return mado::issuer::serve(words[1]);
        throw mado::OperatorError("usage: mado-issuer serve CONFIG");
    });
}
