#include "issuing_fixture.hpp"

#include <fmt/format.h>

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

namespace {

constexpr std::string_view elders_address = "九十九県A市窓町9丁目8番7号";

json::object claim_of(const char* role, const char* scheme, json::object fields) {
    return {{"role", role}, {"number", {{"scheme", scheme}, {"fields", std::move(fields)}}}};
}

}  // namespace

json::object AtTheWindow::elder() const {
    const std::string address(elders_address);
    const auto code = text_of("992011", "select 住民票コード from 未使用番号 order by 順 limit 1");
    at("992011", "delete from 未使用番号 where 住民票コード = '" + code + "'");
    at("992011", "insert into 住民 values ('" + code +
                     "', '厚労 節子', 'コウロウ セツコ', '', '1957-04-12', '2', '" + address +
                     "', 999998, '2024-06-01', null, null)");
    at("990010",
       "insert into setai values (999998, '', '0009998', '" + address + "', '厚労 節子')");
    at("990010",
       "insert into kojin values (999998, 999998, '01', '厚労 節子', 'コウロウ セツコ', '', "
       "3320412, '女')");
    at("990010", "insert into shikaku values (999998, 1, 5060601, 0, 0)");
    at("990010",
       "insert into kyufu select 999998, 1, 5060601, 5991231, 3, gendo_kubun, 0 from kyufu "
       "limit 1");
    at("992024",
       "insert into hihokensha values ('0000731846', 1, '厚労 節子', 'コウロウ セツコ', "
       "'19570412', 'F', '" +
           address + "', 1, '20220411', '')");
    at("nenkin",
       "insert into hihokensha values ('9990-618402', 'ｺｳﾛｳ ｾﾂｺ', '厚労 節子', 5320412, 2, '" +
           address + "', (select jimusho_code from hihokensha limit 1))");
    return {{"person",
             {{"name", "厚労 節子"},
              {"kana", "コウロウ セツコ"},
              {"sex", "female"},
              {"address", address},
              {"birth_date", "1957-04-12"}}},
            {"claims",
             json::array{claim_of("resident", "resident-number",
                                  {{"municipality", "992011"}, {"number", code}}),
                         claim_of("medical", "insured-number",
                                  {{"insurer", "990010"}, {"number", "0009998"}, {"branch", "01"}}),
                         claim_of("care", "care-insured-number",
                                  {{"insurer", "992024"}, {"number", "0000731846"}}),
                         claim_of("pension", "basic-pension-number", {{"number", "9990618402"}})}},
            {"signing", true}};
}

std::string AtTheWindow::file(const std::string& name, const json::object& what) const {
    auto path = country.path(name + ".json");
    replace_file(path, as_bytes(json::serialize(what)));
    return path;
}

std::string AtTheWindow::text_of(const std::string& holder, const std::string& sql) const {
    db::Connection look_at(country.path("state/country/holders/" + holder + ".sqlite"),
                           db::Access::read_only);
    auto row = look_at.prepare(sql);
    return row.step() ? row.text(0) : "";
}

std::int64_t AtTheWindow::counted(const std::string& database, const std::string& sql) const {
    db::Connection look_at(country.path(database), db::Access::read_only);
    auto row = look_at.prepare(sql);
    return row.step() ? row.integer(0) : 0;
}

Finished AtTheWindow::look(std::vector<std::string> words, const std::string& card,
                           const std::string& pin) {
    words.insert(words.end(), {"--card", card, "--pin", pin});
    return country.cli(words);
}

bool AtTheWindow::works(const std::string& card, const std::string& pin) {
    return look({"records", "claims"}, card, pin).status == 0;
}

bool AtTheWindow::works_soon(const std::string& card, const std::string& pin) {
    constexpr int tries = 20;
    for (int i = 0; i < tries; ++i) {
        if (works(card, pin)) return true;
    }
    return false;
}

std::int64_t AtTheWindow::certificates(const std::string& status, const std::string& reason) const {
    const auto found = counted("state/ca/ca.sqlite",
                               "select count(*) from certificate where status = '" + status + "'" +
                                   (reason.empty() ? "" : " and reason = '" + reason + "'"));
    return status == "good" ? found - good_before_ : found;
}

void AtTheWindow::expect_certificates(const std::string& status, std::int64_t count,
                                      const std::string& reason) {
    for (int i = 0; i < 1'000 && certificates(status, reason) != count; ++i)
        pause_ms(10);
    EXPECT_EQ(certificates(status, reason), count) << status << " " << reason;
}

std::string AtTheWindow::post_stop(const std::string& code, const std::string& year,
                                   const std::string& month, const std::string& day) const {
    std::string origin;
    for (const auto& one : country.directory().participants) {
        if (one.kind.text() == "issuer" && !one.redirect_uris.empty()) {
            origin = one.redirect_uris.front();
        }
    }
    origin.resize(origin.find('/', std::string_view("https://").size()));
    return run_program(
               {"/usr/bin/curl", "-sS", "-k", "-H", "Origin: " + origin, "-H",
                "Sec-Fetch-Site: same-origin", "--data",
                fmt::format("lang=en&code={}&year={}&month={}&day={}", code, year, month, day),
                origin + "/stop"})
        .output;
}

std::size_t AtTheWindow::count_of(std::string_view text, std::string_view what) {
    std::size_t out = 0;
    for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1))
        ++out;
    return out;
}

}  // namespace mado::tests
