#include "tlog/cosignature.hpp"

#include <boost/json.hpp>
#include <limits>

#include "test_tlog.hpp"

namespace mado::tlog {
namespace {

// Made with golang.org/x/mod v0.7.0 (sumdb/note, sumdb/tlog) and crypto/ed25519 of Go 1.19; the
// seeds of the keys are 32 bytes of 1 (log), 2 and 3 (witnesses). The tree is that of tiles_test.
constexpr std::string_view log_vkey =
    "log.example.org/behind-the-sofa+e7135d40+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG"
    "0D29c";
constexpr std::string_view w1_vkey =
    "witness.example.org/w1+6d7ef907+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU";
constexpr std::string_view w2_vkey =
    "witness.example.net/w2+929e492e+BO1JKMYo0cLG6ukDOJBZlWEpWSc6XGP5NjbBRhSshzfR";
constexpr std::string_view text =
    "log.example.org/behind-the-sofa\n"
    "70000\n"
    "o5IPun8jmgcam9EHIfE0Gt3vuu3ttBx+JEN6nRa98Ao=\n";
constexpr std::string_view log_line =
    "— log.example.org/behind-the-sofa 5xNdQFSlmTxVGfcOyBJtcg/vp8LKrV5Pzm7manmyrZOQYs"
    "68D+JE/zhYlLRclaLHPqXFK+SO60WaHF0x+ic+t2Xs1QM=\n";
constexpr std::string_view w1_line =
    "— witness.example.org/w1 bX75BwAAAABkGFDLlzSoAtfRkcO4+XFOSwXbe9VQEtfL6PZSQPElcR3"
    "hSZSpwiN1hsAiYE32qKH5/nr5TOnJQi27Dx6NftNV4JPeAA==\n";
constexpr std::string_view w2_line =
    "— witness.example.net/w2 kp5JLgAAAABkGFDMyCfVVJctH4s228NOjLb1XaAVFYDbxtp1spd7/fq"
    "tnMmEseD5znJ6yyA3i2eJ4R6aN7YcBx6+EdLn3lVwfQ6EBQ==\n";
constexpr std::string_view w1_no_time =
    "— witness.example.org/w1 bX75BwAAAAAAAAAAfqomeccaWGK/dI6yf197pDLq9Wuf+Ehz4Z5Vkqo"
    "ATv/v+y+kjeWsZEGbWYewE7P+1cQy9hFSGt7Xl313WJ+OBA==\n";
constexpr std::string_view w1_last_time =
    "— witness.example.org/w1 bX75B3//////////sy6EH8qcuobfbfI3rU66Ll7NS4SWy4z10WA4D4E"
    "9kgpzhtqEPZXkkRorKQP7jrOkAo7IfQQW6CvpNfE9MBDkDw==\n";
constexpr std::string_view w1_beyond_time =
    "— witness.example.org/w1 bX75B4AAAAAAAAAAMybb1RY1JFZ5PC+SYawPeUP7Sbm0pB6SiX2ib4T"
    "CJ7pZByqkbNEmerfDbbXyfaWWKznLCGF3+EGBU3BN0COCCg==\n";
constexpr UnixTime w1_time = 1679315147;

std::string joined(std::initializer_list<std::string_view> parts) {
    std::string out;
    for (const auto part : parts)
        out += part;
    return out;
}

WitnessVerifier witness(std::string_view vkey) {
    return WitnessVerifier::parse(vkey).value();
}

std::vector<WitnessVerifier> both() {
    return {witness(w1_vkey), witness(w2_vkey)};
}

Quorum quorum(std::size_t needed, std::vector<WitnessVerifier> witnesses = both()) {
    return Quorum::make(std::move(witnesses), needed).value();
}

// "w1 w2", "bad: why".
std::string counted(std::string_view note, UnixTime now = w1_time) {
    const auto found = cosignatures(parse_note(note).value(), both(), now);
    if (!found) return std::string("bad: ") + found.error().why;
    std::string out;
    for (const auto& one : *found)
        out += (out.empty() ? "" : " ") + one.witness.substr(one.witness.rfind('/') + 1);
    return out;
}

// "enough", "too few", "bad".
std::string judged(std::string_view note, const Quorum& by, UnixTime now = w1_time) {
    const auto found = cosigned(note, NoteVerifier::parse(log_vkey).value(), by, now);
    if (!found) return "bad";
    return std::holds_alternative<CosignedCheckpoint>(*found) ? "enough" : "too few";
}

const std::string note_of_both = joined({text, "\n", log_line, w1_line, w2_line});

// The key whose seed is 32 times this byte.
crypto::PrivateKey seeded(std::uint8_t seed, const WitnessVerifier& as) {
    const json::object jwk{{"kty", "OKP"},
                           {"crv", "Ed25519"},
                           {"x", base64url(as.key().raw_ed25519())},
                           {"d", base64url(Bytes(32, seed))}};
    auto key = crypto::PrivateKey::from_jwk(jwk);
    return std::move(key).value();
}

// ---- What another implementation made ----

TEST(Cosignature, AnotherImplementationsCount) {
    const auto w1 = witness(w1_vkey);
    EXPECT_EQ(w1.name(), "witness.example.org/w1");
    EXPECT_EQ(w1.vkey(), w1_vkey);
    EXPECT_EQ(cosignatures(parse_note(note_of_both).value(), both(), w1_time),
              (std::vector<Cosignature>{{"witness.example.org/w1", w1_time},
                                        {"witness.example.net/w2", w1_time + 1}}));
}

TEST(Cosignature, SignsAsTheOtherImplementation) {
    const auto w1 = witness(w1_vkey);
    const auto w2 = witness(w2_vkey);
    EXPECT_EQ(cosign(text, w1_time, w1, seeded(2, w1)), w1_line);
    EXPECT_EQ(cosign(text, w1_time + 1, w2, seeded(3, w2)), w2_line);
    EXPECT_EQ(cosign(text, std::numeric_limits<UnixTime>::max(), w1, seeded(2, w1)), w1_last_time);
}

// The example of tlog-cosignature: no key is published with it, so only its form and time are
// known.
TEST(Cosignature, SpecificationsExampleHasItsForm) {
    const auto note = parse_note(
        "example.com/behind-the-sofa\n"
        "20852163\n"
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
        "\n"
        "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zh"
        "cyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
        "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJs"
        "X3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n");
    ASSERT_TRUE(note);
    ASSERT_EQ(note->signatures.size(), 2U);
    EXPECT_EQ(note->signatures[1].id, 0x8d66cf3fU);
    EXPECT_EQ(note->signatures[1].signature.size(), 72U);
    EXPECT_EQ(hex(ByteView(note->signatures[1].signature).first(8)), "00000000641850cb");
    EXPECT_EQ(0x641850cb, w1_time) << "the time that its signed message shows";
    EXPECT_EQ(counted(joined({text, "\n", log_line})), "");
}

// ---- Time ----

TEST(Cosignature, OfTheFutureDoNotCount) {
    EXPECT_EQ(counted(note_of_both, w1_time - cosignature_skew_s), "w1");
    EXPECT_EQ(counted(note_of_both, w1_time - cosignature_skew_s - 1), "");
    EXPECT_EQ(counted(note_of_both, w1_time + 1 - cosignature_skew_s), "w1 w2");
    EXPECT_EQ(counted(note_of_both, std::numeric_limits<UnixTime>::max()), "w1 w2")
        << "no age limit";
    EXPECT_EQ(counted(note_of_both, std::numeric_limits<UnixTime>::min()), "");
}

TEST(Cosignature, TheEndsOfTime) {
    const auto note = [](std::string_view line) { return joined({text, "\n", log_line, line}); };
    EXPECT_EQ(counted(note(w1_no_time)), "") << "no time, no statement";
    EXPECT_EQ(counted(note(w1_last_time)), "");
    EXPECT_EQ(counted(note(w1_last_time), std::numeric_limits<UnixTime>::max()), "w1");
    // Validly signed, but 2^63 is no time.
    EXPECT_EQ(counted(note(w1_beyond_time)), "bad: a cosignature's time is out of range");
    EXPECT_EQ(judged(note(w1_beyond_time), quorum(0)), "bad");
}

TEST(Cosignature, NewestOfAWitnessCountsAndOnce) {
    const TestWitness one("witness.example/1");
    const auto line = [&one](UnixTime time) { return one.line(text, time); };
    const auto times = [&one](const std::string& lines, UnixTime now) {
        const auto note = joined({text, "\n", log_line, lines});
        return cosignatures(parse_note(note).value(), {one.verifier}, now).value();
    };
    const auto lines = line(1000) + line(3000) + line(2000) + line(3000);
    EXPECT_EQ(times(lines, 5000), (std::vector<Cosignature>{{"witness.example/1", 3000}}));
    EXPECT_EQ(times(lines, 2500), (std::vector<Cosignature>{{"witness.example/1", 2000}}));
    EXPECT_TRUE(times(lines, 900).empty());
}

// ---- Whose ----

TEST(Cosignature, UnknownLinesAreIgnored) {
    const TestWitness stranger("witness.example.org/w1");  // the name of w1, another key
    const TestWitness other("witness.example/other");
    EXPECT_EQ(counted(joined({text, "\n", log_line, stranger.line(text, w1_time),
                              other.line(text, w1_time), w2_line})),
              "w2");
    // An ML-DSA-44 cosignature of somebody is a line like any other.
    const auto long_line =
        signature_line({.name = "witness.example.org/w1", .id = 6, .signature = Bytes(2428, 7)});
    EXPECT_EQ(counted(joined({text, "\n", log_line, long_line, w1_line})), "w1");
}

TEST(Cosignature, WrongLineOfAKnownKeySpoilsTheNote) {
    const auto w1 = witness(w1_vkey);
    const auto another_text = joined({"log.example.org/behind-the-sofa\n69999\n", text.substr(38)});
    const auto of_another = cosign(another_text, w1_time, w1, seeded(2, w1));
    EXPECT_EQ(counted(joined({text, "\n", log_line, of_another})), "bad: a cosignature is wrong");
    EXPECT_EQ(counted(joined({text, "\n", log_line, w1_line, w2_line, of_another})),
              "bad: a cosignature is wrong");
    for (const std::size_t size : {1U, 8U, 64U, 71U, 73U, 2428U}) {
        const auto line =
            signature_line({.name = w1.name(), .id = w1.id(), .signature = Bytes(size, 1)});
        EXPECT_EQ(counted(joined({text, "\n", log_line, w1_line, line})),
                  "bad: a cosignature has another length")
            << size;
    }
}

TEST(Cosignature, EveryBitCounts) {
    const auto note = parse_note(joined({text, "\n", log_line, w1_line})).value();
    for (std::size_t bit = 0; bit < 72 * 8; ++bit) {
        auto altered = note;
        altered.signatures[1].signature[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
        EXPECT_FALSE(cosignatures(altered, both(), w1_time)) << bit;
    }
    for (std::size_t at = 0; at < note.text.size(); ++at) {
        auto altered = note;
        altered.text[at] = static_cast<char>(altered.text[at] ^ 1);
        EXPECT_FALSE(cosignatures(altered, both(), w1_time)) << at;
    }
}

// A signature of the other type by the same key is none of this one (domain separation).
TEST(Cosignature, NotesSignatureIsNone) {
    const TestKey<SignatureType::note> log("w.example");
    const auto as_witness = WitnessVerifier::make("w.example", log.key.public_key()).value();
    EXPECT_NE(as_witness.id(), log.verifier.id());
    EXPECT_FALSE(NoteVerifier::parse(as_witness.vkey()));
    EXPECT_FALSE(WitnessVerifier::parse(log.verifier.vkey()));
    const auto signature = log.key.sign(as_bytes(text));
    Bytes timed(8, 0);
    append(timed, signature);
    const auto line =
        signature_line({.name = "w.example", .id = as_witness.id(), .signature = timed});
    EXPECT_FALSE(cosignatures(parse_note(joined({text, "\n", line})).value(), {as_witness}, 1));
}

TEST(Cosignature, SigningRefusesWhatNobodyCouldVerify) {
    const TestWitness one("witness.example/1");
    const TestWitness two("witness.example/2");
    EXPECT_THROW(cosign(text, 1, one.verifier, two.key), Failure);
    EXPECT_THROW(cosign(text, 0, one.verifier, one.key), Failure);
    EXPECT_THROW(cosign(text, -1, one.verifier, one.key), Failure);
    EXPECT_THROW(cosign("no checkpoint\n", 1, one.verifier, one.key), Failure);
    const auto p256 = crypto::PrivateKey::generate(crypto::KeyType::p256);
    EXPECT_THROW(cosign(text, 1, one.verifier, p256), Failure);
}

// ---- Quorum ----

TEST(Quorum, EnoughOrTooFewOrBad) {
    const auto with = [](std::initializer_list<std::string_view> lines) {
        std::string note = joined({text, "\n"});
        for (const auto line : lines)
            note += line;
        return note;
    };
    EXPECT_EQ(judged(with({log_line, w1_line, w2_line}), quorum(2)), "enough");
    EXPECT_EQ(judged(with({log_line, w1_line, w2_line}), quorum(1)), "enough");
    EXPECT_EQ(judged(with({log_line, w2_line}), quorum(1)), "enough");
    EXPECT_EQ(judged(with({log_line, w1_line}), quorum(2)), "too few");
    EXPECT_EQ(judged(with({log_line, w1_line, w1_line}), quorum(2)), "too few");
    EXPECT_EQ(judged(with({log_line}), quorum(1)), "too few");
    EXPECT_EQ(judged(with({log_line}), quorum(0)), "enough");
    EXPECT_EQ(judged(with({log_line}), Quorum()), "enough");
    EXPECT_EQ(judged(with({w1_line, w2_line}), quorum(2)), "bad") << "not the log's";
    EXPECT_EQ(judged("", quorum(0)), "bad");
    // A known witness that one does not need can spoil the note too.
    std::string wrong(w1_line);
    wrong[60] = wrong[60] == 'A' ? 'B' : 'A';
    EXPECT_EQ(judged(with({log_line, wrong, w2_line}), quorum(1)), "bad");
    EXPECT_EQ(judged(with({log_line, wrong, w2_line}), quorum(1, {witness(w2_vkey)})), "enough");
}

TEST(Quorum, SaysWhoAndWhen) {
    const auto log = NoteVerifier::parse(log_vkey).value();
    const auto enough = cosigned(note_of_both, log, quorum(2), w1_time).value();
    const auto& checkpoint = std::get<CosignedCheckpoint>(enough);
    EXPECT_EQ(checkpoint.checkpoint.size, 70'000U);
    EXPECT_EQ(checkpoint.cosignatures.size(), 2U);
    const auto too_few = cosigned(joined({text, "\n", log_line, w2_line}), log, quorum(2), w1_time);
    const auto& missing = std::get<TooFewWitnesses>(too_few.value());
    EXPECT_EQ(missing.checkpoint.size, 70'000U);
    EXPECT_EQ(missing.cosignatures,
              (std::vector<Cosignature>{{"witness.example.net/w2", w1_time + 1}}));
}

TEST(Quorum, NobodyHasTwoVoices) {
    const TestWitness one("witness.example/1");
    const TestWitness same_name("witness.example/1");
    const auto same_key = WitnessVerifier::make("witness.example/2", one.key.public_key()).value();
    const auto said = [](std::vector<WitnessVerifier> witnesses, std::size_t needed) {
        const auto made = Quorum::make(std::move(witnesses), needed);
        return std::string(made ? "good" : made.error().why);
    };
    EXPECT_EQ(said({one.verifier}, 1), "good");
    EXPECT_EQ(said({}, 0), "good");
    EXPECT_EQ(said({one.verifier}, 2), "the quorum is larger than the number of witnesses");
    EXPECT_EQ(said({one.verifier, one.verifier}, 1), "two witnesses have one name or one key");
    EXPECT_EQ(said({one.verifier, same_name.verifier}, 1),
              "two witnesses have one name or one key");
    EXPECT_EQ(said({one.verifier, same_key}, 1), "two witnesses have one name or one key");
    std::vector<WitnessVerifier> many;
    for (std::size_t i = 0; i <= witnesses_max; ++i)
        many.push_back(TestWitness("w" + std::to_string(i)).verifier);
    EXPECT_EQ(said(many, 1), "there are too many witnesses");
    many.pop_back();
    EXPECT_EQ(said(many, 64), "good");
}

}  // namespace
}  // namespace mado::tlog
