// `log stats`: what the relay counts in public.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <iostream>

#include "base/printable.hpp"
#include "log_tools.hpp"
#include "log_words.hpp"
#include "office.hpp"

namespace mado::cli {
namespace {

constexpr JsonLimits limits{
    .text_bytes_max = 4 * 1024 * 1024, .depth_max = 8, .values_max = 500'000};

struct Cell {
    std::string month, service, requester_kind, purpose;
    json::value orders;  // null: fewer than the smallest count
};

Parsed<std::vector<Cell>> read_cells(const json::object& page) {
    std::vector<Cell> out;
    const auto* cells = page.if_contains("counts");
    if (cells == nullptr || !cells->is_array()) return bad("the public counts have no counts");
    for (const auto& value : cells->get_array()) {
        if (!value.is_object()) return bad("a public count is not an object");
        Members in(value.get_object());
        Cell cell{.month = in.text("month", 16),
                  .service = in.text("service"),
                  .requester_kind = in.text("requester_kind"),
                  .purpose = in.text("purpose"),
                  .orders = nullptr};
        const auto* orders = in.any("orders");
        if (!in.good() || orders == nullptr) return bad("a public count lacks a member");
        if (!orders->is_null() && !orders->is_int64()) return bad("a public count is no number");
        cell.orders = *orders;
        out.push_back(std::move(cell));
    }
    return out;
}

// A count, or null for fewer than the smallest one.
std::string count_text(const json::value& count, std::int64_t smallest) {
    if (count.is_int64()) return std::to_string(count.get_int64());
    return fmt::format("{0} 未満 fewer than {0}", smallest);
}

// What a relay may count besides; each is left out where there is none.
std::string words_of_more(const json::object& page, std::int64_t smallest) {
    std::string out;
    const auto* sealed = page.if_contains("sealed");
    if (sealed != nullptr && (sealed->is_int64() || sealed->is_null())) {
        out += fmt::format("\n封印中の記録 sealed entries: {}\n", count_text(*sealed, smallest));
    }
    const auto* overdue = page.if_contains("overdue_questions");
    if (overdue == nullptr || !overdue->is_array()) return out;
    for (const auto& value : overdue->get_array()) {
        if (!value.is_object()) continue;
        Members in(value.get_object());
        const auto organisation = in.text("organisation", 64);
        const auto questions = in.integer("questions");
        if (!in.good()) continue;
        out += fmt::format("期限を過ぎた質問 overdue questions: {}: {}\n", printable(organisation),
                           questions);
    }
    return out;
}

http::Task<monitor::Read<std::string>> fetch(const wire::AccessLog& log) {
    monitor::LogReader reader(log);
    co_return co_await reader.page("counts");
}

}  // namespace

Parsed<std::string> words_of_counts(const json::object& page) {
    const auto cells = read_cells(page);
    if (!cells) return std::unexpected(cells.error());
    const auto* smallest = page.if_contains("smallest_count");
    if (smallest == nullptr || !smallest->is_int64()) {
        return bad("the public counts do not say what a small count is");
    }
    std::string out =
        "月 month  サービス service      照会者 requester     目的 purpose         件数 orders\n";
    for (const auto& cell : *cells) {
        out += fmt::format("{:<9} {:<21} {:<20} {:<20} {}\n", printable(cell.month),
                           printable(cell.service), printable(cell.requester_kind),
                           printable(cell.purpose), count_text(cell.orders, smallest->get_int64()));
    }
    if (cells->empty()) out += "（照会なし none yet）\n";
    return out + words_of_more(page, smallest->get_int64());
}

int show_counts(const Places& places, const CountLogOptions& options) {
    const auto directory = load_directory(places);
    const auto text = wait_for(fetch(choose_log(directory, options.log)));
    if (!text) return print_read_error("counts", text.error());
    const auto page = parse_json_object(*text, limits);
    if (!page) return print_read_error("counts", monitor::ReadError::malformed);
    if (options.json) {
        std::cout << json::serialize(*page) << "\n";
        return status_good;
    }
    const auto words = words_of_counts(*page);
    if (!words) return print_read_error("counts", monitor::ReadError::malformed);
    std::cout << *words;
    return status_good;
}

}  // namespace mado::cli
