// The worked example of docs/protocols: the pages' own bytes are read and verified, as a stranger's
// program would.
#include <boost/json.hpp>

#include "crypto/x509.hpp"
#include "test_docs.hpp"
#include "test_wire.hpp"
#include "tlog/witness.hpp"
#include "wire/answer.hpp"
#include "wire/exchange.hpp"
#include "wire/mandate.hpp"
#include "wire/subject.hpp"

namespace mado::wire {
namespace {

Hash hash_example(std::string_view page, std::string_view name) {
    return valid(parse_hash(read_example(page, name)));
}

class Examples : public testing::Test {
  protected:
    static crypto::PublicKey authority() {
        return valid(crypto::PublicKey::from_jwk(
            valid(parse_json_object(read_example("directory.md", "authority")))));
    }

    Directory directory_ =
        valid(open_directory(read_example("directory.md", "directory"), authority()));
    Request request_ = valid(parse_request(read_example("request.md", "request")));
    Reply reply_ = valid(parse_reply(read_example("request.md", "reply")));
    Hash entry_ = hash_example("order.md", "entry");
};

TEST_F(Examples, OfTheDirectoryIsSigned) {
    EXPECT_EQ(directory_.entry, hash_example("directory.md", "entry"));
    EXPECT_EQ(directory_.participants.size(), 3U);
}

TEST_F(Examples, OfARequestIsSignedAndNamesItsSubject) {
    EXPECT_EQ(as_text(request_.subject), read_example("request.md", "subject"));
    ASSERT_TRUE(read_subject(request_.subject, test_schemes()));
    const auto head = valid(parse_head(request_.head));
    const auto* clinic = directory_.find(head.head.issuer);
    ASSERT_NE(clinic, nullptr);
    const auto* key = clinic->signing_key(head.jws.key_id);
    ASSERT_NE(key, nullptr);
    EXPECT_TRUE(crypto::verify_jws(head.jws, *key));
    EXPECT_TRUE(head_is_fresh(head.head, head.head.issued_at, ask_lifetime_s));
    EXPECT_TRUE(read_protocol_page("request.md").contains(as_text(head.jws.payload)));
}

TEST_F(Examples, OfAMandateIsSignedByTheCard) {
    const auto der = valid(parse_base64url(read_example("mandate.md", "certificate")));
    const auto certificate = valid(crypto::Certificate::from_der(der));
    EXPECT_TRUE(certificate.issued_by(directory_.card_authorities.at(0)));
    const auto [mandate, jws] = valid(parse_mandate(read_example("mandate.md", "mandate")));
    EXPECT_EQ(jws.certificate, certificate.thumbprint());
    EXPECT_TRUE(crypto::verify_jws(jws, certificate.public_key()));
    EXPECT_EQ(mandate_payload(mandate), read_example("mandate.md", "payload"));
    EXPECT_EQ(as_text(jws.payload), read_example("mandate.md", "payload"));
    EXPECT_EQ(mandate.expires - mandate.issued_at, lifetime_s_max(mandate.kind));
}

TEST_F(Examples, OfAnOrderCommitsToWhatThePagesShow) {
    const auto bytes = read_example("order.md", "order");
    const auto order = valid(parse_order(as_bytes(bytes)));
    EXPECT_EQ(order.head, request_.head);
    EXPECT_EQ(complete(order), bytes);
    EXPECT_EQ(order_entry(hash_example("order.md", "salt"), as_bytes(bytes)), entry_);
    EXPECT_EQ(tlog::leaf_hash(entry_), hash_example("order.md", "leaf"));
    const auto number = read_example("gateway.md", "number");
    EXPECT_EQ(commit_number(hash_example("gateway.md", "number-salt"), as_bytes(number)),
              order.number);
    const auto link_number = valid(parse_base64url(read_example("order.md", "link-number")));
    EXPECT_EQ(commit_person(hash_example("order.md", "person-salt"), link_number, 1), order.person);
    EXPECT_EQ(commit_subject(reply_.subject_salt.value(), request_.subject), order.subject);
}

TEST_F(Examples, OfAReplyProvesItsOrderAndOpens) {
    ASSERT_TRUE(reply_.receipt);
    const auto receipt = valid(verify_receipt(*reply_.receipt, directory_));
    EXPECT_EQ(receipt.entry, entry_);
    EXPECT_EQ(as_text(reply_.receipt->order), read_example("order.md", "order"));
    EXPECT_EQ(reply_.receipt->checkpoint, read_example("log.md", "checkpoint") + "\n");
    const auto seal_to = valid(crypto::PrivateKey::from_jwk(
        valid(parse_json_object(read_example("request.md", "seal-to")))));
    const auto answer = valid(open_answer(reply_.answer, seal_to,
                                          {.from = *directory_.find(receipt.order.holder),
                                           .order = entry_,
                                           .service = service_id("eligibility"),
                                           .now = receipt.order.time}));
    EXPECT_EQ(json::serialize(*answer.data), read_example("gateway.md", "data"));
}

TEST_F(Examples, OfAPersonsEntriesAreInTheLog) {
    const auto data = valid(parse_json_object(read_example("log.md", "entries")));
    EXPECT_EQ(data.at("link_number").as_string(), read_example("order.md", "link-number"));
    const auto& one = data.at("entries").at(0);
    const std::string_view note = data.at("checkpoint").as_string();
    const auto checkpoint = valid(tlog::open_checkpoint(note, directory_.logs.at(0).key));
    const std::string_view content = one.at("content").as_string();
    EXPECT_EQ(content, read_example("order.md", "order"));
    const auto salt = valid(parse_hash(one.at("salt").as_string()));
    const std::vector proof = {valid(parse_hash(one.at("proof").at(0).as_string()))};
    EXPECT_TRUE(tlog::verify_inclusion(tlog::leaf_hash(order_entry(salt, as_bytes(content))), 2,
                                       checkpoint.size, proof, checkpoint.root));
}

TEST_F(Examples, OfACheckpointIsCosignedByTheQuorum) {
    const auto checkpoint = read_example("log.md", "checkpoint") + "\n";
    const auto note = read_example("log.md", "cosigned") + "\n";
    EXPECT_TRUE(note.starts_with(checkpoint));
    const auto& log = directory_.logs.at(0).key;
    constexpr UnixTime first = 1'795'312'803;
    const auto enough = valid(tlog::cosigned(note, log, directory_.quorum, first));
    const auto& found = std::get<tlog::CosignedCheckpoint>(enough);
    EXPECT_EQ(found.cosignatures,
              (std::vector<tlog::Cosignature>{{directory_.witnesses.at(0).key.name(), first},
                                              {directory_.witnesses.at(1).key.name(), first + 1}}));
    const auto too_few = valid(tlog::cosigned(checkpoint, log, directory_.quorum, first));
    EXPECT_TRUE(std::holds_alternative<tlog::TooFewWitnesses>(too_few));

    const auto submission =
        valid(tlog::parse_add_checkpoint(read_example("log.md", "add-checkpoint") + "\n"));
    EXPECT_EQ(submission.checkpoint, checkpoint);
    // The order is the third leaf; the proof that it is there is the root of the first two.
    EXPECT_TRUE(tlog::verify_consistency(submission.old_size, reply_.receipt.value().proof.at(0),
                                         found.checkpoint.size, found.checkpoint.root,
                                         submission.proof));
}

TEST(ProtocolPages, AreAllListed) {
    const auto readme = read_protocol_page("README.md");
    for (const auto* page :
         {"request", "mandate", "order", "gateway", "log", "directory", "errors"}) {
        EXPECT_TRUE(readme.contains("](" + std::string(page) + ".md)")) << page;
        EXPECT_FALSE(read_protocol_page(std::string(page) + ".md").empty());
    }
}

}  // namespace
}  // namespace mado::wire
