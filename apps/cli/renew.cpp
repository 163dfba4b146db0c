// `issue renew`: what a person does at home with their own card, as a browser and the agent do it
// (docs/protocols/issuer.md, "Renewal from home").
#include <fmt/format.h>

#include <boost/json.hpp>
#include <chrono>
#include <iostream>
#include <thread>

#include "http/form.hpp"
#include "issue.hpp"
#include "wire/directory.hpp"

namespace mado::cli {
namespace {

constexpr std::chrono::milliseconds look_every{200};
constexpr int looks_max = 150;  // 30 s: registers and the relay answer within

// By the agent's address, to which the window leads.
void write_by(const Places& places, const wire::Directory& directory,
              const http::Response& response, const IssueOptions& options) {
    const auto address = response.header("location");
    const auto query = address.find('?');
    const auto form = http::parse_form(query == address.npos ? "" : address.substr(query + 1));
    if (!form || !form->has("session")) {
        throw OperatorError("the window wants nothing with this card just now");
    }
    const bool signing = form->text("pins").find("signing") != std::string_view::npos;
    write_by_session(places, directory, std::string(form->text("session")), signing, options);
}

void print_cards(const json::object& shown) {
    for (const auto& value : shown.at("cards").as_array()) {
        const auto& card = value.as_object();
        std::cout << fmt::format("  {}  {} まで until\n", text_at(card, "use"),
                                 to_rfc3339(card.at("not_after").as_int64()));
    }
    std::cout << fmt::format("  {}\n", text_at(shown, "stage"));
}

// The old keys are gone, and nobody can log in: the slip and the birth date name the case.
int go_on(const Places& places, const wire::Directory& directory, const IssueOptions& options) {
    const auto born = parse_date(options.birth_date);
    if (!born) throw OperatorError("--birth-date as 1988-12-05");
    Window window(places, directory);
    http::Form form;
    form.set("code", options.stop_code);
    form.set("year", std::to_string(static_cast<int>(born->year())));
    form.set("month", std::to_string(static_cast<unsigned>(born->month())));
    form.set("day", std::to_string(static_cast<unsigned>(born->day())));
    form.set("lang", "ja");
    const auto response = window.send_form("/renew/on", http::form_text(form));
    write_by(places, directory, response, options);
    return 0;
}

// Asked for with the old keys, and confirmed by the register: the card may be written, by this
// log-in and no other.
void ask_for(Window& window, const IssueOptions& options) {
    const auto begun = window.send_form("/renew/begin", "lang=ja");
    const auto object = parse_json_object(begun.body);
    const auto* form = object ? object->if_contains("form") : nullptr;
    if (form != nullptr)
        window.sign(form->as_object(), {.card = options.card, .pin = options.password},
                    "/renew/finish");
}

}  // namespace

int renew(const Places& places, const wire::Directory& directory, const IssueOptions& options) {
    if (!options.stop_code.empty()) return go_on(places, directory, options);
    Window window(places, directory, {.card = options.card, .pin = options.card_pin});
    auto shown = window.show("/renew");
    const auto wait = [&] {
        for (int i = 0; i < looks_max && text_at(shown, "stage") == "under_way"; ++i) {
            std::this_thread::sleep_for(look_every);
            shown = window.show("/renew");
        }
    };
    wait();
    if (text_at(shown, "stage") == "begin" || text_at(shown, "stage") == "sign_again") {
        ask_for(window, options);
        shown = window.show("/renew");
    }
    wait();
    if (!options.json) print_cards(shown);
    if (text_at(shown, "stage") != "write") {
        throw OperatorError("this card cannot be renewed from home now: " +
                            text_at(shown, "stage"));
    }
    const auto form = std::string("lang=ja") + (options.anew ? "&anew=yes" : "");
    write_by(places, directory, window.send_form("/renew/card", form), options);
    std::cout << (options.json ? "{}\n" : "更新しました renewed; まもなく使えます\n");
    return 0;
}

}  // namespace mado::cli
