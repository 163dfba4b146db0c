// `log verify`: the whole log, from its first entry on, and each witness's own view of it.
#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "base/clock.hpp"
#include "crypto/digest.hpp"
#include "log_tools.hpp"
#include "log_words.hpp"
#include "monitor/history.hpp"
#include "monitor/whole_log.hpp"
#include "office.hpp"

namespace mado::cli {
namespace {

constexpr std::int64_t progress_us = 2'000'000;

// Says on standard error how far it is, when it takes long.
class Progress {
  public:
    explicit Progress(std::uint64_t size) : size_(size) {}
    void at(std::uint64_t entry) {
        const auto now = monotonic_us();
        if (now - last_ < progress_us) return;
        last_ = now;
        std::cerr << fmt::format("mado: {} of {} entries\n", entry, size_);
    }
    [[nodiscard]] double seconds() const {
        return static_cast<double>(monotonic_us() - start_) / 1e6;
    }

  private:
    std::uint64_t size_;
    std::int64_t start_ = monotonic_us();
    std::int64_t last_ = start_;
};

std::string_view verdict(int status) {
    if (status == status_good) return "改ざんなし all good";
    return status == status_lie ? "問題あり NOT good" : "未確認あり not all of it could be read";
}

// What a witness says itself must be of the history that everybody is shown.
http::Task<int> verify_witness(const Places& places, monitor::LogReader& reader,
                               const wire::Witness& witness, const monitor::Published& published) {
    const auto& name = witness.key.name();
    monitor::PageReader pages(witness.url, witness.certificate);
    const auto seen =
        co_await monitor::witness_checkpoint(pages, witness.key, reader.log().key, unix_now());
    if (!seen) co_return print_read_error(name, seen.error());
    const auto found = co_await monitor::compare_trees(reader, seen->note, published.note);
    if (!found) co_return print_read_error("the tree of " + name, found.error());
    if (*found) co_return print_contradiction(places, reader.log().key, **found);
    std::cout << fmt::format("証人 witness    {}: {} 件まで同じ the same tree for {} entries\n",
                             name, seen->checkpoint.size, seen->checkpoint.size);
    co_return status_good;
}

// What the relay goes by is what the directory, and so the log, commits to.
http::Task<int> verify_rules(monitor::LogReader& reader, const wire::Directory& directory) {
    const std::pair<std::string, const Hash&> files[]{{"policy", directory.policy},
                                                      {"schemes", directory.schemes}};
    int status = status_good;
    for (const auto& [name, hash] : files) {
        const auto text = co_await reader.page(name);
        if (!text) {
            status = worse_status(status, print_read_error(name, text.error()));
        } else if (crypto::sha256(as_bytes(*text)) != hash) {
            std::cerr << fmt::format(
                "mado: rules_differ: 中継の規則が名簿とちがう the relay's {} is not the file whose "
                "hash is in the directory (version {})\n",
                name, directory.version);
            status = status_lie;
        } else {
            std::cout << fmt::format("規則 {:<10}名簿の通り as the directory says\n", name);
        }
    }
    co_return status;
}

http::Task<int> verify(const Places& places, const wire::Directory& directory,
                       const wire::AccessLog& log) {
    monitor::LogReader reader(log);
    const auto published = co_await reader.checkpoint(directory.quorum, unix_now());
    if (!published) co_return print_read_error("checkpoint", published.error());
    if (!published->cosigned) co_return print_unwitnessed(*published, directory.quorum);
    Progress progress(published->checkpoint.size);
    bool has_directory = false;
    const auto whole = co_await monitor::read_whole(
        reader, published->checkpoint,
        [&progress, &has_directory, &directory](std::uint64_t index, ByteView entry) {
            has_directory = has_directory || std::ranges::equal(entry, directory.entry);
            progress.at(index);
        });
    if (!whole) co_return print_read_error(whole.error().path, whole.error().error);
    std::cout << fmt::format(
        "記録 log        {}\n木 tree         {} 件 entries: すべて根と一致 all fit the root\n"
        "署名 cosigned   {}\n",
        log.key.name(), published->checkpoint.size, witnesses_text(published->cosignatures));
    int status = status_good;
    if (has_directory) {
        std::cout << fmt::format("名簿 directory  version {}: 記録にある it is in the log\n",
                                 directory.version);
    } else {
        std::cerr << fmt::format(
            "mado: directory_not_logged: 名簿が記録にない the directory in use (version {}) is no "
            "entry of "
            "this log; whoever gave it to you shows others another one\n",
            directory.version);
        status = status_lie;
    }
    status = worse_status(status, co_await verify_rules(reader, directory));
    for (const auto& witness : directory.witnesses)
        status = worse_status(status, co_await verify_witness(places, reader, witness, *published));
    std::cout << fmt::format("{}: {} entries, {} tiles, {:.1f} s\n", verdict(status),
                             published->checkpoint.size, whole->tiles, progress.seconds());
    co_return status;
}

}  // namespace

int verify_log(const Places& places, const VerifyLogOptions& options) {
    const auto directory = load_directory(places);
    return wait_for(verify(places, directory, choose_log(directory, options.log)));
}

}  // namespace mado::cli
