// `log stats`: what the relay counts in public.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <iostream>

#include "log_tools.hpp"
#include "log_words.hpp"
#include "office.hpp"

namespace mado::cli {
namespace {

constexpr JsonLimits limits{
    .text_bytes_max = 4 * 1024 * 1024, .depth_max = 8, .values_max = 500'000};

struct Cell {
    std::string month, service, requester_kind, purpose;
    std::optional<std::int64_t> orders;  // none: fewer than the smallest count
};

// Unlike everything that organisations exchange, this page may grow: members that are not known
// here are passed over.
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
                  .orders = {}};
        const auto* orders = in.any("orders");
        if (!in.good() || orders == nullptr) return bad("a public count lacks a member");
        if (!orders->is_null() && !orders->is_int64()) return bad("a public count is no number");
        if (orders->is_int64()) cell.orders = orders->get_int64();
        out.push_back(std::move(cell));
    }
    return out;
}

// Other numbers of the page, by their names: whatever a later relay counts besides.
void print_more(const json::object& page) {
    for (const auto& [name, value] : page) {
        if (name == "smallest_count" || !value.is_int64()) continue;
        std::cout << fmt::format("{}: {}\n", std::string_view(name), value.get_int64());
    }
}

int print_counts(const json::object& page) {
    const auto cells = read_cells(page);
    const auto* smallest = page.if_contains("smallest_count");
    if (!cells || smallest == nullptr || !smallest->is_int64()) {
        return print_read_error("counts", monitor::ReadError::malformed);
    }
    std::cout << "月 month  サービス service      照会者 requester     目的 purpose         件数 "
                 "orders\n";
    for (const auto& cell : *cells) {
        std::cout << fmt::format(
            "{:<9} {:<21} {:<20} {:<20} {}\n", cell.month, cell.service, cell.requester_kind,
            cell.purpose,
            cell.orders ? std::to_string(*cell.orders)
                        : fmt::format("{0} 未満 fewer than {0}", smallest->get_int64()));
    }
    if (cells->empty()) std::cout << "（照会なし none yet）\n";
    print_more(page);
    return status_good;
}

http::Task<monitor::Read<std::string>> fetch(const wire::AccessLog& log) {
    monitor::LogReader reader(log);
    co_return co_await reader.page("counts");
}

}  // namespace

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
    return print_counts(*page);
}

}  // namespace mado::cli
