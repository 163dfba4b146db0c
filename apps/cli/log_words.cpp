#include "log_words.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <iostream>

#include "base/file.hpp"
#include "crypto/digest.hpp"

namespace mado::cli {

int worse_status(int one, int other) {
    for (const int status : {status_lie, status_unread, status_unwitnessed}) {
        if (one == status || other == status) return status;
    }
    return status_good;
}

wire::Directory load_directory(const Places& places) {
    return wire::load_directory(places.directory(), places.authority_key());
}

const wire::AccessLog& choose_log(const wire::Directory& directory, const std::string& origin) {
    if (origin.empty() && directory.logs.size() == 1) return directory.logs.front();
    if (const auto* log = directory.log(origin)) return *log;
    std::string names;
    for (const auto& log : directory.logs)
        names += (names.empty() ? "" : ", ") + log.key.name();
    throw OperatorError(fmt::format(
        "{}; the directory has: {}",
        origin.empty() ? "say which log, with --log" : "there is no log " + origin, names));
}

std::string_view words_of(monitor::ReadError error) {
    switch (error) {
        case monitor::ReadError::unreachable:
            return "応答がない no answer; does it run? ./mado status";
        case monitor::ReadError::not_found:
            return "公開されていない it is not published, though it should be";
        case monitor::ReadError::malformed:
            return "形式が違う it has not the form that it should have";
        case monitor::ReadError::signature:
            return "署名が違う it is not signed by this log, or a witness's signature in it is "
                   "wrong";
        case monitor::ReadError::does_not_fit:
            return "署名された木と合わない it is not of the tree that the log has signed";
    }
    return "";
}

int status_of(monitor::ReadError error) {
    switch (error) {
        case monitor::ReadError::unreachable:
        case monitor::ReadError::not_found:
            return status_unread;
        case monitor::ReadError::malformed:
        case monitor::ReadError::signature:
        case monitor::ReadError::does_not_fit:
            return status_lie;
    }
    return status_lie;
}

int print_read_error(std::string_view what, monitor::ReadError error) {
    std::cerr << fmt::format("mado: {}: {}: {}\n", monitor::to_text(error), what, words_of(error));
    return status_of(error);
}

int print_unwitnessed(const monitor::Published& published, const tlog::Quorum& quorum) {
    std::cerr << fmt::format(
        "mado: unwitnessed: 証人の署名が足りない the checkpoint over {} entries has {} of {} "
        "witnesses; "
        "try again in some seconds, or see ./mado status\n",
        published.checkpoint.size, published.cosignatures.size(), quorum.needed());
    return status_unread;
}

std::string witnesses_text(const std::vector<tlog::Cosignature>& cosignatures) {
    std::string out;
    for (const auto& one : cosignatures)
        out += fmt::format("{}{} {}", out.empty() ? "" : "、", one.witness, to_rfc3339(one.time));
    return out.empty() ? "なし none" : out;
}

std::string keep_evidence(const Places& places, const tlog::NoteVerifier& log,
                          const tlog::Contradiction& contradiction) {
    // Other countries have a log of this origin too.
    const auto name = hex(ByteView(crypto::sha256(as_bytes(log.vkey()))).first(8));
    const auto path = fmt::format("{}/contradiction-{}.json", places.evidence(), name);
    std::filesystem::create_directories(places.evidence());
    if (!std::filesystem::exists(path)) {
        replace_file(path, as_bytes(tlog::to_json(contradiction) + "\n"));
    }
    return path;
}

int print_contradiction(const Places& places, const tlog::NoteVerifier& log,
                        const tlog::Contradiction& contradiction) {
    std::cerr << fmt::format(
        "mado: fork: 記録の分岐 the log {} has signed two histories. The proof, which anybody can "
        "check "
        "with ./mado log check: {}\n",
        log.name(), keep_evidence(places, log, contradiction));
    return status_lie;
}

}  // namespace mado::cli
