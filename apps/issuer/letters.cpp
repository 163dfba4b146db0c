#include "letters.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "site/answers.hpp"
#include "window.hpp"

namespace mado::issuer {
namespace {

using http::Request;
using http::Response;

Parsed<CaseId> read_batch(std::string_view body) {
    const auto object = parse_json_object(body, {.text_bytes_max = window_body_max});
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    const auto batch = in.integer("batch");
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return batch;
}

struct BatchesAsked {
    std::optional<CaseId> before;
};
Parsed<BatchesAsked> read_batches_asked(std::string_view body) {
    const auto object = parse_json_object(body, {.text_bytes_max = window_body_max});
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    const auto before = in.optional_integer("before", 1);
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return BatchesAsked{before};
}

// None: there is nothing to invite to any more. No number of a register's stands on a letter.
std::optional<json::object> letter_json(const CaseFile& file) {
    const auto todos = todo(file.one);
    const auto apply = std::ranges::find(todos, Step::apply, &Todo::step);
    if (!file.one.invited || apply == todos.end()) return std::nullopt;
    const auto& person = file.one.invited->person;
    return json::object{
        {"number", file.number},
        {"person", {{"name", person.name}, {"kana", person.kana}, {"address", person.address}}},
        {"until", apply->until}};
}

}  // namespace

Response list_batches(Store& store, const Request& request, const By& by) {
    const auto asked = read_batches_asked(request.body);
    if (!asked) return site::refuse(wire::Code::malformed, request);
    auto batches = store.batches(by.municipality, asked->before, batches_listed_max + 1);
    const bool more = batches.size() > batches_listed_max;
    if (more) batches.pop_back();
    json::array out;
    for (const auto& one : batches) {
        out.push_back(
            json::object{{"batch", one.id}, {"opened_at", one.opened_at}, {"open", one.open}});
    }
    return site::json_reply(
        json::serialize(json::object{{"batches", std::move(out)}, {"more", more}}));
}

// One that cannot be read does not take the others' letters, and is counted.
Response letters(Store& store, Looks& looks, const Request& request, const By& by) {
    const auto batch = read_batch(request.body);
    if (!batch) return site::refuse(wire::Code::malformed, request);
    const auto cases = store.cases_of_batch(*batch, by.municipality, invited_max);
    if (cases.empty()) return site::refuse(404, "no_case");
    json::array out;
    std::vector<std::string> shown;
    std::size_t unreadable = 0;
    for (const auto id : cases) {
        try {
            const auto file = store.find(id);
            auto letter = letter_json(file);
            if (!letter) continue;
            out.push_back(std::move(*letter));
            shown.push_back(file.one.numbers.issuing);
        } catch (const Failure&) {
            ++unreadable;
        }
    }
    looks.write(shown, LookWay::paper, by);
    return site::json_reply(json::serialize(json::object{
        {"letters", std::move(out)}, {"of", cases.size()}, {"unreadable", unreadable}}));
}

}  // namespace mado::issuer
