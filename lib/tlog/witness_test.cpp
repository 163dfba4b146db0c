#include "tlog/witness.hpp"

#include "test_tlog.hpp"

namespace mado::tlog {
namespace {

// The example of tlog-witness, "add-checkpoint".
constexpr std::string_view example =
    "old 20852014\n"
    "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"
    "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"
    "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n"
    "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n"
    "\n"
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    "\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q"
    "1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V626"
    "7UEjw6QUXTS5Rovnzv++qbSzm9Q=\n";

std::string said(std::string_view body) {
    const auto parsed = parse_add_checkpoint(body);
    return parsed ? "good" : parsed.error().why;
}

TEST(AddCheckpoint, SpecificationsExample) {
    const auto request = parse_add_checkpoint(example).value();
    EXPECT_EQ(request.old_size, 20'852'014U);
    ASSERT_EQ(request.proof.size(), 4U);
    EXPECT_EQ(base64(request.proof[3]), "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=");
    EXPECT_EQ(parse_note(request.checkpoint)->signatures.size(), 2U);
    EXPECT_EQ(to_text(request), example);
}

TEST(AddCheckpoint, IsReadStrictly) {
    const std::string note(example.substr(example.find("\n\n") + 2));
    const std::string hash = "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n";
    EXPECT_EQ(said("old 0\n\n" + note), "good");
    EXPECT_EQ(said("old 9223372036854775807\n\n" + note), "good");
    const auto lacks_old = "a submission lacks its old size";
    for (const auto* start : {"", "0\n", "Old 0\n", "old0\n", " old 0\n", "old\n", "new 0\n"}) {
        EXPECT_EQ(said(std::string(start) + "\n" + note), lacks_old) << start;
    }
    for (const auto* size : {"", " 0", "0 ", "00", "01", "-1", "+1", "1.0", "1e3", "0x1", "1\r",
                             "9223372036854775808", "10000000000000000000"}) {
        EXPECT_NE(said("old " + std::string(size) + "\n\n" + note), "good") << size;
    }
    const auto short_hash = hash.substr(0, hash.size() - 2) + "\n";
    for (const auto& line : {std::string(" ") + hash, short_hash, std::string("AAAA\n"),
                             "\r" + hash, hash.substr(0, hash.size() - 1) + " \n"}) {
        EXPECT_NE(said("old 5\n" + line + "\n" + note), "good") << line;
    }
    EXPECT_NE(said("old 5\n" + note), "good") << "no empty line";
    EXPECT_NE(said("old 5\n\n\n" + note), "good") << "an empty origin";
    EXPECT_EQ(said("old 5\n" + hash), "a submission lacks its checkpoint");
    EXPECT_NE(said("old 5\n\n"), "good");
    EXPECT_NE(said("old 5\n\n" + note + "\n"), "good");
    EXPECT_NE(said("old 5\n\n" + note.substr(0, note.size() - 1)), "good");
    EXPECT_NE(said("old 5\n\ntext\n\n" + note.substr(note.find("— "))), "good");
    EXPECT_NE(said(""), "good");
    for (std::size_t size = 0; size < 200; ++size)
        EXPECT_NE(said(example.substr(0, size)), "good") << size;
}

TEST(AddCheckpoint, HasLimits) {
    const std::string note(example.substr(example.find("\n\n") + 2));
    AddCheckpoint request{.old_size = 1, .proof = std::vector<Hash>(63), .checkpoint = note};
    const auto longest = to_text(request);
    EXPECT_EQ(said(longest), "good");
    request.proof.emplace_back();
    EXPECT_THROW(static_cast<void>(to_text(request)), Failure);
    const std::string hash = base64(Hash{}) + "\n";
    EXPECT_EQ(said("old 1\n" + hash + longest.substr(6)), "a submission has too many hashes");
    const auto text = note.substr(0, note.find("\n\n") + 1);
    const auto filler = [&text](std::size_t bytes) {
        return "old 0\n\n" + text + std::string(bytes, 'x') + "\n\n— a AAAAAAA=\n";
    };
    const auto empty = filler(0).size();
    EXPECT_EQ(said(filler(add_checkpoint_bytes_max - empty)), "good");
    EXPECT_EQ(said(filler(add_checkpoint_bytes_max - empty + 1)), "a submission is too long");
}

TEST(AddCheckpoint, WritingRefusesWhatCannotBeRead) {
    EXPECT_THROW(static_cast<void>(
                     to_text(AddCheckpoint{.old_size = 1, .proof = {}, .checkpoint = "no note"})),
                 Failure);
    const std::string note(example.substr(example.find("\n\n") + 2));
    EXPECT_THROW(static_cast<void>(to_text(AddCheckpoint{
                     .old_size = std::uint64_t{1} << 63, .proof = {}, .checkpoint = note})),
                 Failure);
}

TEST(TreeSize, OneLine) {
    EXPECT_EQ(tree_size_text(20'852'014), "20852014\n");
    EXPECT_EQ(parse_tree_size("20852014\n").value(), 20'852'014U);
    EXPECT_EQ(parse_tree_size("0\n").value(), 0U);
    for (const auto* body : {"", "\n", "1", "01\n", "1\n\n", "1\n2\n", " 1\n", "1\r\n", "-1\n"}) {
        EXPECT_FALSE(parse_tree_size(body)) << body;
    }
}

TEST(TakeCosignature, OnlyTheWantedOneAndOnlyWhenItCounts) {
    TestLog log;
    log.grow(3);
    const auto note = log.note();
    const TestWitness one("witness.example/1");
    const TestWitness two("witness.example/2");
    const UnixTime now = 1'795'312'800;
    const auto line = one.line(log.text(), now);
    const auto taken = [&](const std::string& body, UnixTime at) {
        const auto found = take_cosignature(body, note, one.verifier, at);
        return found ? *found : std::string(found.error().why);
    };
    EXPECT_EQ(taken(line, now), line);
    EXPECT_EQ(taken(two.line(log.text(), now) + line, now), line);
    EXPECT_EQ(taken(two.line(log.text(), now), now), "a witness's answer has no cosignature of it");
    EXPECT_EQ(taken(line, now - cosignature_skew_s - 1),
              "a witness's answer has no cosignature of it");
    EXPECT_EQ(taken("", now), "a note has no signature");
    EXPECT_EQ(taken(line.substr(0, line.size() - 1), now), "a note does not end in a newline");
    EXPECT_EQ(taken(line + "\n", now), "a note's signature line has another start");
    log.grow(1);
    EXPECT_EQ(taken(one.line(log.text(), now), now), "a cosignature is wrong") << "another tree's";
    const auto whole = note + taken(line, now);
    const auto quorum = Quorum::make({one.verifier}, 1).value();
    EXPECT_TRUE(std::holds_alternative<CosignedCheckpoint>(
        cosigned(whole, log.verifier, quorum, now).value()));
}

}  // namespace
}  // namespace mado::tlog
