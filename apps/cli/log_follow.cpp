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
#include <map>
#include <thread>

#include "base/clock.hpp"
#include "base/file.hpp"
#include "log_tools.hpp"
#include "log_words.hpp"
#include "monitor/history.hpp"
#include "office.hpp"

namespace mado::cli {
namespace {

constexpr std::int64_t unwitnessed_s_max = 600;
constexpr std::string_view form = "mado-log-follow/1";
constexpr std::size_t state_bytes_max = 16 * 1024 * 1024;

struct Remembered {
    std::string note;  // the newest cosigned checkpoint; "" before the first
    UnixTime witnessed_at = 0;
};
using State = std::map<std::string, Remembered>;  // by origin

Parsed<State> parse_state(const std::string& text) {
    const auto object = parse_json_object(text, {.text_bytes_max = state_bytes_max});
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    if (in.text("form") != form) return bad("it is not a state of log follow, version 1");
    State out;
    for (const auto& value : in.array("logs", wire::logs_max)) {
        if (!value.is_object()) return bad("a followed log is not an object");
        Members one(value.get_object());
        const auto origin = one.text("origin");
        Remembered remembered{.note = one.text("note", tlog::note_bytes_max),
                              .witnessed_at = one.integer("witnessed_at")};
        if (auto ok = one.finish(); !ok) return std::unexpected(ok.error());
        out.emplace(origin, std::move(remembered));
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

State load_state(const std::string& path) {
    const auto text = read_file(path, state_bytes_max);
    if (!text) return {};
    auto state = parse_state(*text);
    if (!state) {
        throw OperatorError(fmt::format(
            "{}: {}; to start over, and forget what was seen, remove it", path, state.error().why));
    }
    return std::move(*state);
}

void save_state(const std::string& path, const State& state) {
    json::array logs;
    for (const auto& [origin, remembered] : state) {
        logs.push_back(json::object{{"origin", origin},
                                    {"note", remembered.note},
                                    {"witnessed_at", remembered.witnessed_at}});
    }
    if (const auto folder = std::filesystem::path(path).parent_path(); !folder.empty()) {
        std::filesystem::create_directories(folder);
    }
    replace_file(
        path,
        as_bytes(json::serialize(json::object{{"form", form}, {"logs", std::move(logs)}}) + "\n"));
}

// What a round found, worst first.
enum class Alarm { fork, wrong, older, unreachable, unwitnessed, none };

std::string_view name_of(Alarm alarm) {
    switch (alarm) {
        case Alarm::fork:
            return "fork";
        case Alarm::wrong:
            return "wrong";
        case Alarm::older:
            return "older_checkpoint";
        case Alarm::unreachable:
            return "unreachable";
        case Alarm::unwitnessed:
            return "unwitnessed";
        case Alarm::none:
            return "ok";
    }
    return "wrong";
}

int status_of(Alarm alarm) {
    switch (alarm) {
        case Alarm::fork:
        case Alarm::wrong:
        case Alarm::older:
            return status_lie;
        case Alarm::unreachable:
            return status_unread;
        case Alarm::unwitnessed:
            return status_unwitnessed;
        case Alarm::none:
            return status_good;
    }
    return status_lie;
}

struct Finding {
    Alarm alarm = Alarm::none;
    std::string words;
};

Finding finding_of(std::string_view what, monitor::ReadError error) {
    return {.alarm = cli::status_of(error) == status_unread ? Alarm::unreachable : Alarm::wrong,
            .words = fmt::format("{}: {}: {}", what, monitor::to_text(error), words_of(error))};
}

// Empty: of one history.
http::Task<std::optional<Finding>> compare(const Places& places, monitor::LogReader& reader,
                                           std::string what, std::string one, std::string other) {
    const auto found = co_await monitor::compare_trees(reader, std::move(one), std::move(other));
    if (!found) co_return finding_of(what, found.error());
    if (!*found) co_return std::nullopt;
    co_return Finding{
        .alarm = Alarm::fork,
        .words = fmt::format("記録の分岐 the log has signed two histories ({}); the proof: {}",
                             what, keep_evidence(places, **found))};
}

// A witness that cannot be reached is no alarm: the quorum is what counts.
http::Task<std::optional<Finding>> compare_witness(const Places& places, monitor::LogReader& reader,
                                                   const wire::Witness& witness,
                                                   const monitor::Published& published,
                                                   UnixTime now) {
    monitor::PageReader pages(witness.url, witness.certificate);
    const auto seen =
        co_await monitor::witness_checkpoint(pages, witness.key, reader.log().key, now);
    if (seen) {
        co_return co_await compare(places, reader, witness.key.name(), seen->note, published.note);
    }
    if (cli::status_of(seen.error()) == status_unread) co_return std::nullopt;
    co_return finding_of(witness.key.name(), seen.error());
}

http::Task<Finding> follow(const Places& places, const wire::Directory& directory,
                           const wire::AccessLog& log, Remembered& remembered, UnixTime now) {
    monitor::LogReader reader(log);
    const auto published = co_await reader.checkpoint(directory.quorum, now);
    if (!published) co_return finding_of("checkpoint", published.error());
    const auto older = tlog::open_checkpoint(remembered.note, log.key);
    if (older) {  // else nothing is remembered, or the directory has another key for this log now
        const auto found = co_await compare(places, reader, "what was seen before", remembered.note,
                                            published->note);
        if (found) co_return *found;
    }
    for (const auto& witness : directory.witnesses) {
        const auto found = co_await compare_witness(places, reader, witness, *published, now);
        if (found) co_return *found;
    }
    const auto size = published->checkpoint.size;
    if (older && size < older->size) {
        co_return Finding{
            .alarm = Alarm::older,
            .words = fmt::format("古いチェックポイント it publishes {} entries, and had {} before",
                                 size, older->size)};
    }
    if (published->cosigned) {
        remembered = {.note = published->note,
                      .witnessed_at = monitor::witnessed_at(*published, directory.quorum, now)};
    }
    if (remembered.witnessed_at < now - unwitnessed_s_max) {
        co_return Finding{
            .alarm = Alarm::unwitnessed,
            .words = fmt::format("証人の署名が途絶えた no quorum of witnesses has seen it "
                                 "for {} minutes, the last time at {}",
                                 (now - remembered.witnessed_at) / 60,
                                 to_rfc3339(remembered.witnessed_at))};
    }
    co_return Finding{
        .alarm = Alarm::none,
        .words = fmt::format("{} 件 entries; {}", size, witnesses_text(published->cosignatures))};
}

int round(const Places& places, const std::string& state_path) {
    const auto directory = load_directory(places);
    auto state = load_state(state_path);
    int status = status_good;
    for (const auto& log : directory.logs) {
        const auto now = unix_now();
        const auto& origin = log.key.name();
        auto& remembered = state.try_emplace(origin, Remembered{{}, now}).first->second;
        const auto finding = wait_for(follow(places, directory, log, remembered, now));
        std::cout << fmt::format("{}  {}  {}  {}\n", to_rfc3339(now), name_of(finding.alarm),
                                 origin, finding.words)
                  << std::flush;
        status = worse_status(status, status_of(finding.alarm));
    }
    save_state(state_path, state);
    return status;
}

}  // namespace

int follow_logs(const Places& places, const FollowLogOptions& options) {
    const auto path = options.state.empty() ? places.run() + "/follow.json" : options.state;
    while (true) {
        const int status = round(places, path);
        if (options.once) return status;
        std::this_thread::sleep_for(std::chrono::seconds(options.every_s));
    }
}

}  // namespace mado::cli
