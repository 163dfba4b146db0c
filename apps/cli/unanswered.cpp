#include "unanswered.hpp"

#include <algorithm>
#include <iostream>

namespace mado::cli {
namespace {

constexpr std::size_t names_max = 8;  // of a whole country's insurers a list says nothing

}  // namespace

std::vector<wire::ParticipantId> who_is_silent(const wire::Directory& directory,
                                               const client::PersonEntries& entries,
                                               const Silence& silence) {
    std::vector<wire::ParticipantId> out;
    const auto add = [&](const wire::Participant& one) {
        if (std::ranges::find(silence.kinds, one.kind) == silence.kinds.end()) return;
        if (std::ranges::find(silence.answered, one.id) != silence.answered.end()) return;
        if (std::ranges::find(out, one.id) == out.end()) out.push_back(one.id);
    };
    for (const auto& entry : entries.entries) {
        if (!entry.order) continue;
        if (const auto* holder = directory.find(entry.order->holder)) add(*holder);
    }
    if (out.size() >= silence.count) return out;
    for (const auto& one : directory.participants)
        add(one);
    return out;
}

std::string silent_text(const wire::Directory& directory,
                        const std::vector<wire::ParticipantId>& silent, std::size_t count) {
    std::string names;
    for (std::size_t i = 0; i < std::min(silent.size(), names_max); ++i)
        names += (i == 0 ? "" : "、") + name_of(directory, silent[i].text());
    if (silent.size() > names_max) names += "、…";
    if (silent.size() <= count) return names;
    return names + (count == 1 ? " のいずれか one of them"
                               : fmt::format(" のうち {0} 者 {0} of them", count));
}

// The person's list, which the relay gives for the same log-in, says who it was; without it, the
// directory says who it may have been.
void name_silent(const Office& office, const SignedByCard& by,
                 const std::vector<wire::ParticipantId>& answered,
                 std::vector<NoAnswer>& problems) {
    const auto unnamed = [](const NoAnswer& one) {
        return one.who.empty() && client::is_of_one_holder(one.problem);
    };
    if (std::ranges::none_of(problems, unnamed)) return;
    const auto entries = wait_for(client::fetch_entries(
        office.directory, office.policy, office.identity, by.mandate, by.certificate));
    Silence silence{.count = 0, .kinds = {}, .answered = answered};
    for (const auto& one : problems) {
        if (!unnamed(one)) continue;
        silence.count += 1;
        silence.kinds.push_back(one.kind);
    }
    const auto silent =
        who_is_silent(office.directory, entries ? *entries : client::PersonEntries{}, silence);
    const auto text = silent_text(office.directory, silent, silence.count);
    for (auto& one : problems) {
        if (unnamed(one)) one.who = text;
    }
}

std::string colon_after(const std::string& who) {
    return who.empty() ? who : who + ": ";
}

void print_unanswered(const std::vector<NoAnswer>& problems) {
    for (const auto& one : problems) {
        const auto& error = wire::info(one.problem.code);
        std::cout << fmt::format("回答なし {}{}: {} {}\n\n", colon_after(one.who), error.name,
                                 error.title, one.problem.detail);
    }
}

int print_no_answers(const std::vector<NoAnswer>& problems) {
    if (problems.empty()) return print_problem({wire::Code::no_link, {}, {}, {}});
    int status = 0;
    for (const auto& one : problems) {
        if (!one.who.empty()) std::cerr << fmt::format("回答なし no answer: {}\n", one.who);
        status = print_problem(one.problem);
    }
    return status;
}

}  // namespace mado::cli
