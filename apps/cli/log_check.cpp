// `log check`: what a file proves, offline, with the keys of the directory.
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <optional>

#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/printable.hpp"
#include "crypto/digest.hpp"
#include "log_files.hpp"
#include "log_tools.hpp"
#include "log_words.hpp"
#include "office.hpp"

namespace mado::cli {
namespace {

struct Check {
    const wire::Directory& directory;
    std::optional<Hash> entry;  // what is said to be at the index, when the file does not say it
    UnixTime now = 0;
};

int wrong(const std::string& path, std::string_view why) {
    std::cout << fmt::format("{}: 証明されない WRONG: {}\n", path, why);
    return status_lie;
}

constexpr std::string_view other_key =
    "another key of this name has signed it than the directory's. Is it of another country, or of "
    "one from before ./mado up --fresh? With its --directory and --authority it can be checked";

bool is_of_other_key(std::string_view text, const tlog::NoteVerifier& log) {
    const auto note = tlog::parse_note(text);
    const auto has_line = [&log, &note](bool of_its_key) {
        return std::ranges::any_of(note->signatures, [&log, of_its_key](const auto& line) {
            return line.name == log.name() && (line.id == log.id()) == of_its_key;
        });
    };
    return note && !has_line(true) && has_line(false);
}

std::string words_of_unwitnessed(std::size_t signatures, const Check& check) {
    if (signatures == 0) return "証人未確認 signed by the log only, not yet witnessed";
    return fmt::format(
        "証人不足 signed by the log and {} of the {} witnesses that are needed, not yet witnessed",
        signatures, check.directory.quorum.needed());
}

// The entry's words come last: only what is proven to be in the log is shown.
int check_proof(const std::string& path, const tlog::LogProof& proof, const Check& check) {
    const auto& note = proof.checkpoint;
    const auto* log = check.directory.log(note.substr(0, note.find('\n')));
    if (log == nullptr) return wrong(path, "it is of a log that the directory does not name");
    const auto opened = tlog::cosigned(note, log->key, check.directory.quorum, check.now);
    if (!opened)
        return wrong(path, is_of_other_key(note, log->key) ? other_key : opened.error().why);
    const auto entry = proof.extra ? std::optional(crypto::sha256(*proof.extra)) : check.entry;
    if (!entry) {
        std::cerr << fmt::format(
            "mado: {}: the file does not say what is at entry {}; say it with --entry\n", path,
            proof.index);
        return status_unread;
    }
    if (proof.extra && check.entry && check.entry != entry) {
        return wrong(path, "the file says of another entry than the one given with --entry");
    }
    const auto& checkpoint =
        std::visit([](const auto& seen) -> const auto& { return seen.checkpoint; }, *opened);
    if (!tlog::verify_inclusion(tlog::leaf_hash(*entry), proof.index, checkpoint.size, proof.proof,
                                checkpoint.root)) {
        return wrong(path, "the entry is not in the signed tree at this index");
    }
    const bool cosigned = std::holds_alternative<tlog::CosignedCheckpoint>(*opened);
    const auto& cosignatures =
        std::visit([](const auto& seen) -> const auto& { return seen.cosignatures; }, *opened);
    std::cout << fmt::format(
        "{}: {}\n  記録 log          {}\n  番号 entry        {}, in the tree of {} entries\n"
        "  証人 witnesses    {}\n",
        path, cosigned ? "証明済み proven" : words_of_unwitnessed(cosignatures.size(), check),
        checkpoint.origin, proof.index, checkpoint.size, witnesses_text(cosignatures));
    if (proof.extra) {
        const auto words = words_of_entry(*proof.extra, check.directory);
        std::cout << (words ? *words : fmt::format("  ({})\n", words.error().why));
    }
    return cosigned ? status_good : status_unwitnessed;
}

int check_receipts(const std::string& path, const Receipts& receipts, const Check& check) {
    int status = status_good;
    std::cout << fmt::format(
        "{}: 受領証だけを確かめます（回答の中身は見ません） only receipts are checked, not "
        "what was answered\n",
        path);
    for (const auto& receipt : receipts) {
        status = worse_status(
            status, check_proof(path,
                                {.extra = opened_entry("order", receipt.salt, receipt.order),
                                 .index = receipt.index,
                                 .proof = receipt.proof,
                                 .checkpoint = receipt.checkpoint},
                                check));
    }
    return status;
}

int check_contradiction(const std::string& path, const tlog::Contradiction& contradiction,
                        const Check& check) {
    const auto origin = std::string(tlog::origin_of(contradiction));
    const auto* log = check.directory.log(origin);
    if (log == nullptr) return wrong(path, "it is of a log that the directory does not name");
    if (const auto ok = tlog::verify_contradiction(contradiction, log->key); !ok) {
        return wrong(path, ok.error().why);
    }
    const auto* leaves = std::get_if<tlog::TwoLeaves>(&contradiction);
    std::cout << fmt::format(
        "{}: 矛盾は証明済み contradiction proven\n  記録 log          {}\n"
        "  この記録は二つの歴史に署名した this log has signed two histories: {}\n",
        path, origin,
        leaves != nullptr ? fmt::format("two different entries at index {}", leaves->index)
                          : "a tree that did not grow out of an older one");
    return status_good;
}

// Of other people's words, one a line.
std::string indented(std::string_view text) {
    std::string out;
    for (bool more = true; more;) {
        const auto end = text.find('\n');
        out += fmt::format("    | {}\n", printable(text.substr(0, end)));
        more = end != text.npos;
        if (more) text.remove_prefix(end + 1);
    }
    return out;
}

// What the log says of it, so that the two can be laid side by side.
std::string words_of_decision(const std::string& mandate, const wire::Answer& answer) {
    const auto name = base64url(crypto::sha256(as_bytes(mandate)));
    return answer.service.text() == wire::decision_service
               ? fmt::format(
                     "  決定 decision      {}\n"
                     "    この値のある照会が、この決定を根拠としています。受付番号と登録簿を"
                     "照会と見比べてください an order that names it rests on it (./mado log show, "
                     "log "
                     "check): compare number and register\n",
                     name)
               : fmt::format(
                     "  決定 decision      {}\n"
                     "    照会には使えない署名です（{}） signed for that, so no order names it\n",
                     name, answer.service.text());
}

std::string_view words_of(wire::ProofStep step) {
    switch (step) {
        case wire::ProofStep::document:
            return "文書がちがいます document";
        case wire::ProofStep::signature:
            return "署名がちがいます signature";
        case wire::ProofStep::certificate:
            return "証明書がちがいます certificate";
        case wire::ProofStep::answer:
            return "中継機関の回答がちがいます relay's answer";
    }
    return "";
}

// With the directory alone; the document's words come last: only what somebody has signed is shown.
int check_signed_document(const std::string& path, const wire::SignedDocument& what,
                          const Check& check) {
    const auto proven = wire::prove(what, check.directory, check.now);
    if (!proven) {
        return wrong(path,
                     fmt::format("{}: {}", words_of(proven.error().step), proven.error().why));
    }
    const auto& [signed_mandate, certificate, answer] = *proven;
    const auto& mandate = signed_mandate.mandate;
    std::cout << fmt::format(
        "{}: 署名は証明済み signature proven\n"
        "  文書 document      カードが署名した封書の中身と同じです is what was sealed to {}, and "
        "the card has signed that and nothing else\n"
        "  署名 signature     {} 下の証明書の鍵によるものです by the key of the certificate below\n"
        "  証明書 certificate {} 名簿のカード認証局が発行し、署名の時に有効期間内でした by a card "
        "authority of the directory, to sign with, and in its time then\n"
        "  中継機関 relay     {} 署名は正しく、カードは有効と回答しました has answered {} that the "
        "signature is good and the card counted ({})\n",
        path, name_of(check.directory, mandate.organisation.text()), to_rfc3339(mandate.issued_at),
        base64url(certificate.thumbprint()), to_rfc3339(answer.issued_at),
        name_of(check.directory, mandate.organisation.text()), answer.service.text());
    std::cout << words_of_decision(what.mandate, answer) << indented(what.document);
    return status_good;
}

// Says on standard error why there is nothing to check.
std::optional<std::string> read_text(const std::string& path) {
    try {
        auto text = read_file(path, log_file_bytes_max);
        if (!text)
            std::cerr << fmt::format("mado: {}: ファイルがない there is no such file\n", path);
        return text;
    } catch (const FileFailure& failure) {  // the other files are checked all the same
        std::cerr << fmt::format("mado: {}\n", failure.what());
        return std::nullopt;
    }
}

int check_file(const std::string& path, const Check& check) {
    const auto text = read_text(path);
    if (!text) return status_unread;
    const auto file = parse_log_file(*text);
    if (!file) return wrong(path, file.error().why);
    if (const auto* proof = std::get_if<tlog::LogProof>(&*file)) {
        return check_proof(path, *proof, check);
    }
    if (const auto* receipts = std::get_if<Receipts>(&*file)) {
        return check_receipts(path, *receipts, check);
    }
    if (const auto* document = std::get_if<wire::SignedDocument>(&*file)) {
        if (check.entry) return wrong(path, "--entry is for a proof, and this is a decision");
        return check_signed_document(path, *document, check);
    }
    return check_contradiction(path, std::get<tlog::Contradiction>(*file), check);
}

}  // namespace

int check_files(const Places& places, const CheckFilesOptions& options) {
    const auto directory = load_directory(places);
    Check check{.directory = directory, .entry = {}, .now = unix_now()};
    if (!options.entry.empty()) {
        const auto entry = parse_hash(options.entry);
        if (!entry) throw OperatorError(fmt::format("--entry: {}", entry.error().why));
        check.entry = *entry;
    }
    int status = status_good;
    for (const auto& path : options.files)
        status = worse_status(status, check_file(path, check));
    return status;
}

}  // namespace mado::cli
