// The program under test, and the judge. Only the judge opens the truth.
#include <fmt/format.h>

#include <charconv>
#include <fstream>
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

// How many people have or had a name, by what could be taken for it.
class Registry {
  public:
    Registry(const std::string& path, const matching::Tables& tables) : tables_(tables) {
        each_line(path, 7, [this](const Fields& fields) {
            const auto& birth = fields[2];
            const auto& sex = fields[3];
            people_.push_back(attributes_of(fields, 0));
            std::map<std::string, int> keys;  // each person once
            for (const auto& key : keys_of(fields[0], fields[1], birth, sex))
                keys.emplace(key, 1);
            for (const auto& key : keys_of(fields[5], fields[6], birth, sex))
                keys.emplace(key, 1);
            keys.emplace(home_of(people_.back()), 1);
            for (const auto& [key, one] : keys)
                count_[key] += one;
        });
    }
    [[nodiscard]] const matching::Attributes& person(std::size_t index) const {
        return people_.at(index);
    }
    [[nodiscard]] bool only_one(const matching::Attributes& person) const {
        for (const auto& key :
             keys_of(*person.name, *person.kana, to_text(*person.birth_date), *person.sex)) {
            if (count_.at(key) > 1) return false;
        }
        return count_.at(home_of(person)) == 1;  // no twin
    }

  private:
    [[nodiscard]] std::string home_of(const matching::Attributes& person) const {
        return "a " + to_text(*person.birth_date) + *person.sex +
               matching::folded(matching::Attribute::address, *person.address, tables_);
    }
    [[nodiscard]] std::vector<std::string> keys_of(const std::string& name, const std::string& kana,
                                                   const std::string& birth,
                                                   const std::string& sex) const {
        std::vector<std::string> keys;
        if (name.empty()) return keys;
        using matching::Attribute;
        keys.push_back("n " + birth + sex + matching::folded(Attribute::name, name, tables_));
        keys.push_back("k " + birth + sex + matching::folded(Attribute::kana, kana, tables_));
        return keys;
    }
    const matching::Tables& tables_;
    std::vector<matching::Attributes> people_;
    std::unordered_map<std::string, int> count_;
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
    const Registry registry(folder + "/registry.tsv", tables);
    std::map<std::string, std::unordered_map<std::string, matching::Attributes>> registers;
    for (const auto name : dirty_registers) {
        auto& rows = registers[std::string(name)];
        each_line(fmt::format("{}/{}.tsv", folder, name), 6, [&rows](const Fields& fields) {
            rows.emplace(fields[0], attributes_of(fields, 1));
        });
    }
    std::ofstream out(folder + "/decisions.tsv", std::ios::binary | std::ios::trunc);
    each_line(folder + "/applications.tsv", 3, [&](const Fields& fields) {
        const auto& person = registry.person(std::stoull(fields[0]));
        const auto& rows = registers.at(fields[1]);
        const auto row = rows.find(fields[2]);
        out << fields[1] << '\t';
        if (row == rows.end() || row->second.birth_date != person.birth_date) {
            out << "no_match\t\n";
            return;
        }
        const matching::Asked asked{.only_one = registry.only_one(person)};
        out << decision_text(matching::compare(person, row->second, tables, asked)) << '\n';
    });
    out.close();
    if (!out) throw Failure("cannot write the decisions");
}

DirtyReport judge(const std::string& folder, const std::string& truth) {
    std::vector<Fields> decisions;
    each_line(folder + "/decisions.tsv", 3,
              [&decisions](const Fields& fields) { decisions.push_back(fields); });
    DirtyReport report;
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
