#include "service.hpp"

#include "test_witness.hpp"

namespace mado::witness {
namespace {

class ServiceTest : public testing::Test {
  protected:
    std::string said(std::string_view body) {
        const auto read = read_submission(body, directory);
        if (read) return "good";
        switch (read.error().why) {
            case Refusal::malformed:
                return "malformed";
            case Refusal::unknown_log:
                return "unknown_log";
            case Refusal::not_signed:
                return "not_signed";
        }
        return "?";
    }
    // "consistent", "conflict", "inconsistent", and what it convicts the log of behind it.
    std::string judged(const tlog::AddCheckpoint& request, const History& history) {
        const auto submission = read_submission(tlog::to_text(request), directory);
        EXPECT_TRUE(submission.has_value());
        auto judgement = judge(submission.value(), history);
        const auto of = convicted(judgement.contradiction);
        found = std::move(judgement.contradiction);
        switch (judgement.verdict) {
            case Verdict::malformed:
                return "malformed" + of;
            case Verdict::consistent:
                return "consistent" + of;
            case Verdict::conflict:
                return "conflict" + of;
            case Verdict::inconsistent:
                return "inconsistent" + of;
        }
        return "?";
    }
    // " other root" of one size, " other history". Whatever it is, its file convinces others.
    [[nodiscard]] std::string convicted(const std::optional<tlog::Contradiction>& of) const {
        if (!of) return "";
        const auto file = tlog::parse_contradiction(tlog::to_json(*of));
        if (!file || !tlog::verify_contradiction(*file, country.log)) return " nothing";
        const auto& roots = std::get<tlog::TwoRoots>(*of);
        const auto older = tlog::open_checkpoint(roots.older, country.log);
        const auto newer = tlog::open_checkpoint(roots.newer, country.log);
        return older->size == newer->size ? " other root" : " other history";
    }
    [[nodiscard]] tlog::TwoRoots two_roots() const {
        return std::get<tlog::TwoRoots>(found.value());
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
    std::optional<tlog::Contradiction> found;
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
    EXPECT_EQ(said(""), "malformed");
    EXPECT_EQ(said(log.note()), "malformed");
    EXPECT_EQ(said("old 0\n\n" + tlog::sign_note("text\n", country.log, country.log_key)),
              "malformed");
    EXPECT_EQ(said(log.body(0) + "\n"), "malformed");
}

// It may convict the log all the same.
TEST_F(ServiceTest, OldSizeAboveTheCheckpoints) {
    const auto seen = grown(log, {5, 8});
    other.grow(5);
    EXPECT_EQ(judged_after({.old_size = 6, .proof = {}, .checkpoint = other.note()}, seen),
              "malformed other root");
    EXPECT_EQ(judged_after({.old_size = 9, .proof = {}, .checkpoint = log.note()}, seen),
              "malformed");
}

// Larger than its tiles can show: every other rule holds first, and it is not cosigned.
TEST_F(ServiceTest, TreesBeyondTheLargest) {
    const auto sized = [this](std::uint64_t size) {
        return tlog::sign_note(
            fmt::format("{}\n{}\n{}\n", country.log.name(), size, base64(wire::filled(3))),
            country.log, country.log_key);
    };
    const auto judged_first = [&](std::uint64_t size) {
        return judged_after({.old_size = 0, .proof = {}, .checkpoint = sized(size)}, {});
    };
    EXPECT_EQ(judged_first(tlog::tree_size_max), "consistent");
    EXPECT_EQ(judged_first(tlog::tree_size_max + 1), "inconsistent");
    EXPECT_EQ(judged_first(INT64_MAX), "inconsistent");
    EXPECT_EQ(judged_after({.old_size = 1, .proof = {}, .checkpoint = sized(INT64_MAX)}, {}),
              "conflict");
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
    EXPECT_EQ(judged_after(request, {empty}), "inconsistent other root");
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

// ---- Contradictions ----

TEST_F(ServiceTest, TwoRootsOfOneSizeAreOneWhateverTheVerdict) {
    const auto seen = grown(log, {3, 5, 8, 9});
    other.grow(9);
    EXPECT_EQ(judged_after(other.request(9), seen), "inconsistent other root");
    EXPECT_EQ(judged_after(other.request(0), seen), "conflict other root");
    EXPECT_EQ(judged_after(other.request(5), seen), "conflict other root") << "shows both";
    EXPECT_EQ(two_roots().older, seen.back().note);
    EXPECT_EQ(two_roots().newer, other.note());
    EXPECT_EQ(two_roots().root, other.tree.root());
    EXPECT_EQ(two_roots().proof, std::vector<Hash>{}) << "what was submitted is the older size's";
    auto with_proof = other.request(9);
    with_proof.proof = {wire::filled(1)};
    EXPECT_EQ(judged_after(with_proof, seen), "inconsistent other root");
    for (const auto smaller : {5U, 8U}) {
        TestLog shorter{country};
        shorter.grow(smaller);
        EXPECT_EQ(judged_after(shorter.request(smaller), seen), "conflict other root");
        EXPECT_EQ(judged_after(shorter.request(3), seen), "conflict other root");
    }
    // No size of ours: nothing to compare with.
    TestLog between{country};
    between.grow(6);
    EXPECT_EQ(judged_after(between.request(0), seen), "conflict");
}

TEST_F(ServiceTest, ProofOfAnotherPastIsOne) {
    const auto seen = grown(log, {3, 5, 9});
    other.grow(7);
    EXPECT_EQ(judged_after(other.request(5), seen), "conflict other history") << "a smaller tree";
    other.grow(5);
    EXPECT_EQ(judged_after(other.request(9), seen), "inconsistent other history");
    EXPECT_EQ(judged_after(other.request(5), seen), "conflict other history");
    EXPECT_EQ(judged_after(other.request(3), seen), "conflict other history");
    EXPECT_EQ(judged_after(other.request(4), seen), "conflict");
    const auto request = other.request(9);
    EXPECT_EQ(judged_after(request, seen), "inconsistent other history");
    EXPECT_EQ(two_roots().older, seen.back().note);
    EXPECT_EQ(two_roots().newer, request.checkpoint);
    EXPECT_EQ(two_roots().root, tlog::tree_root(9, other.reader()));
    EXPECT_EQ(two_roots().proof, request.proof);
}

// Cosignatures and lines of nobody stay in it, as they came.
TEST_F(ServiceTest, NotesAreKeptVerbatim) {
    const auto seen = grown(log, {5});
    other.grow(7);
    auto request = other.request(5);
    request.checkpoint +=
        tlog::cosign(tlog::checkpoint_text(other.checkpoint()), 5, country.witnesses[1],
                     country.witness_keys[1]) +
        tlog::signature_line({.name = "nobody", .id = 1, .signature = Bytes(64, 1)});
    EXPECT_EQ(judged_after(request, seen), "inconsistent other history");
    EXPECT_EQ(two_roots().newer, request.checkpoint);
    const auto quorum = tlog::Quorum::make({country.witnesses[0]}, 1).value();
    const auto ours = tlog::cosigned(two_roots().older, country.log, quorum, wire::test_now);
    EXPECT_TRUE(std::holds_alternative<tlog::CosignedCheckpoint>(ours.value()));
}

// The proof of such a size takes the old root for granted, so it shows nothing against the log.
TEST_F(ServiceTest, ProofFromAPowerOfTwoShowsNone) {
    for (const std::uint64_t size : {1U, 2U, 8U, 256U}) {
        TestLog one{country};
        TestLog another{country};
        const auto seen = grown(one, {size});
        another.grow(size + 4);
        EXPECT_EQ(judged_after(another.request(size), seen), "inconsistent") << size;
    }
}

// As large as a submission may be, twice, of what JSON writes in two bytes.
TEST_F(ServiceTest, LargestContradictionIsAFile) {
    const auto signed_with = [this](const TestLog& tree, std::size_t more) {
        return tlog::sign_note(
            tlog::checkpoint_text(tree.checkpoint()) + std::string(more, '"') + "\n", country.log,
            country.log_key);
    };
    const auto largest = [&signed_with](const TestLog& tree, std::uint64_t old_size) {
        auto request = tree.request(old_size);
        request.checkpoint = signed_with(tree, 1);
        const auto room = tlog::add_checkpoint_bytes_max - tlog::to_text(request).size();
        request.checkpoint = signed_with(tree, 1 + room);
        EXPECT_EQ(tlog::to_text(request).size(), tlog::add_checkpoint_bytes_max);
        return request;
    };
    log.grow(255);
    const auto first = read_submission(tlog::to_text(largest(log, 0)), directory).value();
    const auto seen = seen_of(first, country.cosign(first.text, wire::test_now));
    other.grow(100'000);
    EXPECT_EQ(judged_after(largest(other, 255), {seen}), "inconsistent other history");
    EXPECT_GT(tlog::to_json(*found).size(), 3 * tlog::add_checkpoint_bytes_max);
}

// What was altered in the store convicts nobody.
TEST_F(ServiceTest, AlteredMemoryIsNoContradiction) {
    const auto seen = grown(log, {5});
    auto altered = seen;
    altered[0].root[0] ^= 1;
    EXPECT_EQ(judged_after(log.request(5), altered), "inconsistent");
    log.grow(4);
    EXPECT_EQ(judged_after(log.request(5), altered), "inconsistent");
    other.grow(5);
    altered = seen;
    altered[0].note[altered[0].note.find('\n') + 1] = '6';
    EXPECT_EQ(judged_after(other.request(5), altered), "inconsistent");
    EXPECT_EQ(judged_after(other.request(5), seen), "inconsistent other root");
}

// What anybody can submit about an honest log must never convict it.
TEST_F(ServiceTest, NobodyElseCanMakeOne) {
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

}  // namespace
}  // namespace mado::witness
