// The program under test, and the judge. Only the judge opens the truth.
#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <set>
#include <unordered_map>

#include "base/result.hpp"
#include "dirty.hpp"

namespace mado::country {
namespace {

using Fields = std::vector<std::string>;

// Line by line of a file of tab-separated columns.
template <class Read>
void each_line(const std::string& path, std::size_t columns, Read read) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw Failure("cannot read " + path);
    for (std::string line; std::getline(in, line);) {
        Fields fields;
        std::size_t from = 0;
        for (auto tab = line.find('\t'); tab != line.npos; tab = line.find('\t', from)) {
            fields.push_back(line.substr(from, tab - from));
            from = tab + 1;
        }
        fields.push_back(line.substr(from));
        if (fields.size() != columns) throw Failure("a line has not all columns: " + path);
        read(fields);
    }
}

std::optional<std::string> text_or_none(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

// name, kana, birth date, sex, address, from the column `at` on
matching::Attributes attributes_of(const Fields& fields, std::size_t at) {
    return {.name = text_or_none(fields[at]),
            .kana = text_or_none(fields[at + 1]),
            .birth_date = parse_date(fields[at + 2]).value(),
            .sex = text_or_none(fields[at + 3]),
            .address = text_or_none(fields[at + 4])};
}

// The resident registries, one of each city, which knows only its own people.
class Registries {
  public:
    Registries(const std::string& path, const matching::Tables& tables) : tables_(tables) {
        each_line(path, 8, [this](const Fields& fields) {
            const auto index = people_.size();
            people_.push_back({attributes_of(fields, 1), text_or_none(fields[6]),
                               text_or_none(fields[7]), fields[0] + fields[3] + fields[4]});
            born_[people_.back().born].push_back(index);
        });
    }
    [[nodiscard]] const matching::Attributes& person(std::size_t index) const {
        return people_.at(index).now;
    }
    // As a holder's items SELECT lists them for `existence`.
    [[nodiscard]] bool only_one(std::size_t asked) const {
        std::vector<matching::Listed> listed;
        for (const auto index : born_.at(people_.at(asked).born)) {
            const auto& one = people_[index];
            const bool is_asked = index == asked;
            listed.push_back({is_asked, one.now.name, one.now.kana, one.now.address});
            if (!one.former_name) continue;
            listed.push_back({is_asked, one.former_name, one.former_kana, one.now.address});
        }
        return matching::is_only_one(listed, tables_).value();
    }

  private:
    struct Resident {
        matching::Attributes now;
        std::optional<std::string> former_name, former_kana;
        std::string born;  // city, birth date, sex
    };
    const matching::Tables& tables_;
    std::vector<Resident> people_;
    std::unordered_map<std::string, std::vector<std::size_t>> born_;
};

// "variant" and why: the attributes that are not the same, each with its rules.
std::string decision_text(const matching::Comparison& found) {
    std::string reason;
    for (const auto& [attribute, compared] : found.attributes) {
        if (compared.verdict == matching::Verdict::same) continue;
        reason += (reason.empty() ? "" : ", ") + std::string(matching::to_text(attribute));
        if (compared.verdict == matching::Verdict::different) reason += " different";
        for (const auto rule : compared.rules) {
            if (!matching::is_presentation(rule)) {
                reason += " " + std::string(matching::to_text(rule));
            }
        }
    }
    if (found.too_little) reason = "too-little";
    return std::string(matching::to_text(found.verdict)) + '\t' + reason;
}

void count(Outcomes& outcomes, const std::string& verdict, bool own) {
    if (verdict == "same") {
        ++outcomes.same;
        outcomes.wrong += !own;
    } else if (verdict == "variant") {
        ++outcomes.variant;
    } else if (verdict == "different") {
        ++outcomes.different;
    } else {
        ++outcomes.no_match;
    }
}

}  // namespace

void decide(const std::string& folder, const matching::Tables& tables) {
    const Registries registries(folder + "/registry.tsv", tables);
    std::map<std::string, std::unordered_map<std::string, matching::Attributes>> registers;
    for (const auto name : dirty_registers) {
        auto& rows = registers[std::string(name)];
        each_line(fmt::format("{}/{}.tsv", folder, name), 6, [&rows](const Fields& fields) {
            rows.emplace(fields[0], attributes_of(fields, 1));
        });
    }
    std::ofstream out(folder + "/decisions.tsv", std::ios::binary | std::ios::trunc);
    each_line(folder + "/applications.tsv", 3, [&](const Fields& fields) {
        const auto index = std::stoull(fields[0]);
        const auto& person = registries.person(index);
        const auto& rows = registers.at(fields[1]);
        const auto row = rows.find(fields[2]);
        out << fields[1] << '\t';
        if (row == rows.end() || row->second.birth_date != person.birth_date) {
            out << "no_match\t\n";
            return;
        }
        const auto found =
            matching::compare(person, row->second, tables,
                              {.only_one = registries.only_one(index), .decided = false});
        out << (found.likely_another ? "no_match\t" : decision_text(found)) << '\n';
    });
    out.close();
    if (!out) throw Failure("cannot write the decisions");
}

namespace {

PeopleAsked judge_people(const std::string& folder, const std::vector<Fields>& decisions) {
    struct Asked {
        bool clerk = false, again = false;
        std::set<std::string> reasons;
    };
    std::unordered_map<std::string, Asked> people;
    std::size_t at = 0;
    each_line(folder + "/applications.tsv", 3, [&](const Fields& fields) {
        auto& one = people[fields[0]];
        const auto& decision = decisions.at(at++);
        const bool clerk = decision[1] == "variant" || decision[1] == "different";
        one.clerk |= clerk;
        one.again |= decision[1] == "no_match";
        if (clerk) one.reasons.insert(decision[2]);
    });
    PeopleAsked out;
    out.all = static_cast<std::int64_t>(people.size());
    for (const auto& [number, one] : people) {
        out.by_themselves += !one.clerk && !one.again;
        out.clerk += one.clerk;
        out.one_reason += one.reasons.size() == 1;
    }
    return out;
}

}  // namespace

DirtyReport judge(const std::string& folder, const std::string& truth) {
    std::vector<Fields> decisions;
    each_line(folder + "/decisions.tsv", 3,
              [&decisions](const Fields& fields) { decisions.push_back(fields); });
    DirtyReport report;
    report.people = judge_people(folder, decisions);
    std::size_t at = 0;
    each_line(truth, 2, [&](const Fields& fields) {
        const auto& decision = decisions.at(at++);
        const bool own = fields[0] == "own";
        count(report.all, decision[1], own);
        if (fields[0] == "other") count(report.others, decision[1], own);
        count(report.by_register[decision[0]], decision[1], own);
        std::size_t from = 0;
        const auto errors = fields[1] + ",";
        for (auto comma = errors.find(','); comma != errors.npos; comma = errors.find(',', from)) {
            count(report.by_error[errors.substr(from, comma - from)], decision[1], own);
            from = comma + 1;
        }
        if (decision[1] == "variant" || decision[1] == "different") {
            count(report.by_reason[decision[2]], decision[1], own);
        }
    });
    if (at != decisions.size()) throw Failure("there are more decisions than applications");
    return report;
}

}  // namespace mado::country
