#include "monitor/follow.hpp"

#include <utility>

namespace mado::monitor {
namespace {

Finding finding_of(std::string where, ReadError error) {
    Finding out{.alarm = alarm_of(error),
                .where = std::move(where),
                .error = error,
                .contradiction = {},
                .published = {}};
    return out;
}

// Empty: of one history.
Task<std::optional<Finding>> compare(LogReader& reader, std::string where, std::string one,
                                     std::string other) {
    auto found = co_await compare_trees(reader, std::move(one), std::move(other));
    if (!found) co_return finding_of(std::move(where), found.error());
    if (!*found) co_return std::nullopt;
    co_return Finding{.alarm = Alarm::fork,
                      .where = std::move(where),
                      .contradiction = std::move(*found),
                      .published = {}};
}

Task<std::optional<Finding>> ask_witness(LogReader& reader, const wire::Witness& witness,
                                         const Published& published, UnixTime now) {
    PageReader pages(witness.url, witness.certificate);
    const auto seen = co_await witness_checkpoint(pages, witness.key, reader.log().key, now);
    const auto& name = witness.key.name();
    if (seen) co_return co_await compare(reader, name, seen->note, published.note);
    if (alarm_of(seen.error()) == Alarm::unreachable) co_return std::nullopt;
    co_return finding_of(name, seen.error());
}

}  // namespace

std::string_view to_text(Alarm alarm) {
    switch (alarm) {
        case Alarm::none:
            return "ok";
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
    }
    return "wrong";
}

Alarm alarm_of(ReadError error) {
    switch (error) {
        case ReadError::unreachable:
        case ReadError::not_found:
            return Alarm::unreachable;
        case ReadError::malformed:
        case ReadError::signature:
        case ReadError::does_not_fit:
            return Alarm::wrong;
    }
    return Alarm::wrong;
}

Task<Finding> look(LogReader& reader, const tlog::Quorum& quorum, std::string seen, UnixTime now) {
    auto published = co_await reader.checkpoint(quorum, now);
    if (!published) co_return finding_of("checkpoint", published.error());
    Finding out{.alarm = Alarm::none,
                .where = "checkpoint",
                .contradiction = {},
                .published = std::move(*published)};
    // Else nothing was seen, or the directory has another key for this log now.
    const auto older = tlog::open_checkpoint(seen, reader.log().key);
    if (!older) co_return out;
    auto found = co_await compare(reader, "history", std::move(seen), out.published->note);
    if (found) co_return std::move(*found);
    if (out.published->checkpoint.size < older->size) out.alarm = Alarm::older;
    co_return out;
}

Task<Finding> follow(LogReader& reader, const wire::Directory& directory, Remembered& remembered,
                     UnixTime now) {
    auto out = co_await look(reader, directory.quorum, remembered.note, now);
    if (!out.published) co_return out;
    for (const auto& witness : directory.witnesses) {
        auto found = co_await ask_witness(reader, witness, *out.published, now);
        if (found) co_return std::move(*found);
    }
    if (out.alarm == Alarm::older) co_return out;
    if (out.published->cosigned) {
        remembered = {.note = out.published->note,
                      .witnessed_at = witnessed_at(*out.published, directory.quorum, now)};
    }
    if (remembered.witnessed_at < now - unwitnessed_s_max) out.alarm = Alarm::unwitnessed;
    co_return out;
}

}  // namespace mado::monitor
