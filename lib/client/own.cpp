#include "client/own.hpp"

#include <algorithm>
#include <array>

#include "client/lines.hpp"
#include "wire/subject.hpp"

namespace mado::client {
namespace {

constexpr std::array of_one_holder{
    wire::Code::no_match,        wire::Code::several_match,   wire::Code::holder_refused,
    wire::Code::holder_failed,   wire::Code::service_unknown, wire::Code::answer_invalid,
    wire::Code::receipt_invalid,
};
// Reasons of `unavailable` (docs/protocols/errors.md). Any other, or none, is of the relay itself.
constexpr std::array<std::string_view, 3> silences{"absent", "slow", "unwell"};

bool has_next(const Result<Answered>& answered) {
    return answered || is_of_one_holder(answered.error());
}

}  // namespace

bool is_of_one_holder(const Problem& problem) {
    if (problem.code == wire::Code::unavailable) {
        return std::ranges::find(silences, problem.detail) != silences.end();
    }
    return std::ranges::find(of_one_holder, problem.code) != of_one_holder.end();
}

bool is_as_asked(const std::map<std::string, std::string>& parameters, const std::string& name,
                 const std::string& answered) {
    const auto asked = parameters.find(name);
    return asked == parameters.end() || asked->second == answered;
}

Task<std::vector<OwnRecord>> fetch_own(const wire::Directory& directory, const Identity& identity,
                                       OwnQuestion question) {
    std::vector<Ask> asks;
    for (const auto& kind : question.kinds) {
        asks.push_back({.to = {.holder = {}, .kind = kind, .position = 1},
                        .service = question.service,
                        .purpose = *wire::CodeId::parse("own-view"),
                        .parameters = question.parameters,
                        .subject = to_bytes(wire::mandate_subject(question.login_mandate)),
                        .card_seen = false,
                        .values_max = question.values_max});
    }
    auto lines = co_await ask_lines(directory, identity, std::move(asks), &has_next);
    std::vector<OwnRecord> out;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        std::int64_t position = 0;
        for (auto& answer : lines[i]) {
            // The end of the person's links.
            if (!answer && answer.error().code == wire::Code::no_link) break;
            out.push_back({question.kinds[i], ++position, std::move(answer)});
        }
    }
    co_return out;
}

}  // namespace mado::client
