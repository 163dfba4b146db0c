// `log prove`: c2sp.org/tlog-proof@v1 files, under the newest checkpoint that witnesses cosigned.
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <utility>

#include "base/clock.hpp"
#include "base/file.hpp"
#include "client/entries.hpp"
#include "crypto/digest.hpp"
#include "log_files.hpp"
#include "log_tools.hpp"
#include "log_words.hpp"
#include "monitor/history.hpp"
#include "office.hpp"
#include "who_looked.hpp"

namespace mado::cli {
namespace {

// What is to be proven anew: the log has signed once already that it is there.
struct Claim {
    std::uint64_t index = 0;
    Bytes opened;  // the entry is its SHA-256
    tlog::Testimony said;
};

Claim claim_of(std::uint64_t index, Bytes opened, std::string checkpoint, std::vector<Hash> proof) {
    Claim out{.index = index, .opened = std::move(opened), .said = {}};
    out.said = {.checkpoint = std::move(checkpoint),
                .leaf = tlog::leaf_hash(crypto::sha256(out.opened)),
                .proof = std::move(proof)};
    return out;
}

Claim claim_of_receipt(const std::string& path, const wire::Directory& directory) {
    const auto text = read_file(path, log_file_bytes_max);
    if (!text) throw OperatorError(path + ": there is no such file");
    const auto file = must(parse_log_file(*text), path);
    const auto* receipts = std::get_if<Receipts>(&file);
    if (receipts == nullptr) throw OperatorError(path + ": this is no receipt");
    if (receipts->size() != 1) {
        throw OperatorError(fmt::format(
            "{}: there are {} receipts in it; put the one that is meant into a file of its own",
            path, receipts->size()));
    }
    const auto& receipt = receipts->front();
    if (const auto verified = wire::verify_receipt(receipt, directory); !verified) {
        throw OperatorError(fmt::format("{}: {}", path, verified.error().why));
    }
    return claim_of(receipt.index, opened_entry("order", receipt.salt, receipt.order),
                    receipt.checkpoint, receipt.proof);
}

client::Result<Claim> claim_of_card(const Places& places, const ProveEntryOptions& options) {
    const Office office(places, "portal");
    auto mandate = obtain_mandate(places, office, options.card, options.pin,
                                  wire::MandateKind::login, {"entries"});
    if (!mandate) return std::unexpected(mandate.error());
    auto fetched = wait_for(client::fetch_entries(office.directory, office.policy, office.identity,
                                                  mandate->mandate, mandate->certificate));
    if (!fetched) return std::unexpected(fetched.error());
    const auto found = std::ranges::find(fetched->entries, options.entry, &number_of);
    if (found == fetched->entries.end()) {
        throw OperatorError(
            fmt::format("there is no entry {}; ./mado log show has the numbers of this person's "
                        "(7, or 7-1 of those that entry 7 has joined)",
                        options.entry));
    }
    if (found->erased) {
        throw OperatorError(
            fmt::format("entry {} was erased: nobody can open it any more", options.entry));
    }
    return claim_of(found->index, opened_entry(found->kind, found->salt, as_bytes(found->content)),
                    found->note, found->proof);
}

int write_proof(const ProveEntryOptions& options, const tlog::LogProof& proof,
                const monitor::Published& published, std::string_view entry_option = "") {
    const auto text = tlog::to_text(proof);
    const auto words =
        fmt::format("証明 proven: entry {} of {}, in the tree of {} entries\n署名 cosigned: {}\n",
                    proof.index, published.checkpoint.origin, published.checkpoint.size,
                    witnesses_text(published.cosignatures));
    if (options.output.empty()) {
        std::cerr << words;
        std::cout << text;
        return status_good;
    }
    replace_file(options.output, as_bytes(text));
    std::cout << words
              << fmt::format("{0}; anybody can check it: ./mado log check {0}{1}\n", options.output,
                             entry_option);
    return status_good;
}

// The newest cosigned checkpoint, when it has the entry.
http::Task<std::expected<monitor::Published, int>> published_with(monitor::LogReader& reader,
                                                                  const tlog::Quorum& quorum,
                                                                  std::uint64_t index) {
    auto published = co_await reader.checkpoint(quorum, unix_now());
    if (!published) co_return std::unexpected(print_read_error("checkpoint", published.error()));
    if (!published->cosigned) co_return std::unexpected(print_unwitnessed(*published, quorum));
    if (index >= published->checkpoint.size) {
        std::cerr << fmt::format(
            "mado: not_yet: まだ公開されていない the witnesses have seen the entries 0 to {} so "
            "far; a new entry takes some seconds, and ./mado log verify says who is missing\n",
            static_cast<std::int64_t>(published->checkpoint.size) - 1);
        co_return std::unexpected(status_unread);
    }
    co_return std::move(*published);
}

http::Task<int> prove_index(const wire::Directory& directory, const wire::AccessLog& log,
                            const ProveEntryOptions& options) {
    const auto index = *options.index;
    monitor::LogReader reader(log);
    auto published = co_await published_with(reader, directory.quorum, index);
    if (!published) co_return published.error();
    auto leaf = co_await reader.prove(published->checkpoint, index);
    if (!leaf) co_return print_read_error("tiles", leaf.error());
    const auto first = index - index % tlog::tile_width;
    const auto width =
        std::min<std::uint64_t>(published->checkpoint.size - first, tlog::tile_width);
    const auto entries = co_await reader.entries(
        {.index = index / tlog::tile_width, .width = static_cast<unsigned>(width)});
    if (!entries) co_return print_read_error("entries", entries.error());
    const auto& entry = entries->at(index - first);
    if (tlog::leaf_hash(entry) != leaf->hash) {
        co_return print_read_error("entries", monitor::ReadError::does_not_fit);
    }
    std::cerr << fmt::format("記録 the entry: {}\n", base64url(entry));
    co_return write_proof(options,
                          {.extra = {},
                           .index = index,
                           .proof = std::move(leaf->proof),
                           .checkpoint = published->note},
                          *published, fmt::format(" --entry {}", base64url(entry)));
}

http::Task<int> prove_claim(const Places& places, const wire::Directory& directory,
                            const wire::AccessLog& log, Claim claim,
                            const ProveEntryOptions& options) {
    monitor::LogReader reader(log);
    auto published = co_await published_with(reader, directory.quorum, claim.index);
    if (!published) co_return published.error();
    const auto found =
        co_await monitor::compare_leaf(reader, claim.index, std::move(claim.said), *published);
    if (!found) co_return print_read_error("tiles", found.error());
    if (*found) co_return print_contradiction(places, log.key, **found);
    auto leaf = co_await reader.prove(published->checkpoint, claim.index);
    if (!leaf) co_return print_read_error("tiles", leaf.error());
    co_return write_proof(options,
                          {.extra = std::move(claim.opened),
                           .index = claim.index,
                           .proof = std::move(leaf->proof),
                           .checkpoint = published->note},
                          *published);
}

}  // namespace

int prove_entry(const Places& places, const ProveEntryOptions& options) {
    const auto directory = load_directory(places);
    if (options.index) {
        const auto& log = choose_log(directory, options.log);
        return wait_for(prove_index(directory, log, options));
    }
    auto claim = options.card.empty()
                     ? client::Result<Claim>(claim_of_receipt(options.receipt, directory))
                     : claim_of_card(places, options);
    if (!claim) return print_problem(claim.error());
    // Whoever verified the claim has found the log in the directory.
    const auto& note = claim->said.checkpoint;
    const auto& log = choose_log(directory, note.substr(0, note.find('\n')));
    return wait_for(prove_claim(places, directory, log, std::move(*claim), options));
}

}  // namespace mado::cli
