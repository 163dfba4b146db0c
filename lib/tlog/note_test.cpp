#include "tlog/note.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "crypto/digest.hpp"
#include "tlog/tlog.hpp"

namespace mado::tlog {
namespace {

// The example of the signed-note specification.
constexpr std::string_view foo_vkey =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
constexpr std::string_view foo_text = "This is an example message.\n";
constexpr std::string_view foo_note =
    "This is an example message.\n"
    "\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRK"
    "uwHjG1Yu72IneyaQM=\n";

// Published test values of golang.org/x/mod/sumdb/note.
constexpr std::string_view peter_vkey =
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
constexpr std::string_view peter_seed = "gQoUAtUUbI2E8kQzMPVAgOv5juF9nHT2JS_F1ccoMXM";
constexpr std::string_view peter_text =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n";
constexpr std::string_view peter_line =
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb"
    "6KE6RyyBwJnAM=\n";

std::string joined(std::initializer_list<std::string_view> parts) {
    std::string text;
    for (const auto part : parts)
        text += part;
    return text;
}

NoteVerifier verifier(std::string_view vkey) {
    return NoteVerifier::parse(vkey).value();
}

bool opens(std::string_view note, const NoteVerifier& as) {
    const auto parsed = parse_note(note);
    return parsed && verify_note(*parsed, as);
}

// A key of the test with its name.
struct Signer {
    explicit Signer(std::string name)
        : key(crypto::PrivateKey::generate(crypto::KeyType::ed25519)),
          verifier(NoteVerifier::make(std::move(name), key.public_key()).value()) {}
    [[nodiscard]] std::string sign(std::string_view text) const {
        return sign_note(text, verifier, key);
    }
    [[nodiscard]] std::string line(std::string_view text) const {
        return sign(text).substr(text.size() + 1);
    }
    crypto::PrivateKey key;
    NoteVerifier verifier;
};

// A signature line of any name, id and signature.
std::string line_of(std::string_view name, ByteView bytes) {
    return joined({"— ", name, " ", base64(bytes), "\n"});
}

// ---- Notes ----

TEST(Note, SpecificationsExampleVerifies) {
    const auto foo = verifier(foo_vkey);
    EXPECT_EQ(foo.name(), "example.com/foo");
    EXPECT_EQ(foo.id(), 0x530d903aU);
    EXPECT_EQ(foo.vkey(), foo_vkey);
    const auto note = parse_note(foo_note);
    ASSERT_TRUE(note);
    EXPECT_EQ(note->text, foo_text);
    ASSERT_EQ(note->signatures.size(), 1U);
    EXPECT_EQ(note->signatures[0].name, "example.com/foo");
    EXPECT_EQ(note->signatures[0].id, 0x530d903aU);
    EXPECT_TRUE(verify_note(*note, foo));
    EXPECT_FALSE(verify_note(*note, verifier(peter_vkey)));
}

TEST(Note, SignsAsGoDoes) {
    const auto peter = verifier(peter_vkey);
    const json::object jwk{{"kty", "OKP"},
                           {"crv", "Ed25519"},
                           {"x", base64url(peter.key().raw_ed25519())},
                           {"d", peter_seed}};
    const auto key = crypto::PrivateKey::from_jwk(jwk);
    ASSERT_TRUE(key) << key.error().why;
    const auto note = sign_note(peter_text, peter, *key);
    EXPECT_EQ(note, joined({peter_text, "\n", peter_line}));
    EXPECT_TRUE(opens(note, peter));
}

TEST(Note, EveryByteOfANoteCounts) {
    const auto foo = verifier(foo_vkey);
    std::string note(foo_note);
    ASSERT_TRUE(opens(note, foo));
    for (auto& c : note) {
        for (const int flip : {0x01, 0x20, 0x80}) {
            const char kept = c;
            c = static_cast<char>(c ^ flip);
            EXPECT_FALSE(opens(note, foo)) << note;
            c = kept;
        }
    }
    for (std::size_t size = 0; size < note.size(); ++size) {
        EXPECT_FALSE(opens(note.substr(0, size), foo)) << size;
        EXPECT_FALSE(opens(note.substr(note.size() - size), foo)) << size;
    }
    EXPECT_FALSE(opens(note + "\n", foo));
    EXPECT_FALSE(opens(note + " ", foo));
    EXPECT_FALSE(opens("\n" + note, foo));
}

TEST(Note, MalformedNotes) {
    const std::string good(peter_line);
    const std::string coded = good.substr(good.rfind(' ') + 1, good.size() - good.rfind(' ') - 2);
    const std::vector<std::string> table{
        "",
        "\n",
        "\n\n",
        "text",
        "text\n",
        "text\n\n",
        "text\n" + good,                                   // no empty line
        "\n" + good,                                       // no text at all
        "text\n\n\n",                                      // nothing after the empty line
        "text\n\n" + good.substr(0, good.size() - 1),      // no newline at the end
        "text\n\n" + good + "\n",                          // an empty line after the signatures
        "text\r\n\r\n" + good,                             // other line ends
        "text\n\n" + good + "another line\n",              // no signature line
        "text\n\n- PeterNeumann " + coded + "\n",          // a hyphen
        "text\n\n—PeterNeumann " + coded + "\n",           // no space
        "text\n\n—  PeterNeumann " + coded + "\n",         // two spaces
        "text\n\n— PeterNeumann  " + coded + "\n",         // two spaces
        "text\n\n— PeterNeumann " + coded + " \n",         // a space at the end
        "text\n\n— PeterNeumann\n",                        // no signature
        "text\n\n— PeterNeumann \n",                       // an empty one
        "text\n\n—  " + coded + "\n",                      // an empty name
        "text\n\n— Peter+Neumann " + coded + "\n",         // plus
        "text\n\n— Peter\u00a0Neumann " + coded + "\n",    // no-break space
        "text\n\n— Peter\u0085Neumann " + coded + "\n",    // next line
        "text\n\n— Peter\u1680Neumann " + coded + "\n",    // ogham space
        "text\n\n— Peter\u2003Neumann " + coded + "\n",    // em space
        "text\n\n— Peter\u2028Neumann " + coded + "\n",    // line separator
        "text\n\n— Peter\u202fNeumann " + coded + "\n",    // narrow no-break space
        "text\n\n— Peter\u205fNeumann " + coded + "\n",    // mathematical space
        "text\n\n— Peter\u3000Neumann " + coded + "\n",    // ideographic space
        "text\n\n— PeterNeumann AAAAAA==\n",               // a key id alone
        "text\n\n— PeterNeumann AAAAAAB=\n",               // set trailing bits
        "text\n\n— PeterNeumann AAAAAAA\n",                // no padding
        "text\n\n— PeterNeumann AAAAA_A=\n",               // the other alphabet
        "te\txt\n\n" + good,                               // tab
        std::string("te\0xt\n\n", 7) + good,               // NUL
        "te\x1bxt\n\n" + good,                             // escape
        "te\x80xt\n\n" + good,                             // a lone continuation
        "te\xc0\xafxt\n\n" + good,                         // overlong, 2 bytes
        "te\xc1\xbfxt\n\n" + good,                         // overlong, 2 bytes
        "te\xe0\x9f\xbfxt\n\n" + good,                     // overlong, 3 bytes
        "te\xf0\x8f\xbf\xbfxt\n\n" + good,                 // overlong, 4 bytes
        "te\xed\xa0\x80xt\n\n" + good,                     // a surrogate
        "te\xf4\x90\x80\x80xt\n\n" + good,                 // above U+10FFFF
        "te\xf8\x88\x80\x80\x80xt\n\n" + good,             // 5 bytes
        "te\xe3\x82xt\n\n" + good,                         // cut short
        "text\n\n— Pet\xe3\x82rNeumann " + coded + "\n",   // the same in a name
        std::string(note_bytes_max, 'x') + "\n\n" + good,  // too long
    };
    for (std::size_t i = 0; i < table.size(); ++i) {
        EXPECT_FALSE(parse_note(table[i])) << i << ": " << table[i].substr(0, 200);
    }
    EXPECT_TRUE(parse_note("text\n\n— PeterNeumann AAAAAAA=\n"));
    EXPECT_TRUE(parse_note("\n\n" + good)) << "one empty line is a text";
    EXPECT_TRUE(
        parse_note("\u0080\u07ff\u0800\ud7ff\ue000\uffff\U00010000\U0010ffff\x7f\n\n" + good));
}

TEST(Note, TheLastEmptyLineSeparates) {
    const Signer signer("log.example");
    for (const std::string_view text : {"\n", "\n\n", "a\n\nb\n", "a\n\n\n\n", "\n\na\n\n", "窓\n",
                                        "— x AAAAAAA=\n", "a\n\n— x AAAAAAA=\n"}) {
        const auto note = signer.sign(text);
        const auto parsed = parse_note(note);
        ASSERT_TRUE(parsed) << note;
        EXPECT_EQ(parsed->text, text);
        EXPECT_EQ(parsed->signatures.size(), 1U);
        EXPECT_TRUE(verify_note(*parsed, signer.verifier));
    }
}

TEST(Note, UnknownSignaturesAreIgnored) {
    const Signer signer("log.example");
    const Signer same_name("log.example");
    const Signer other("witness.example");
    const std::string text = "text\n";
    const auto own = signer.line(text);
    Bytes same_id{static_cast<std::uint8_t>(signer.verifier.id() >> 24),
                  static_cast<std::uint8_t>(signer.verifier.id() >> 16),
                  static_cast<std::uint8_t>(signer.verifier.id() >> 8),
                  static_cast<std::uint8_t>(signer.verifier.id()),
                  1,
                  2,
                  3};
    const auto strange = line_of("other.example", same_id);
    const auto wrong = line_of("log.example", same_id);
    const auto wrong_of_other = line_of("witness.example", Bytes(2500, 9));
    EXPECT_TRUE(opens(joined({text, "\n", same_name.line(text), own}), signer.verifier));
    EXPECT_TRUE(opens(joined({text, "\n", own, other.line(text), strange}), signer.verifier));
    EXPECT_TRUE(opens(joined({text, "\n", wrong_of_other, own}), signer.verifier));
    EXPECT_TRUE(opens(joined({text, "\n", own, own}), signer.verifier));
    EXPECT_FALSE(opens(joined({text, "\n", strange}), signer.verifier));
    EXPECT_FALSE(opens(joined({text, "\n", same_name.line(text)}), signer.verifier));
    // signed-note, "Signatures": one wrong signature of a known key and the note is refused.
    EXPECT_FALSE(opens(joined({text, "\n", own, wrong}), signer.verifier));
    EXPECT_FALSE(opens(joined({text, "\n", wrong, own}), signer.verifier));
    EXPECT_FALSE(opens(joined({text, "\n", own, signer.line("other\n")}), signer.verifier));
}

TEST(Note, SignaturesAreCounted) {
    const Signer signer("log.example");
    const std::string text = "text\n";
    // As many as the specification asks for, each as long as it warns of.
    std::string note = text + "\n";
    for (int i = 0; i < 15; ++i)
        note += line_of("w" + std::to_string(i), Bytes(4 + 5000, 1));
    note += signer.line(text);
    EXPECT_TRUE(opens(note, signer.verifier));

    std::string many = text + "\n";
    for (std::size_t i = 0; i < note_signatures_max; ++i)
        many += signer.line(text);
    EXPECT_TRUE(opens(many, signer.verifier));
    EXPECT_FALSE(opens(many + line_of("w", Bytes(68, 1)), signer.verifier));
}

TEST(Note, SigningRefusesWhatCannotBeANote) {
    const Signer signer("log.example");
    for (const std::string_view text : {"", "no newline", "tab\t\n", "\xff\n", "a\r\n"}) {
        EXPECT_THROW((void)signer.sign(text), Failure) << text;
    }
    EXPECT_THROW((void)signer.sign(std::string(note_bytes_max, 'x') + "\n"), Failure);
    const Signer other("log.example");
    EXPECT_THROW(sign_note("text\n", signer.verifier, other.key), Failure);
    const auto p256 = crypto::PrivateKey::generate(crypto::KeyType::p256);
    EXPECT_THROW(sign_note("text\n", signer.verifier, p256), Failure);
}

// ---- Verifier keys ----

TEST(NoteVerifier, EveryByteOfAKeyCounts) {
    std::string vkey(peter_vkey);
    EXPECT_EQ(verifier(vkey).vkey(), vkey);
    for (auto& c : vkey) {
        const char kept = c;
        for (const int flip : {0x01, 0x02, 0x20, 0x80}) {
            c = static_cast<char>(kept ^ flip);
            EXPECT_FALSE(NoteVerifier::parse(vkey)) << vkey;
        }
        c = kept;
    }
    for (std::size_t from = 0; from < vkey.size(); ++from) {
        for (std::size_t size = 0; size <= vkey.size() - from; ++size) {
            if (size == vkey.size()) continue;
            EXPECT_FALSE(NoteVerifier::parse(std::string_view(vkey).substr(from, size)));
        }
    }
}

TEST(NoteVerifier, MalformedKeys) {
    for (const std::string_view vkey : {
             "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
             "PeterNeumann+0c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
             "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n",
             "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq_LDE4izWy10TW",
             "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
             // Of another length and another type, each with the id that would fit.
             "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
             "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
         }) {
        EXPECT_FALSE(NoteVerifier::parse(vkey)) << vkey;
    }
}

TEST(NoteVerifier, NamesAndKeyTypes) {
    const auto key = crypto::PrivateKey::generate(crypto::KeyType::ed25519);
    for (const std::string_view name : {"", "a b", "a+b", "a\u3000b", "a\nb", "a\x01", "\xff"}) {
        EXPECT_FALSE(NoteVerifier::make(std::string(name), key.public_key())) << name;
    }
    EXPECT_FALSE(NoteVerifier::make(std::string(1000, 'a'), key.public_key()));
    const auto window = NoteVerifier::make("窓.example/log", key.public_key());
    ASSERT_TRUE(window);
    const auto again = NoteVerifier::parse(window->vkey());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->id(), window->id());
    EXPECT_EQ(again->key().raw_ed25519(), key.public_key().raw_ed25519());
    const auto p256 = crypto::PrivateKey::generate(crypto::KeyType::p256);
    EXPECT_FALSE(NoteVerifier::make("log.example", p256.public_key()));
}

// ---- Checkpoints ----

constexpr std::string_view sofa_text =
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

TEST(Checkpoint, SpecificationsExample) {
    const auto parsed = parse_checkpoint_text(sofa_text);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->origin, "example.com/behind-the-sofa");
    EXPECT_EQ(parsed->size, 20852163U);
    EXPECT_EQ(hex(parsed->root),
              "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62");
    EXPECT_EQ(checkpoint_text(*parsed), sofa_text);
    const auto note = parse_note(joined(
        {sofa_text,
         "\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5"
         "/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"}));
    ASSERT_TRUE(note);
    EXPECT_EQ(note->text, sofa_text);
}

TEST(Checkpoint, ExtensionLinesAreReadOver) {
    const auto plain = parse_checkpoint_text(sofa_text);
    const auto extended = parse_checkpoint_text(joined({sofa_text, "one more\nand more\n"}));
    ASSERT_TRUE(extended);
    EXPECT_EQ(*extended, *plain);
}

TEST(Checkpoint, MalformedTexts) {
    const std::string root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    const std::vector<std::string> table{
        "",
        "log\n",
        "log\n5\n",
        "log\n5\n" + root.substr(0, root.size() - 1),
        "\n5\n" + root,                                            // an empty origin
        "log\n\n" + root,                                          // an empty size
        "log\n05\n" + root,                                        // leading zeros
        "log\n00\n" + root,                                        //
        "log\n+5\n" + root,                                        // signs
        "log\n-5\n" + root,                                        //
        "log\n5 \n" + root,                                        // spaces
        "log\n 5\n" + root,                                        //
        "log\n0x5\n" + root,                                       // another base
        "log\n\uff15\n" + root,                                    // a digit that is not ASCII
        "log\n9223372036854775808\n" + root,                       // not below 2^63
        "log\n18446744073709551617\n" + root,                      // above 64 bits
        "log\n5\n\n",                                              // an empty root
        "log\n5\nAAAA\n",                                          // a short one
        "log\n5\nAAAA" + root,                                     // a long one
        "log\n5\n" + root + "\n",                                  // an empty extension line
        "log\n5\n" + root + "a\n\nb\n",                            //
        "log\n5\n" + root + "no newline",                          //
        "log\r\n5\r\n" + root,                                     // other line ends
        "lo\tg\n5\n" + root,                                       // a control character
        "lo\xff\n5\n" + root,                                      // no UTF-8
        "log\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n",  // set trailing bits
        "log\n5\nCsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I=\n",  // the other alphabet
        "log\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n",   // no padding
    };
    for (std::size_t i = 0; i < table.size(); ++i) {
        EXPECT_FALSE(parse_checkpoint_text(table[i])) << i << ": " << table[i];
    }
    EXPECT_EQ(parse_checkpoint_text("log\n0\n" + root)->size, 0U);
    EXPECT_EQ(parse_checkpoint_text("log\n9223372036854775807\n" + root)->size, INT64_MAX);
}

TEST(Checkpoint, WritingRefusesWhatCannotBeRead) {
    EXPECT_THROW(checkpoint_text({.origin = "", .size = 1}), Failure);
    EXPECT_THROW(checkpoint_text({.origin = "a\nb", .size = 1}), Failure);
    EXPECT_THROW(checkpoint_text({.origin = "a\n5", .size = 1}), Failure);
    EXPECT_THROW(checkpoint_text({.origin = "a", .size = std::uint64_t{1} << 63}), Failure);
}

TEST(Checkpoint, OpensOnlyForItsLog) {
    const Signer log("log.example");
    const Signer other("other.example");
    const Checkpoint head{.origin = "log.example", .size = 3, .root = leaf_hash({})};
    const auto text = checkpoint_text(head);
    const auto opened = open_checkpoint(log.sign(text), log.verifier);
    ASSERT_TRUE(opened) << opened.error().why;
    EXPECT_EQ(*opened, head);
    EXPECT_TRUE(
        open_checkpoint(joined({text, "\n", other.line(text), log.line(text)}), log.verifier));
    EXPECT_FALSE(open_checkpoint(log.sign(text), other.verifier));
    EXPECT_FALSE(open_checkpoint(other.sign(text), other.verifier)) << "another log's origin";
    EXPECT_FALSE(open_checkpoint(log.sign("log.example\n3\n"), log.verifier));
    EXPECT_FALSE(open_checkpoint(text, log.verifier)) << "not signed";
    auto changed = log.sign(text);
    changed[changed.find("\n3\n") + 1] = '4';
    EXPECT_FALSE(open_checkpoint(changed, log.verifier));
}

// ---- tlog-proof ----

TEST(LogProof, CarriesAProofThatVerifies) {
    const Signer log("log.example");
    Edge edge;
    for (std::uint8_t i = 0; i < 100; ++i)
        edge.append(leaf_hash(Bytes{i}));
    const Checkpoint head{.origin = "log.example", .size = 100, .root = edge.root()};
    const LogProof proof{.extra = to_bytes("salt"),
                         .index = 42,
                         .proof = inclusion_proof(42, 100, edge.reader({})),
                         .checkpoint = log.sign(checkpoint_text(head))};
    const auto text = to_text(proof);
    EXPECT_TRUE(text.starts_with("c2sp.org/tlog-proof@v1\nextra c2FsdA==\nindex 42\n"));
    const auto parsed = parse_log_proof(text);
    ASSERT_TRUE(parsed) << parsed.error().why;
    EXPECT_EQ(parsed->extra, proof.extra);
    EXPECT_EQ(parsed->index, 42U);
    EXPECT_EQ(parsed->proof, proof.proof);
    EXPECT_EQ(parsed->checkpoint, proof.checkpoint);
    const auto opened = open_checkpoint(parsed->checkpoint, log.verifier);
    ASSERT_TRUE(opened);
    EXPECT_TRUE(verify_inclusion(leaf_hash(Bytes{42}), parsed->index, opened->size, parsed->proof,
                                 opened->root));
}

TEST(LogProof, WithoutExtraAndWithoutHashes) {
    const auto text = joined({"c2sp.org/tlog-proof@v1\nindex 0\n\n", sofa_text, "\n", peter_line});
    const auto parsed = parse_log_proof(text);
    ASSERT_TRUE(parsed) << parsed.error().why;
    EXPECT_FALSE(parsed->extra);
    EXPECT_TRUE(parsed->proof.empty());
    EXPECT_EQ(to_text(*parsed), text);
}

TEST(LogProof, MalformedTexts) {
    const std::string start = "c2sp.org/tlog-proof@v1\n";
    const std::string hash = "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\n";
    const std::string end = joined({"\n", sofa_text, "\n", peter_line});
    ASSERT_TRUE(parse_log_proof(start + "index 1\n" + hash + end));
    std::string hashes;
    for (std::size_t i = 0; i < proof_length_max; ++i)
        hashes += hash;
    ASSERT_TRUE(parse_log_proof(start + "index 1\n" + hashes + end));
    const std::string big = base64(Bytes(log_proof_extra_bytes_max + 1));
    const std::vector<std::string> table{
        "",
        start,
        "c2sp.org/tlog-proof@v2\nindex 1\n" + hash + end,
        "c2sp.org/tlog-proof@v1\r\nindex 1\n" + hash + end,
        start + hash + end,                                          // no index
        start + "index\n" + hash + end,                              //
        start + "index \n" + hash + end,                             //
        start + "index 01\n" + hash + end,                           // leading zeros
        start + "index -1\n" + hash + end,                           //
        start + "index 281474976710657\n" + hash + end,              // too large
        start + "Index 1\n" + hash + end,                            //
        start + "index 1\nextra AAAA\n" + hash + end,                // the wrong order
        start + "extra AAAA\nextra AAAA\nindex 1\n" + hash + end,    // twice
        start + "extra \nindex 1\n" + hash + end,                    // empty
        start + "extra AAA\nindex 1\n" + hash + end,                 // not base64
        start + "extra " + big + "\nindex 1\n" + hash + end,         // too long
        start + "index 1\nindex 1\n" + hash + end,                   //
        start + "index 1\nAAAA\n" + end,                             // a short hash
        start + "index 1\nAAAA" + hash + end,                        // a long one
        start + "index 1\n" + hash,                                  // no checkpoint
        start + "index 1\n" + hash + "\n",                           //
        start + "index 1\n" + hash + end.substr(1),                  // no empty line
        start + "index 1\n" + hash + "\n" + end,                     // two of them
        start + "index 1\n" + hash + "\n" + std::string(sofa_text),  // a checkpoint not signed
        start + "index 1\n" + hash + "\n" + std::string(foo_note),   // a note, no checkpoint
        start + "index 1\n" + hashes + hash + end,                   // too many hashes
        start + "index 1\n" + hash + end + std::string(log_proof_bytes_max, 'x'),  // too long
    };
    for (std::size_t i = 0; i < table.size(); ++i) {
        EXPECT_FALSE(parse_log_proof(table[i])) << i << ": " << table[i].substr(0, 300);
    }
}

TEST(LogProof, WritingRefusesWhatCannotBeRead) {
    const auto text = joined({"c2sp.org/tlog-proof@v1\nindex 0\n\n", sofa_text, "\n", peter_line});
    const auto good = parse_log_proof(text);
    ASSERT_TRUE(good) << good.error().why;
    auto proof = *good;
    proof.checkpoint.clear();
    EXPECT_THROW(to_text(proof), Failure);
    proof = *good;
    proof.extra = Bytes();
    EXPECT_THROW(to_text(proof), Failure);
    proof = *good;
    proof.proof.resize(proof_length_max + 1);
    EXPECT_THROW(to_text(proof), Failure);
    proof = *good;
    proof.index = UINT64_MAX;
    EXPECT_THROW(to_text(proof), Failure);
}

}  // namespace
}  // namespace mado::tlog
