#include "answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json.hpp>
#include <filesystem>
#include <iostream>

#include "base/file.hpp"
#include "base/log.hpp"
#include "base/printable.hpp"
#include "client/events.hpp"
#include "office.hpp"
#include "operators.hpp"

namespace mado::cli {
namespace {

constexpr std::size_t file_bytes_max = 64 * 1024 * 1024;
constexpr std::int64_t caught_up_s_max = 10;
// Nobody tells of older ones (docs/protocols/issuing.md).
constexpr std::int64_t shown_s_max = 366 * std::int64_t{86'400};

std::optional<KeptAnswer> read_answer(const json::object& object) {
    Members in(object);
    KeptAnswer out{.order = in.hash("order"),
                   .index = static_cast<std::uint64_t>(in.integer("index")),
                   .at = in.integer("at"),
                   .holder = in.text("holder", 64),
                   .name = in.text("name", 1'000)};
    return in.finish() ? std::optional(std::move(out)) : std::nullopt;
}

// What the relay tells until all that there was is told, or, with time to wait, until something
// changes. None: it cannot be reached.
std::optional<std::vector<Hash>> hear(const Office& office, std::int64_t wait_s) {
    const Log log("mado");
    http::asio::io_context io{1};
    std::vector<Hash> out;
    bool caught_up = false;
    http::asio::steady_timer time_over(io);
    client::EventFollower* running = nullptr;
    client::EventFollower follower(
        io, office.directory, office.identity, log,
        {.ended = nullptr,
         .changed =
             [&out, &caught_up, &running](const wire::ChangedAnswer& changed) {
                 out.push_back(changed.order);
                 if (caught_up) running->stop();
             },
         .all =
             [&caught_up, &running, wait_s] {
                 caught_up = true;
                 if (wait_s == 0) running->stop();
             }});
    running = &follower;
    http::asio::co_spawn(io, follower.run(), [&time_over](const std::exception_ptr& failed) {
        time_over.cancel();
        if (failed) std::rethrow_exception(failed);
    });
    time_over.expires_after(std::chrono::seconds(std::max(wait_s, caught_up_s_max)));
    time_over.async_wait([&follower](boost::system::error_code cancelled) {
        if (!cancelled) follower.stop();
    });
    io.run();
    return caught_up ? std::optional(std::move(out)) : std::nullopt;
}

// 2026-11-27 10:12, as the country's clocks show it.
std::string local_time(UnixTime at, std::int32_t utc_offset_s) {
    const auto text = to_rfc3339(at + utc_offset_s);
    return text.substr(0, 10) + " " + text.substr(11, 5);
}

void print_answer(const Office& office, const KeptAnswer& answer) {
    const auto insurer = name_of(office.directory, answer.holder);
    const auto at = local_time(answer.at, office.policy.utc_offset_s());
    std::cout << fmt::format("{}  {}  {} ({})\n", at, printable(answer.name), insurer,
                             printable(answer.holder));
    if (answer.changed) {
        std::cout << fmt::format(
            "  ✗ 保険者の {0} の回答は変わりました。もう一度確認してください\n"
            "    the insurer's answer of {0} has changed: ask again (./mado check)\n",
            at);
    } else {
        std::cout << "  保険者はまだ決めていないか、回答のとおりに決めました "
                     "not decided yet, or decided as answered\n";
    }
}

json::object answer_json(const KeptAnswer& answer) {
    return {
        {"order", base64url(answer.order)}, {"index", answer.index}, {"at", answer.at},
        {"holder", answer.holder},          {"name", answer.name},   {"changed", answer.changed}};
}

}  // namespace

std::vector<KeptAnswer> parse_answers(std::string_view text) {
    std::vector<KeptAnswer> out;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto object = parse_json_object(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (!object) continue;
        if (object->contains("changed")) {
            Members in(*object);
            const auto order = in.hash("changed");
            if (!in.finish()) continue;
            for (auto& one : out)
                one.changed = one.changed || one.order == order;
        } else if (auto answer = read_answer(*object)) {
            out.push_back(std::move(*answer));
        }
    }
    return out;
}

std::string answer_line(const KeptAnswer& answer) {
    auto line = answer_json(answer);
    line.erase("changed");
    return json::serialize(line);
}

std::string changed_line(const Hash& order) {
    return json::serialize(json::object{{"changed", base64url(order)}});
}

void keep_answers(const Places& places, const std::string& organisation,
                  const client::Eligibility& result) {
    for (const auto& answered : result.answers) {
        if (!answered.order || !answered.receipt) continue;
        const auto payer = std::ranges::find_if(result.payers, [&answered](const auto& one) {
            return one.provisional && one.holder == answered.order->holder;
        });
        if (payer == result.payers.end()) continue;
        const auto path = places.answers_of(organisation);
        make_office_folder(path);
        append_line(path, answer_line({.order = answered.entry,
                                       .index = answered.receipt->index,
                                       .at = answered.order->time,
                                       .holder = payer->holder.text(),
                                       .name = payer->words.name}));
    }
}

int show_answers(const Places& places, const AnswersOptions& options) {
    const Office office(places, options.as);
    const auto path = places.answers_of(options.as);
    const auto told = hear(office, options.wait_s);
    if (!told) return print_problem({wire::Code::unavailable, {}, {}, {}});
    auto answers = parse_answers(read_file(path, file_bytes_max).value_or(""));
    for (auto& one : answers) {
        // Whatever is told again is known already.
        if (one.changed || std::ranges::find(*told, one.order) == told->end()) continue;
        one.changed = true;
        append_line(path, changed_line(one.order));
    }
    std::erase_if(answers,
                  [now = unix_now()](const auto& one) { return one.at < now - shown_s_max; });
    const bool some = std::ranges::any_of(answers, &KeptAnswer::changed);
    if (options.json) {
        json::array list;
        for (const auto& one : answers)
            list.push_back(answer_json(one));
        std::cout << json::serialize(json::object{{"answers", std::move(list)}}) << "\n";
        return some ? 1 : 0;
    }
    for (const auto& one : answers)
        print_answer(office, one);
    if (answers.empty()) {
        std::cout << "暫定の回答はありません no answer was given before its insurer had decided\n";
    }
    return some ? 1 : 0;
}

}  // namespace mado::cli
