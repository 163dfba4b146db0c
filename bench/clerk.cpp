#include "clerk.hpp"

#include <boost/json.hpp>

namespace mado::bench {
namespace {

constexpr std::int64_t patience_s = 300;
// A log-in of a clerk may ask 300 things a minute.
constexpr int asks_of_a_log_in = 250;
constexpr int look_every_ms = 50;

std::string step_of(const json::object& one) {
    const auto& todo = one.at("todo").as_array();
    return todo.empty() ? "" : text_at(todo.front().as_object(), "step");
}

bool waits_for_people(const json::object& one) {
    const auto& todo = one.at("todo").as_array();
    if (todo.empty()) return true;
    const auto actor = text_at(todo.front().as_object(), "actor");
    return actor == "clerk" || actor == "person";
}

}  // namespace

json::object Clerk::ask(const std::string& path, const json::object& body) {
    if (!window_ || ++asked_ > asks_of_a_log_in) {
        asked_ = 1;
        window_ = std::make_unique<cli::Window>(
            country_.places(), country_.directory(),
            cli::ClerkCard{.card = card_, .pin = std::string(clerks_pin)});
    }
    return window_->ask(path, body);
}

json::object Clerk::act(const std::string& number, json::object happening) {
    return ask("/cases/act", {{"number", number}, {"happening", std::move(happening)}});
}

std::vector<std::string> Clerk::wait_for(const std::vector<std::string>& cases,
                                         std::string_view step) {
    std::vector<std::string> out;
    const auto until = unix_now() + patience_s;
    for (const auto& number : cases) {
        for (;;) {
            const auto one = ask("/cases/show", {{"number", number}});
            const auto at = step_of(one);
            if (at == step) out.push_back(number);
            if (at == step || waits_for_people(one)) break;
            if (unix_now() > until) {
                throw Failure("a case does not go on: " + json::serialize(one.at("todo")));
            }
            tests::pause_ms(look_every_ms);
        }
    }
    return out;
}

}  // namespace mado::bench
