#include "wire/order.hpp"

#include <boost/json.hpp>

#include "test_wire.hpp"

namespace mado::wire {
namespace {

// 00 01 02 … 1f
Hash counting_salt() {
    Hash salt;
    for (std::size_t i = 0; i < salt.size(); ++i)
        salt[i] = static_cast<std::uint8_t>(i);
    return salt;
}

// The expected values were computed with `openssl dgst -sha256` and with Python's hashlib.
TEST(Commitments, AreSha256OfTagSaltAndBytes) {
    const auto salt = counting_salt();
    EXPECT_EQ(hex(commit_subject(salt, as_bytes(R"({"mandate":"a.b.c"})"))),
              "9f585ca556023ce8d2d97a4f404ec09cb515059775b69d99f26483c5b5ae499b");
    EXPECT_EQ(hex(commit_number(salt, as_bytes(R"({"holder":"06990014","scheme":"insured-number",)"
                                               R"("symbol":"ア","number":"7"})"))),
              "866fd6cef32d77c8238f34a9e4d8749943c8055fbd57df565dc42a05e137450e");
    const auto link_number = valid(parse_hex("404142434445464748494a4b4c4d4e4f"));
    EXPECT_EQ(hex(commit_person(salt, link_number, 1)),
              "48807f3560a6a266022874fb24b99ca3a1e17a6c199985c24404634e51a3afe6");
    EXPECT_EQ(hex(commit_person(salt, link_number, 0x0102030405060708)),
              "2cb014d7c86c4e46254d9ea05b07a4311bf921a997da421f57eb3a3157db550b");
    const auto entry = order_entry(salt, as_bytes(R"({"id":"1"})"));
    EXPECT_EQ(hex(entry), "b783a9f9712ee8e4857199b74c26e7e9cdca0a2376a25ce96c4cf0f7bc318264");
    EXPECT_EQ(hex(tlog::leaf_hash(entry)),
              "546e8aa806af09862e888e5820b7544c5e7949357a2a2ae171300f04bfe5155d");
}

Order small_order() {
    return {.id = "AQ",
            .time = test_now,
            .relay = participant_id("relay"),
            .holder = participant_id("06990014"),
            .policy = code_id("eligibility.clinic"),
            .presence = Presence::card_pin,
            .keep_until = test_now + 1,
            .head = "h.e.ad",
            .subject = filled(0),
            .number = filled(0),
            .person = filled(0)};
}

constexpr std::string_view small_order_start =
    R"({"id":"AQ","time":1795312800,"relay":"relay","holder":"06990014",)"
    R"("policy":"eligibility.clinic","presence":"card-pin","keep_until":1795312801,)"
    R"("head":"h.e.ad","subject":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",)"
    R"("number":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")";
constexpr std::string_view small_order_end =
    R"(,"person":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})";

TEST(Orders, AreTheseBytes) {
    EXPECT_EQ(order_without_person(small_order()), small_order_start);
    EXPECT_EQ(complete(small_order()),
              std::string(small_order_start) + std::string(small_order_end));
    auto without_number = small_order();
    without_number.number = std::nullopt;
    EXPECT_EQ(
        complete(without_number),
        replaced(complete(small_order()),
                 R"("number":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")", R"("number":null)"));
}

TEST(Orders, AreReadBack) {
    TestCountry country;
    const auto made = country.order();
    const auto read = valid(parse_order(as_bytes(complete(made))));
    EXPECT_EQ(read.id, made.id);
    EXPECT_EQ(read.time, made.time);
    EXPECT_EQ(read.relay, made.relay);
    EXPECT_EQ(read.holder, made.holder);
    EXPECT_EQ(read.policy, made.policy);
    EXPECT_EQ(read.presence, made.presence);
    EXPECT_EQ(read.keep_until, made.keep_until);
    EXPECT_EQ(read.head, made.head);
    EXPECT_EQ(read.subject, made.subject);
    EXPECT_EQ(read.number, made.number);
    EXPECT_EQ(read.person, made.person);

    auto without_number = made;
    without_number.number = std::nullopt;
    EXPECT_FALSE(valid(parse_order(as_bytes(complete(without_number)))).number);
}

TEST(Orders, HaveExactlyTheirMembers) {
    const auto full = valid(parse_json_object(complete(small_order())));
    const auto reads = [](const json::object& object) {
        return parse_order(as_bytes(json::serialize(object))).has_value();
    };
    ASSERT_TRUE(reads(full));
    for (const auto& member : full) {
        auto changed = full;
        changed.erase(member.key());
        EXPECT_FALSE(reads(changed)) << member.key();
        changed[member.key()] = true;
        EXPECT_FALSE(reads(changed)) << member.key();
        changed[member.key()] = nullptr;
        EXPECT_EQ(reads(changed), member.key() == "number") << member.key();
        changed[member.key()] = -1;
        EXPECT_FALSE(reads(changed)) << member.key();
        if (member.key() == "head") continue;
        changed[member.key()] = std::string(65, 'a');
        EXPECT_FALSE(reads(changed)) << member.key();
    }
    auto more = full;
    more["seq"] = 1;
    EXPECT_FALSE(reads(more));
    auto presence = full;
    presence["presence"] = "card";
    EXPECT_FALSE(reads(presence));
    EXPECT_FALSE(parse_order(as_bytes(small_order_start)));
    EXPECT_FALSE(parse_order(as_bytes(complete(small_order()) + " x")));
    EXPECT_FALSE(parse_order({}));
}

TEST(Orders, HaveALimit) {
    auto order = small_order();
    order.head = "";
    order.head = std::string(order_bytes_max - complete(order).size(), 'a');
    EXPECT_TRUE(parse_order(as_bytes(complete(order))));
    order.head += 'a';
    EXPECT_FALSE(parse_order(as_bytes(complete(order))));
}

TEST(Orders, NameFourPresences) {
    for (const auto presence :
         {Presence::card_pin, Presence::card_seen, Presence::number, Presence::none}) {
        EXPECT_EQ(parse_presence(to_text(presence)), presence);
    }
    EXPECT_EQ(to_text(Presence::card_seen), "card-seen");
    EXPECT_FALSE(parse_presence(""));
    EXPECT_FALSE(parse_presence("card_pin"));
}

class Receipts : public testing::Test {
  protected:
    Receipts() {
        country_.grow(300);
        receipt_ = country_.log_order(complete(country_.order()));
        country_.grow(5);
        country_.prove(receipt_);
    }
    [[nodiscard]] bool verifies(const Receipt& receipt) const {
        return verify_receipt(receipt, directory_).has_value();
    }

    TestCountry country_;
    Directory directory_ = country_.directory();
    Receipt receipt_;
};

TEST_F(Receipts, ProveThatAnOrderIsInTheLog) {
    const auto verified = valid(verify_receipt(receipt_, directory_));
    EXPECT_EQ(verified.order.holder.text(), "06990014");
    EXPECT_EQ(verified.entry, order_entry(receipt_.salt, receipt_.order));
    EXPECT_EQ(verified.checkpoint.size, 306U);
    EXPECT_EQ(verified.checkpoint.origin, country_.log.name());

    TestCountry small;
    const auto directory = small.directory();
    for (int i = 0; i < 20; ++i) {
        auto receipt = small.log_order(complete(small.order()));
        EXPECT_TRUE(verify_receipt(receipt, directory)) << i;
        small.grow(1);
        EXPECT_TRUE(verify_receipt(receipt, directory)) << i;  // an older checkpoint stays good
    }
}

TEST_F(Receipts, TravelAsJson) {
    const auto text = receipt_json(receipt_);
    const auto read = valid(read_receipt(valid(parse_json_object(text))));
    EXPECT_EQ(read.order, receipt_.order);
    EXPECT_EQ(read.salt, receipt_.salt);
    EXPECT_EQ(read.index, 300U);
    EXPECT_EQ(read.proof, receipt_.proof);
    EXPECT_EQ(read.checkpoint, receipt_.checkpoint);
    EXPECT_EQ(receipt_json(read), text);
    EXPECT_TRUE(verifies(read));

    const auto full = valid(parse_json_object(text));
    for (const auto& member : full) {
        auto changed = full;
        changed.erase(member.key());
        EXPECT_FALSE(read_receipt(changed)) << member.key();
        for (const auto& value : {json::value(nullptr), json::value(-1), json::value("*"),
                                  json::value(json::object{})}) {
            changed[member.key()] = value;
            // A checkpoint is any text here; only its signature says what it is.
            EXPECT_EQ(read_receipt(changed).has_value(),
                      member.key() == "checkpoint" && value.is_string())
                << member.key();
        }
    }
    auto more = full;
    more["note"] = "";
    EXPECT_FALSE(read_receipt(more));
    auto hashes = full;
    hashes["proof"].as_array()[0] = base64url(Bytes(31));
    EXPECT_FALSE(read_receipt(hashes));
    json::array many(tlog::proof_length_max + 1, json::value(base64url(filled(0))));
    hashes["proof"] = many;
    EXPECT_FALSE(read_receipt(hashes));
    many.pop_back();
    hashes["proof"] = many;
    EXPECT_TRUE(read_receipt(hashes));
}

TEST_F(Receipts, FailWithAnyByteAltered) {
    ASSERT_TRUE(verifies(receipt_));
    for (std::size_t i = 0; i < receipt_.order.size(); ++i) {
        auto altered = receipt_;
        altered.order[i] ^= 1;
        EXPECT_FALSE(verifies(altered)) << i;
    }
    for (std::size_t i = 0; i < receipt_.salt.size(); ++i) {
        auto altered = receipt_;
        altered.salt[i] ^= 0x80;
        EXPECT_FALSE(verifies(altered)) << i;
    }
    for (std::size_t hash = 0; hash < receipt_.proof.size(); ++hash) {
        for (std::size_t i = 0; i < receipt_.salt.size(); ++i) {
            auto altered = receipt_;
            altered.proof[hash][i] ^= 1;
            EXPECT_FALSE(verifies(altered)) << hash << " " << i;
        }
    }
    for (std::size_t i = 0; i < receipt_.checkpoint.size(); ++i) {
        auto altered = receipt_;
        altered.checkpoint[i] = static_cast<char>(altered.checkpoint[i] ^ 1);
        EXPECT_FALSE(verifies(altered)) << i;
    }
}

TEST_F(Receipts, FailWithAPartMissingMovedOrAdded) {
    for (const std::uint64_t index : {0U, 299U, 301U, 305U, 306U}) {
        auto altered = receipt_;
        altered.index = index;
        EXPECT_FALSE(verifies(altered)) << index;
    }
    auto altered = receipt_;
    altered.index = UINT64_MAX;
    EXPECT_FALSE(verifies(altered));
    altered = receipt_;
    altered.proof.pop_back();
    EXPECT_FALSE(verifies(altered));
    altered = receipt_;
    altered.proof.push_back(filled(0));
    EXPECT_FALSE(verifies(altered));
    altered = receipt_;
    std::swap(altered.proof.front(), altered.proof.back());
    EXPECT_FALSE(verifies(altered));
    altered = receipt_;
    altered.proof.clear();
    EXPECT_FALSE(verifies(altered));
    altered = receipt_;
    altered.order.pop_back();
    EXPECT_FALSE(verifies(altered));
    altered = receipt_;
    altered.order.push_back(' ');  // the same JSON, other bytes
    EXPECT_FALSE(verifies(altered));
    for (const auto* checkpoint : {"", "\n", "log.example/2026", "log.example/2026\n"}) {
        altered = receipt_;
        altered.checkpoint = checkpoint;
        EXPECT_FALSE(verifies(altered));
    }
    // A checkpoint of the same log from before the order was in it.
    altered = receipt_;
    tlog::Edge before;
    before.append(filled(0));
    altered.checkpoint = tlog::sign_note(
        tlog::checkpoint_text(
            {.origin = country_.log.name(), .size = before.size(), .root = before.root()}),
        country_.log, country_.log_key);
    EXPECT_FALSE(verifies(altered));
}

TEST_F(Receipts, AreGoodUnderALogOfTheDirectoryOnly) {
    const auto sign_as = [&](const std::string& name, const crypto::PrivateKey& key) {
        const auto verifier = valid(tlog::NoteVerifier::make(name, key.public_key()));
        auto receipt = receipt_;
        receipt.checkpoint = tlog::sign_note(
            tlog::checkpoint_text(
                {.origin = name, .size = country_.tree.size(), .root = country_.tree.root()}),
            verifier, key);
        const auto verified = verify_receipt(receipt, directory_);
        return verified ? std::string("good") : verified.error().why;
    };
    const auto other_key = crypto::PrivateKey::generate(crypto::KeyType::ed25519);
    EXPECT_EQ(sign_as(country_.log.name(), country_.log_key), "good");
    EXPECT_EQ(sign_as("other.example/2026", country_.log_key),
              "the checkpoint is of a log that the directory does not name");
    EXPECT_EQ(sign_as(country_.log.name(), other_key),
              "a note lacks the signature of the wanted key");

    // The log's own signature, under a text that names another log.
    auto receipt = receipt_;
    receipt.checkpoint = tlog::sign_note(tlog::checkpoint_text({.origin = "other.example/2026",
                                                                .size = country_.tree.size(),
                                                                .root = country_.tree.root()}),
                                         country_.log, country_.log_key);
    EXPECT_FALSE(verifies(receipt));

    // Further signatures, of witnesses say, do not matter.
    receipt = receipt_;
    const auto witness = valid(tlog::NoteVerifier::make("witness.example", other_key.public_key()));
    const auto text = receipt.checkpoint.substr(0, receipt.checkpoint.find("\n\n") + 1);
    const auto cosigned = tlog::sign_note(text, witness, other_key);
    receipt.checkpoint += cosigned.substr(text.size() + 1);
    EXPECT_TRUE(verifies(receipt));
}

TEST_F(Receipts, DoNotMakeAnOrderOfWhatIsNone) {
    EXPECT_FALSE(verifies(country_.log_order("")));
    EXPECT_FALSE(verifies(country_.log_order("not JSON")));
    EXPECT_FALSE(verifies(country_.log_order(small_order_start)));
    EXPECT_TRUE(verifies(country_.log_order(complete(small_order()))));
}

}  // namespace
}  // namespace mado::wire
