#include "service.hpp"

#include "test_witness.hpp"

namespace mado::witness {
namespace {

class ServiceTest : public testing::Test {
  protected:
    std::string said(std::string_view body) {
        const auto read = read_submission(body, directory);
        if (read) return "good";
        switch (read.error()) {
            case Refusal::malformed:
                return "malformed";
            case Refusal::unknown_log:
                return "unknown_log";
            case Refusal::not_signed:
                return "not_signed";
        }
        return "?";
    }
    // "consistent", "conflict", "inconsistent", and " other_root" behind it.
    std::string judged(const tlog::AddCheckpoint& request, const History& history) {
        const auto submission = read_submission(tlog::to_text(request), directory);
        EXPECT_TRUE(submission.has_value());
        const auto judgement = judge(submission.value(), history);
        const std::string fork =
            judgement.fork ? " " + std::string(to_text(judgement.fork->kind)) : "";
        switch (judgement.verdict) {
            case Verdict::consistent:
                return "consistent" + fork;
            case Verdict::conflict:
                return "conflict" + fork;
            case Verdict::inconsistent:
                return "inconsistent" + fork;
        }
        return "?";
    }
    // What a witness that has seen these, the last one last, knows for this request.
    static History history(const tlog::AddCheckpoint& request, const std::vector<Seen>& seen) {
        const auto size =
            tlog::parse_checkpoint_text(tlog::parse_note(request.checkpoint)->text)->size;
        History out;
        for (const auto& one : seen) {
            out.newest = one;
            if (one.size == size) out.at_size = one;
            if (one.size == request.old_size) out.at_old_size = one;
        }
        return out;
    }
    std::string judged_after(const tlog::AddCheckpoint& request, const std::vector<Seen>& seen) {
        return judged(request, history(request, seen));
    }
    // The log after it grew to each of these sizes.
    std::vector<Seen> grown(TestLog& tree, std::initializer_list<std::uint64_t> sizes) {
        std::vector<Seen> seen;
        for (const auto size : sizes) {
            tree.grow(size - tree.tree.size());
            seen.push_back(country.seen(tree));
        }
        return seen;
    }

    WitnessCountry country;
    wire::Directory directory = country.directory();
    TestLog log{country};
    TestLog other{country};  // a second history under the same key
};

// ---- Reading ----

TEST_F(ServiceTest, SubmissionOfTheLogIsRead) {
    log.grow(5);
    const auto submission = read_submission(log.body(3), directory);
    ASSERT_TRUE(submission);
    EXPECT_EQ(submission->log.key.name(), country.log.name());
    EXPECT_EQ(submission->checkpoint, log.checkpoint());
    EXPECT_EQ(submission->request.old_size, 3U);
    EXPECT_EQ(submission->text + "\n" + submission->signature, log.note());
}

TEST_F(ServiceTest, MalformedSubmissions) {
    log.grow(5);
    EXPECT_EQ(said(log.body(5)), "good");
    EXPECT_EQ(said(log.body(6)), "malformed") << "an old size above the checkpoint's";
    EXPECT_EQ(said(""), "malformed");
    EXPECT_EQ(said(log.note()), "malformed");
    EXPECT_EQ(said("old 0\n\n" + tlog::sign_note("text\n", country.log, country.log_key)),
              "malformed");
    EXPECT_EQ(said(log.body(0) + "\n"), "malformed");
}

TEST_F(ServiceTest, UnknownLogs) {
    log.grow(5);
    auto checkpoint = log.checkpoint();
    checkpoint.origin = "log.example/2027";
    EXPECT_EQ(said("old 0\n\n" + log.sign(checkpoint)), "unknown_log");
    checkpoint.origin = "log.example/2026/";
    EXPECT_EQ(said("old 0\n\n" + log.sign(checkpoint)), "unknown_log");
}

TEST_F(ServiceTest, OnlyWhatTheLogSigned) {
    log.grow(5);
    const auto text = tlog::checkpoint_text(log.checkpoint());
    const auto stranger = crypto::PrivateKey::generate(crypto::KeyType::ed25519);
    const auto same_name =
        wire::valid(tlog::NoteVerifier::make(country.log.name(), stranger.public_key()));
    const auto strangers = tlog::sign_note(text, same_name, stranger);
    EXPECT_EQ(said("old 0\n\n" + strangers), "not_signed");
    // Unknown lines do not matter, before or after.
    const auto lines = [&text](const std::string& note) { return note.substr(text.size() + 1); };
    EXPECT_EQ(said("old 0\n\n" + strangers + lines(log.note())), "good");
    EXPECT_EQ(said("old 0\n\n" + log.note() + lines(strangers)), "good");
    // A wrong line in the log's name spoils a note that is rightly signed, too.
    const auto wrong = tlog::signature_line(
        {.name = country.log.name(), .id = country.log.id(), .signature = Bytes(64, 1)});
    EXPECT_EQ(said("old 0\n\n" + text + "\n" + wrong), "not_signed");
    EXPECT_EQ(said("old 0\n\n" + log.note() + wrong), "not_signed");
    // Cosignatures alone are no signature of the log.
    EXPECT_EQ(said("old 0\n\n" + text + "\n" + country.cosign(text, 1)), "not_signed");
}

// ---- Judging ----

TEST_F(ServiceTest, FirstCheckpointIsTakenAsItIs) {
    log.grow(5);
    EXPECT_EQ(judged_after(log.request(0), {}), "consistent");
    EXPECT_EQ(judged_after(log.request(3), {}), "conflict");
    auto with_proof = log.request(0);
    with_proof.proof = {Hash{}};
    EXPECT_EQ(judged_after(with_proof, {}), "inconsistent");
}

TEST_F(ServiceTest, EmptyTree) {
    EXPECT_EQ(judged_after(log.request(0), {}), "consistent");
    const auto empty = country.seen(log);
    EXPECT_EQ(judged_after(log.request(0), {empty}), "consistent");
    auto wrong = log.checkpoint();
    wrong.root = Hash{};
    const tlog::AddCheckpoint request{.old_size = 0, .proof = {}, .checkpoint = log.sign(wrong)};
    EXPECT_EQ(judged_after(request, {}), "inconsistent");
    EXPECT_EQ(judged_after(request, {empty}), "inconsistent other_root");
    log.grow(5);
    EXPECT_EQ(judged_after(log.request(0), {empty}), "consistent");
}

TEST_F(ServiceTest, GrowthIsProven) {
    for (const auto& [from, to] : {std::pair<std::uint64_t, std::uint64_t>{1, 2},
                                   {2, 3},
                                   {3, 3},
                                   {3, 4},
                                   {4, 8},
                                   {5, 300},
                                   {255, 256},
                                   {256, 257},
                                   {257, 1000}}) {
        TestLog tree{country};
        const auto seen = grown(tree, {from});
        tree.grow(to - from);
        const auto good = tree.request(from);
        EXPECT_EQ(judged_after(good, seen), "consistent") << from << " " << to;
        for (std::size_t i = 0; i < good.proof.size(); ++i) {
            auto altered = good;
            altered.proof[i][i % 32] ^= 1;
            EXPECT_EQ(judged_after(altered, seen), "inconsistent") << from << " " << to;
        }
        auto longer = good;
        longer.proof.emplace_back();
        EXPECT_EQ(judged_after(longer, seen), "inconsistent") << from << " " << to;
        if (good.proof.empty()) continue;
        auto shorter = good;
        shorter.proof.pop_back();
        EXPECT_EQ(judged_after(shorter, seen), "inconsistent") << from << " " << to;
    }
}

TEST_F(ServiceTest, OldSizeMustBeOurNewest) {
    const auto seen = grown(log, {3, 5, 9});
    log.grow(3);
    EXPECT_EQ(judged_after(log.request(9), seen), "consistent");
    for (const std::uint64_t old : {0U, 3U, 5U, 8U, 10U, 12U})
        EXPECT_EQ(judged_after(log.request(old), seen), "conflict") << old;
}

// An older checkpoint of the true history contradicts nothing.
TEST_F(ServiceTest, NothingOlderIsCosigned) {
    const auto seen = grown(log, {3, 5, 9});
    for (const auto& one : seen) {
        tlog::AddCheckpoint request{
            .old_size = one.size,
            .proof = {},
            .checkpoint =
                log.sign({.origin = country.log.name(), .size = one.size, .root = one.root})};
        EXPECT_EQ(judged_after(request, seen), one.size == 9 ? "consistent" : "conflict");
        request.old_size = 0;
        EXPECT_EQ(judged_after(request, seen), "conflict");
    }
}

// ---- Forks ----

TEST_F(ServiceTest, TwoRootsOfOneSizeAreAForkWhateverTheVerdict) {
    const auto seen = grown(log, {3, 5, 9});
    other.grow(9);
    EXPECT_EQ(judged_after(other.request(9), seen), "inconsistent other_root");
    EXPECT_EQ(judged_after(other.request(0), seen), "conflict other_root");
    TestLog shorter{country};
    shorter.grow(5);
    EXPECT_EQ(judged_after(shorter.request(5), seen), "conflict other_root");
    // No size of ours: nothing to compare with.
    shorter.grow(1);
    EXPECT_EQ(judged_after(shorter.request(0), seen), "conflict");
}

TEST_F(ServiceTest, ProofOfAnotherPastIsAFork) {
    const auto seen = grown(log, {3, 5, 9});
    other.grow(12);
    EXPECT_EQ(judged_after(other.request(9), seen), "inconsistent other_history");
    EXPECT_EQ(judged_after(other.request(5), seen), "conflict other_history");
    EXPECT_EQ(judged_after(other.request(3), seen), "conflict other_history");
    EXPECT_EQ(judged_after(other.request(4), seen), "conflict");
    const auto submission = read_submission(other.body(9), directory).value();
    const auto fork = judge(submission, history(other.request(9), seen)).fork;
    EXPECT_EQ(fork.value().seen, seen.back());
}

// The proof of such a size takes the old root for granted, so it shows nothing against the log.
TEST_F(ServiceTest, ProofFromAPowerOfTwoShowsNoFork) {
    const auto seen = grown(log, {8});
    other.grow(12);
    EXPECT_EQ(judged_after(other.request(8), seen), "inconsistent");
}

// What anybody can submit about an honest log must never look like a fork.
TEST_F(ServiceTest, NobodyElseCanMakeAFork) {
    const auto seen = grown(log, {5, 9});
    log.grow(5);
    auto request = log.request(9);
    for (auto& hash : request.proof) {
        for (int bit = 0; bit < 256; bit += 37) {
            hash[static_cast<std::size_t>(bit / 8)] ^= static_cast<std::uint8_t>(1 << bit % 8);
            EXPECT_EQ(judged_after(request, seen), "inconsistent");
            hash[static_cast<std::size_t>(bit / 8)] ^= static_cast<std::uint8_t>(1 << bit % 8);
        }
    }
    request.old_size = 5;
    EXPECT_EQ(judged_after(request, seen), "conflict") << "the proof of another size";
    request.proof.clear();
    EXPECT_EQ(judged_after(request, seen), "conflict");
    EXPECT_EQ(judged_after(log.request(5), seen), "conflict");
}

// ---- What is kept ----

TEST_F(ServiceTest, KeepsTheLogsSignatureAndOurs) {
    log.grow(5);
    const auto stranger = crypto::PrivateKey::generate(crypto::KeyType::ed25519);
    const auto name = wire::valid(tlog::NoteVerifier::make("x.example", stranger.public_key()));
    const auto text = tlog::checkpoint_text(log.checkpoint());
    const auto more = tlog::sign_note(text, name, stranger).substr(text.size() + 1);
    const auto submission = read_submission("old 0\n\n" + log.note() + more, directory).value();
    const auto seen = seen_of(submission, country.cosign(text, 7));
    EXPECT_EQ(seen.note, log.note() + country.cosign(text, 7));
    EXPECT_TRUE(check_seen(seen, country.log));
    const auto quorum = tlog::Quorum::make({country.witnesses[0]}, 1).value();
    EXPECT_TRUE(std::holds_alternative<tlog::CosignedCheckpoint>(
        tlog::cosigned(seen.note, country.log, quorum, 7).value()));
}

TEST_F(ServiceTest, AlteredMemoryIsNoticed) {
    log.grow(5);
    const auto seen = country.seen(log);
    EXPECT_TRUE(check_seen(seen, country.log));
    auto altered = seen;
    altered.size = 4;
    EXPECT_FALSE(check_seen(altered, country.log));
    altered = seen;
    altered.root[0] ^= 1;
    EXPECT_FALSE(check_seen(altered, country.log));
    altered = seen;
    altered.note[altered.note.find('\n') + 1] = '4';
    EXPECT_FALSE(check_seen(altered, country.log));
}

TEST_F(ServiceTest, KindsOfForksAreReadBack) {
    for (const auto kind : {ForkKind::other_root, ForkKind::other_history})
        EXPECT_EQ(parse_fork_kind(to_text(kind)).value(), kind);
    EXPECT_FALSE(parse_fork_kind(""));
    EXPECT_FALSE(parse_fork_kind("other"));
}

}  // namespace
}  // namespace mado::witness
