#include "names.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string_view>

#include "base/file.hpp"
#include "base/result.hpp"

namespace mado::country {
namespace {

constexpr std::size_t file_bytes_max = 1024 * 1024;

std::vector<std::string> split(std::string_view text, char at) {
    std::vector<std::string> parts;
    while (true) {
        const auto end = text.find(at);
        parts.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

// The rows of a file of tab-separated columns; lines that begin with # are comments.
std::vector<std::vector<std::string>> read_table(const std::string& path, std::size_t columns) {
    const auto text = read_file(path, file_bytes_max);
    if (!text) throw OperatorError("the file " + path + " is missing: give --country country/jp");
    std::vector<std::vector<std::string>> rows;
    for (const auto& line : split(*text, '\n')) {
        if (line.empty() || line.starts_with('#')) continue;
        rows.push_back(split(line, '\t'));
        if (rows.back().size() != columns || rows.back().front().empty()) {
            throw OperatorError(
                fmt::format("{}: a line has not {} columns: {}", path, columns, line));
        }
    }
    if (rows.empty()) throw OperatorError("the file " + path + " is empty");
    return rows;
}

std::optional<Sex> parse_sex(std::string_view text) {
    if (text == "female") return Sex::female;
    if (text == "male") return Sex::male;
    return std::nullopt;
}

std::optional<std::size_t> parse_band(std::string_view text) {
    if (text == "old") return 0;
    if (text == "mid") return 1;
    if (text == "new") return 2;
    return std::nullopt;
}

std::size_t band_of(Date birth) {
    const int year = static_cast<int>(birth.year());
    if (year < 1956) return 0;
    return year < 1990 ? 1 : 2;
}

template <class T>
const T& any(Random& random, const std::vector<T>& list) {
    return list[static_cast<std::size_t>(
        random.between(0, static_cast<std::int64_t>(list.size()) - 1))];
}

}  // namespace

Names::Names(const std::string& country_folder) {
    const auto folder = country_folder + "/names/";
    for (const auto& row : read_table(folder + "surnames.tsv", 3)) {
        const auto& text = row[2];
        int weight = 0;
        const auto end = text.data() + text.size();
        if (std::from_chars(text.data(), end, weight).ptr != end || weight < 1 || weight > 1000) {
            throw OperatorError(folder + "surnames.tsv: not a weight from 1 to 1000: " + text);
        }
        surnames_.push_back({row[0], row[1]});
        surname_weights_.push_back(weight);
    }
    for (const auto& row : read_table(folder + "given_names.tsv", 4)) {
        const auto sex = parse_sex(row[2]);
        const auto band = parse_band(row[3]);
        if (!sex || !band) throw OperatorError(folder + "given_names.tsv: wrong: " + row[0]);
        given_[static_cast<std::size_t>(*sex)][*band].push_back({row[0], row[1]});
    }
    for (const auto& by_band : given_) {
        for (const auto& list : by_band) {
            if (list.empty()) throw OperatorError(folder + "given_names.tsv: a kind has no name");
        }
    }
    for (const auto& row : read_table(folder + "foreign_names.tsv", 4)) {
        const auto sex = parse_sex(row[2]);
        if (!sex) throw OperatorError(folder + "foreign_names.tsv: wrong: " + row[0]);
        foreign_.push_back({{row[0], row[1]}, *sex, row[3]});
    }
    for (const auto& row : read_table(folder + "towns.tsv", 2))
        towns_.push_back({row[0], row[1]});
}

const Name& Names::surname(Random& random) const {
    return surnames_[random.pick(surname_weights_)];
}

const Name& Names::given(Random& random, Sex sex, Date birth) const {
    return any(random, given_[static_cast<std::size_t>(sex)][band_of(birth)]);
}

const ForeignName& Names::foreign(Random& random) const {
    return any(random, foreign_);
}

const Town& Names::town(Random& random) const {
    return any(random, towns_);
}

}  // namespace mado::country
