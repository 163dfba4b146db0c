// Lists of revoked cards: which file counts, for how long, and what a card on it means for requests
// and log-ins.
#include "card_lists.hpp"

#include <filesystem>

#include "ending.hpp"
#include "test_exchange.hpp"

namespace mado::relay {
namespace {

class CardListsTest : public PortalTest {
  protected:
    [[nodiscard]] const crypto::Serial& serial() const { return card.certificate.serial(); }
    // Writes a list as a CA would and lets the relay look.
    std::vector<Hash> publish(std::vector<crypto::Serial> revoked, UnixTime at = unix_now()) {
        lists.write(std::move(revoked), at);
        return lists.lists.refresh(unix_now());
    }
    std::optional<Code> judge(UnixTime now = unix_now()) {
        return lists.lists.judge(store.country.card_authority.thumbprint(), serial(), now);
    }
    std::string ask_bells(const std::string& jws) {
        auto of = question();
        of.service = service_id("bells");
        return code_of(ask_portal(of, wire::mandate_subject(jws)));
    }
};

TEST_F(CardListsTest, ACardOnTheListIsRefusedAtOnce) {
    dial_answering();
    const auto subject = mandate();
    const auto request = body(head(), subject);
    EXPECT_EQ(code_of(send(request)), "ok");
    publish({lost_card.certificate.serial()});
    EXPECT_EQ(code_of(send(request)), "ok") << "another card";
    publish({serial()});
    EXPECT_EQ(code_of(send(request)), "card_revoked") << "also a repeat";
    EXPECT_EQ(ask(head(), mandate()), "card_revoked");
    publish({});
    EXPECT_EQ(ask(head(), mandate()), "ok") << "it was suspended";
}

TEST_F(CardListsTest, ItsLogInsEnd) {
    const auto jws = card.sign(mandate_content(wire::MandateKind::login));
    const auto hers = daughters_card.sign(mandate_content(wire::MandateKind::login));
    EXPECT_EQ(ask_bells(jws), "ok");
    EXPECT_EQ(ask_bells(hers), "ok");
    auto feed = event_feeds.open(participant_id("portal"), unix_now());
    const auto revoked = publish({serial()});
    ASSERT_EQ(revoked.size(), 1U);
    EXPECT_EQ(revoked[0], card_name(store.country.card_authority.thumbprint(), serial()));
    http::await(io, end_mandates_of(shared, revoked));
    EXPECT_EQ(ask_bells(jws), "card_revoked");
    EXPECT_EQ(ask_bells(hers), "ok");
    EXPECT_TRUE(publish({serial()}).empty()) << "told once";
    publish({});
    EXPECT_EQ(ask_bells(jws), "mandate_ended") << "what has ended stays so";
    const auto stored = stored_mandates(reader->connection(), store.vault());
    ASSERT_EQ(stored.size(), 3U);
    EXPECT_EQ(stored[2].hash, crypto::sha256(as_bytes(jws)));
    EXPECT_EQ(stored[2].ended, Ending::revoked);

    // After a restart, on a list that came meanwhile.
    Mandates later(stored);
    EXPECT_EQ(later
                  .end_by_card(card_name(store.country.card_authority.thumbprint(),
                                         daughters_card.certificate.serial()),
                               unix_now())
                  .size(),
              1U);
}

TEST_F(CardListsTest, NoListNoCard) {
    std::filesystem::remove(lists.path());
    lists.lists.refresh(unix_now());
    EXPECT_EQ(judge(), std::nullopt) << "what was read counts until it is old";
    CardLists later(store.directory, lists.folder.path("."), store.log());
    later.refresh(unix_now());
    const auto& authority = store.country.card_authority.thumbprint();
    EXPECT_EQ(later.judge(authority, serial(), unix_now()), Code::card_list_old);
    EXPECT_EQ(later.judge(wire::filled(1), serial(), unix_now()), Code::card_unknown)
        << "an authority that the directory does not name";
}

TEST_F(CardListsTest, ADayOldIsTooOld) {
    const auto now = unix_now();
    publish({lost_card.certificate.serial()}, now);
    EXPECT_EQ(judge(now + 86'400), std::nullopt);
    EXPECT_EQ(judge(now + 86'401), Code::card_list_old);
    EXPECT_EQ(lists.lists.judge(store.country.card_authority.thumbprint(),
                                lost_card.certificate.serial(), now + 86'401),
              Code::card_revoked)
        << "who is on it stays so";
    publish({}, now + 1);
    EXPECT_EQ(judge(now + 86'401), std::nullopt);
}

TEST_F(CardListsTest, AnOldListRefusesInSoManyWords) {
    CardLists old(store.directory, lists.folder.path("."), store.log());
    lists.write({}, unix_now() - 86'402);
    old.refresh(unix_now());
    EXPECT_EQ(old.judge(store.country.card_authority.thumbprint(), serial(), unix_now()),
              Code::card_list_old);
    Shared with_old{.directory = shared.directory,
                    .policy = shared.policy,
                    .schemes = shared.schemes,
                    .vault = shared.vault,
                    .log = shared.log,
                    .signing_key = shared.signing_key,
                    .kid = shared.kid,
                    .sealing_key = shared.sealing_key,
                    .mandates = shared.mandates,
                    .event_feeds = shared.event_feeds,
                    .card_lists = old,
                    .writer = shared.writer,
                    .log_contradicted = shared.log_contradicted,
                    .holders = shared.holders,
                    .requests = shared.requests,
                    .latency_s = shared.latency_s};
    exchange.emplace(io, with_old, *reader);
    const auto response = send(body(head(), mandate()));
    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(code_of(response), "card_list_old");
    EXPECT_EQ(response.header("Retry-After"), "1");
    EXPECT_EQ(ask(head(), number("1")), "unavailable absent") << "by number it goes on";
    exchange.emplace(io, shared, *reader);
}

TEST_F(CardListsTest, OverIsOver) {
    const auto list =
        crypto::make_crl({.this_update = unix_now(), .next_update = unix_now() + 10, .number = 9},
                         store.country.card_authority, store.country.authority_key);
    lists.write_bytes(list);
    lists.lists.refresh(unix_now());
    EXPECT_EQ(judge(), std::nullopt);
    EXPECT_EQ(judge(unix_now() + 11), Code::card_list_old);
}

// The one in use stays.
TEST_F(CardListsTest, WhatIsNotTheNextListIsRefused) {
    publish({serial()});
    EXPECT_EQ(judge(), Code::card_revoked);
    const auto refused = [this](ByteView list) {
        lists.write_bytes(list);
        EXPECT_TRUE(lists.lists.refresh(unix_now()).empty());
        EXPECT_EQ(judge(), Code::card_revoked);
    };
    const auto& country = store.country;
    const auto made = [](UnixTime at, std::uint64_t number, const crypto::Certificate& by,
                         const crypto::PrivateKey& key) {
        return crypto::make_crl({.this_update = at, .next_update = at + 86'400, .number = number},
                                by, key);
    };
    const auto now = unix_now();
    refused({});
    refused(as_bytes("rubbish"));
    refused(made(now, lists.number - 1, country.card_authority, country.authority_key));
    refused(made(now - 3'600, 1'000, country.card_authority, country.authority_key));
    refused(made(now + 3'600, 1'000, country.card_authority, country.authority_key));
    const auto other_key = crypto::PrivateKey::generate(crypto::KeyType::p256);
    const auto other = crypto::self_signed({.use = crypto::CertificateUse::authority,
                                            .common_name = "cards",
                                            .not_after = RelayCountry::card_end},
                                           other_key);
    refused(made(now, 1'000, other, other_key));
    refused(Bytes(crypto::Crl::bytes_max + 1));
    publish({});
    EXPECT_EQ(judge(), std::nullopt);
}

TEST(CardLists, AFileThatStaysIsReadOnce) {
    const RelayCountry country;
    const auto directory = country.directory();
    const Log log("test", ::open("/dev/null", O_WRONLY | O_CLOEXEC));
    TestCardLists lists(directory, log, country);
    lists.write({crypto::Serial{1}});
    EXPECT_EQ(lists.lists.refresh(unix_now()).size(), 1U);
    EXPECT_TRUE(lists.lists.refresh(unix_now()).empty());
    lists.write({crypto::Serial{1}, crypto::Serial{2}});
    EXPECT_EQ(lists.lists.refresh(unix_now()).size(), 1U) << "the one that was not there before";
}

}  // namespace
}  // namespace mado::relay
