#include "issuing_fixture.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "base/file.hpp"
#include "db/db.hpp"

namespace mado::tests {

constexpr std::int64_t patience_ms = 30'000;

Finished AtTheWindow::issue(std::vector<std::string> words) {
    std::vector<std::string> all{"issue", "--pin", "1234", "--json"};
    all.insert(all.end(), words.begin(), words.end());
    return country.cli(all);
}

json::object AtTheWindow::done(const std::vector<std::string>& words) {
    const auto finished = issue(words);
    EXPECT_EQ(finished.status, 0) << finished.output;
    const auto last = finished.output.rfind("\n{", finished.output.size() - 2);
    const auto text = last == std::string::npos ? finished.output : finished.output.substr(last);
    const auto object = parse_json_object(text, {.text_bytes_max = 1 << 20, .values_max = 100'000});
    EXPECT_TRUE(object) << finished.output;
    return object ? *object : json::object();
}

std::string AtTheWindow::step_of(const json::object& one) {
    const auto& todo = one.at("todo").as_array();
    return todo.empty() ? "" : text_at(todo.front().as_object(), "step");
}

bool AtTheWindow::has_step(const json::object& one, std::string_view step) {
    const auto& todo = one.at("todo").as_array();
    if (step.empty()) return todo.empty();
    return std::ranges::any_of(todo, [step](const json::value& what) {
        return text_at(what.get_object(), "step") == step;
    });
}

json::object AtTheWindow::wait_for_step(const std::string& number, std::string_view step) {
    return wait_until(number, step, [step](const auto& one) { return step_of(one) == step; });
}

json::object AtTheWindow::wait_for_any(const std::string& number, std::string_view step) {
    return wait_until(number, step, [step](const auto& one) { return has_step(one, step); });
}

json::object AtTheWindow::wait_until(const std::string& number, std::string_view step,
                                     const std::function<bool(const json::object&)>& is_so) {
    json::object one;
    for (std::int64_t waited = 0; waited < patience_ms; waited += 100) {
        one = done({"show", number});
        if (is_so(one)) return one;
        pause_ms(100);
    }
    ADD_FAILURE() << step << ": " << json::serialize(one);
    return one;
}

std::string AtTheWindow::application() const {
    return country.path("state/country/applications/jiro.json");
}

std::string AtTheWindow::file(const std::string& name, const json::object& what) const {
    auto path = country.path(name + ".json");
    replace_file(path, as_bytes(json::serialize(what)));
    return path;
}

void AtTheWindow::at(const std::string& holder, const std::string& sql) const {
    db::Connection(country.path("state/country/holders/" + holder + ".sqlite"),
                   db::Access::read_write)
        .run(sql);
}

}  // namespace mado::tests
