// `log follow`: a monitor. Remembers the last cosigned checkpoint of each log, and raises an alarm
// when what is published now does not follow from it.
//
// Its state is trusted for what this monitor has seen. An attacker who can change it can at most
// make it forget: a checkpoint that it did not see cannot be put in, since the log has not signed
// it.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <thread>

#include "base/clock.hpp"
#include "base/file.hpp"
#include "log_tools.hpp"
#include "log_words.hpp"
#include "monitor/follow.hpp"
#include "office.hpp"

namespace mado::cli {
namespace {

constexpr std::string_view form = "mado-log-follow/1";
constexpr std::size_t state_bytes_max = 16 * 1024 * 1024;

Followed load_state(const std::string& path) {
    const auto text = read_file(path, state_bytes_max);
    if (!text) return {};
    auto state = parse_followed(*text);
    if (!state) {
        throw OperatorError(fmt::format(
            "{}: {}; to start over, and forget what was seen, remove it", path, state.error().why));
    }
    return std::move(*state);
}

void save_state(const std::string& path, const Followed& state) {
    if (const auto folder = std::filesystem::path(path).parent_path(); !folder.empty()) {
        std::filesystem::create_directories(folder);
    }
    replace_file(path, as_bytes(to_json(state) + "\n"));
}

int status_of(monitor::Alarm alarm) {
    switch (alarm) {
        case monitor::Alarm::fork:
        case monitor::Alarm::wrong:
        case monitor::Alarm::older:
            return status_lie;
        case monitor::Alarm::unreachable:
            return status_unread;
        case monitor::Alarm::unwitnessed:
            return status_unwitnessed;
        case monitor::Alarm::none:
            return status_good;
    }
    return status_lie;
}

// In plain words; a fork's proof is kept first.
std::string alarm_words(const Places& places, const wire::AccessLog& log,
                        const monitor::Finding& finding, const monitor::Remembered& remembered) {
    switch (finding.alarm) {
        case monitor::Alarm::fork:
            return fmt::format("記録の分岐 it has signed two histories ({}); the proof: {}",
                               finding.where,
                               keep_evidence(places, log.key, *finding.contradiction));
        case monitor::Alarm::wrong:
        case monitor::Alarm::unreachable:
            return fmt::format("{}: {}: {}", finding.where, monitor::to_text(*finding.error),
                               words_of(*finding.error));
        case monitor::Alarm::older:
            return fmt::format("古いチェックポイント it publishes {} entries, fewer than it did",
                               finding.published->checkpoint.size);
        case monitor::Alarm::unwitnessed:
            return fmt::format(
                "証人の署名が途絶えた no quorum of witnesses has seen it since {}; do the "
                "witnesses run?",
                to_rfc3339(remembered.witnessed_at));
        case monitor::Alarm::none:
            return fmt::format("{} 件 entries; {}", finding.published->checkpoint.size,
                               witnesses_text(finding.published->cosignatures));
    }
    return "";
}

http::Task<monitor::Finding> follow(const wire::Directory& directory, const wire::AccessLog& log,
                                    monitor::Remembered& remembered, UnixTime now) {
    monitor::LogReader reader(log);
    co_return co_await monitor::follow(reader, directory, remembered, now);
}

int round(const Places& places, const std::string& state_path) {
    const auto directory = load_directory(places);
    auto state = load_state(state_path);
    int status = status_good;
    for (const auto& log : directory.logs) {
        const auto now = unix_now();
        const auto& origin = log.key.name();
        auto& remembered =
            state.try_emplace(origin, monitor::Remembered{.note = {}, .witnessed_at = now})
                .first->second;
        const auto finding = wait_for(follow(directory, log, remembered, now));
        std::cout << fmt::format("{}  {}  {}  {}\n", to_rfc3339(now),
                                 monitor::to_text(finding.alarm), origin,
                                 alarm_words(places, log, finding, remembered))
                  << std::flush;
        if (!std::cout) throw OperatorError("the line could not be written; is the disk full?");
        status = worse_status(status, status_of(finding.alarm));
    }
    save_state(state_path, state);
    return status;
}

}  // namespace

Parsed<Followed> parse_followed(std::string_view text) {
    const auto object = parse_json_object(text, {.text_bytes_max = state_bytes_max});
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    if (in.text("form") != form) return bad("it is not a state of log follow, version 1");
    Followed out;
    for (const auto& value : in.array("logs", wire::logs_max)) {
        if (!value.is_object()) return bad("a followed log is not an object");
        Members one(value.get_object());
        const auto origin = one.text("origin");
        monitor::Remembered remembered{.note = one.text("note", tlog::note_bytes_max),
                                       .witnessed_at = one.integer("witnessed_at")};
        if (auto ok = one.finish(); !ok) return std::unexpected(ok.error());
        out.emplace(origin, std::move(remembered));
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

std::string to_json(const Followed& followed) {
    json::array logs;
    for (const auto& [origin, remembered] : followed) {
        logs.push_back(json::object{{"origin", origin},
                                    {"note", remembered.note},
                                    {"witnessed_at", remembered.witnessed_at}});
    }
    return json::serialize(json::object{{"form", form}, {"logs", std::move(logs)}});
}

int follow_logs(const Places& places, const FollowLogOptions& options) {
    const auto path = options.state.empty() ? places.run() + "/follow.json" : options.state;
    while (true) {
        const int status = round(places, path);
        if (options.once) return status;
        std::this_thread::sleep_for(std::chrono::seconds(options.every_s));
    }
}

}  // namespace mado::cli
