// One request from its bytes to its answer, with a gateway on a loopback connection.
#include "exchange.hpp"

#include <boost/json.hpp>

#include "test_exchange.hpp"

namespace mado::relay {
namespace {

TEST_F(ExchangeTest, AContradictedLogDoesNotGrow) {
    dial_answering();
    EXPECT_EQ(ask(head(), number("1")), "ok");
    contradicted = true;
    EXPECT_EQ(ask(head(), number("1")), "not_ready");
    EXPECT_EQ(logged(), 1);
}

TEST_F(ExchangeTest, StrangersAndRubbish) {
    const auto good = body(head(), number("1"));
    EXPECT_EQ(code_of(send(good, std::nullopt)), "not_in_directory");
    EXPECT_EQ(code_of(send("rubbish", wire::filled(99))), "not_in_directory");
    EXPECT_EQ(code_of(send(good, wire::filled(8))), "certificate_mismatch");
    for (const auto* text : {"", "{}", "[]", R"({"head":"a.b.c","subject":""})"}) {
        EXPECT_EQ(code_of(send(text)).find("malformed"), 0U) << text;
    }
    EXPECT_EQ(code_of(send(body(head(), number("1"), store.country.portal))), "head_signature");
    for (const auto* subject : {"", "{}", R"({"own":"1"})", R"({"number":{},"mandate":"x"})"}) {
        EXPECT_EQ(ask(head(), subject).find("malformed"), 0U) << subject;
    }
    EXPECT_EQ(ask(head(), R"({"mandate":"rubbish"})").find("malformed"), 0U);
    EXPECT_EQ(logged(), 0);
}

TEST_F(ExchangeTest, WhatNoPolicyAllowsIsDenied) {
    const auto denied = [this](auto change) {
        auto other = head();
        change(other);
        EXPECT_EQ(ask(other, number("1")), "not_allowed");
    };
    denied([](wire::Head& h) { h.purpose = wire::code_id("curiosity"); });
    denied([](wire::Head& h) {
        h.service = service_id("claims");
        h.parameters = {};
    });
    denied([](wire::Head& h) { h.card_seen = true; });
    denied([](wire::Head& h) { h.to.kind = wire::code_id("care-insurer"); });
    denied([](wire::Head& h) { h.to = {.holder = participant_id("992016"), .kind = {}}; });
    denied([](wire::Head& h) { h.to = {.holder = participant_id("relay"), .kind = {}}; });
    store.writer().stop();
    EXPECT_EQ(logged(), 1) << "that she was tried, once";
}

TEST_F(ExchangeTest, NothingIsLoggedBeforeItCanBeForwarded) {
    EXPECT_EQ(ask(head(), number("1")), "unavailable absent");
    const auto unknown = wire::number_subject(
        "health-care-number", {{"number", health_care_number("12345678901")}}, "1986-11-22");
    EXPECT_EQ(ask(head(), unknown), "no_match");
    const auto slip =
        wire::number_subject("health-care-number", {{"number", "123456789012"}}, "1986-11-22");
    EXPECT_EQ(ask(head(), slip), health_care_number("12345678901") == "123456789012"
                                     ? "no_match"
                                     : "number_malformed");
    auto nobody = head();
    nobody.to = {.holder = participant_id("nobody"), .kind = {}, .position = 1};
    EXPECT_EQ(ask(nobody, number("1")), "no_match");
    EXPECT_EQ(ask(nobody, mandate()), "no_link");
    auto second = head();
    second.to.position = 2;
    EXPECT_EQ(ask(second, number("1")), "no_match") << "by number every miss is the same";
    EXPECT_EQ(ask(second, mandate()), "no_link");
    EXPECT_EQ(logged(), 0);
}

TEST_F(ExchangeTest, AnsweredOnceAndTheSameAgain) {
    dial_answering();
    const auto request = body(head(), number("1"));
    const auto response = send(request);
    ASSERT_EQ(code_of(response), "ok");
    const auto reply = wire::valid(wire::parse_reply(response.body));
    ASSERT_TRUE(reply.receipt.has_value());
    const auto verified = wire::valid(wire::verify_receipt(*reply.receipt, store.directory));
    EXPECT_EQ(verified.order.policy.text(), "number");
    EXPECT_EQ(verified.order.subject,
              wire::commit_subject(*reply.subject_salt, as_bytes(number("1"))));
    EXPECT_EQ(verified.order.keep_until, verified.order.time + 30 * 86'400);

    ASSERT_EQ(deliveries.size(), 1U);
    const auto& delivery = deliveries.front();
    EXPECT_EQ(delivery.birth_date, parse_date("1986-11-22").value());
    EXPECT_EQ(delivery.number.find("06990014"), delivery.number.rfind("06990014"));
    EXPECT_EQ(verified.order.number,
              wire::commit_number(delivery.number_salt, as_bytes(delivery.number)));

    const auto again = wire::valid(wire::parse_reply(send(request).body));
    EXPECT_EQ(wire::receipt_json(*again.receipt), wire::receipt_json(*reply.receipt));
    EXPECT_EQ(logged(), 1);
    auto same_jti = head();
    same_jti.jti = wire::valid(wire::parse_head(verified.order.head)).head.jti;
    EXPECT_EQ(ask(same_jti, number("1")), "key_reused") << "the same but for the head";
    EXPECT_EQ(ask(same_jti, number("1", "")), "key_reused");
    EXPECT_EQ(logged(), 1);
}

TEST_F(ExchangeTest, MandateOfACard) {
    dial_answering();
    const auto subject = mandate();
    const auto first = body(head(), subject);
    EXPECT_EQ(code_of(send(first)), "ok");
    EXPECT_EQ(code_of(send(first)), "ok") << "a repeat";
    EXPECT_EQ(ask(head(), subject), "mandate_used");
    EXPECT_FALSE(deliveries.front().birth_date.has_value());
    EXPECT_EQ(logged(), 1);

    // After a restart the nonce is forgotten, the mandate is not.
    Mandates stored(stored_mandates(reader->connection(), store.vault()));
    Shared later = with(stored);
    exchange.emplace(io, later, *reader);
    EXPECT_EQ(code_of(send(first)), "ok");
    EXPECT_EQ(ask(head(), subject), "mandate_used");
    exchange.emplace(io, shared, *reader);
}

TEST_F(ExchangeTest, MandatesThatAreRefused) {
    dial_answering();
    EXPECT_EQ(ask(head(), mandate(wire::MandateKind::login)), "mandate_for_other");
    EXPECT_EQ(ask(head(), signed_by(lost_card, mandate_content())), "card_revoked");
    EXPECT_EQ(ask(head(), signed_by(store.country.card(), mandate_content())), "card_unknown");
    for (const auto* certificate : {&card.certificate, &lost_card.certificate}) {
        const TestCard forged{.certificate = *certificate};
        EXPECT_EQ(ask(head(), signed_by(forged, mandate_content())), "mandate_signature");
    }
    auto content = mandate_content();
    EXPECT_EQ(ask(head(), signed_by(card, content)), "ok");
    content.expires -= 1;  // other bytes with the nonce that is spent
    EXPECT_EQ(ask(head(), signed_by(card, content)), "mandate_nonce");
    content.nonce = "an invention";
    EXPECT_EQ(ask(head(), signed_by(card, content)), "mandate_nonce");
    EXPECT_EQ(logged(), 1);
}

TEST_F(ExchangeTest, ThirdMissClosesThePath) {
    dial_with({.outcome = wire::Outcome::no_match, .answer = {}, .reason = {}});
    const auto first = body(head(), number("1"));
    for (int i = 0; i < 4; ++i)
        EXPECT_EQ(code_of(send(first)), "no_match") << "a repeat is the same miss";
    EXPECT_EQ(ask(head(), number("1")), "no_match");
    EXPECT_EQ(ask(head(), number("1")), "no_match");
    EXPECT_EQ(ask(head(), number("1")), "path_closed");
    EXPECT_EQ(ask(head(), number("2")), "no_match") << "another number";
    EXPECT_EQ(logged(), 5);  // three orders, one refused entry, the other number's order
    const auto entries = reader->entries(1, 3, 10, 1000);
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_EQ(std::get<AccessRecord>(entries[0].record).kind, "refused");
}

// What a family's members have in common is nobody's until the holder says whose it is.
TEST_F(ExchangeTest, ANumberWithoutBranchIsOfWhomTheHolderNames) {
    const auto answer = crypto::encrypt_jwe(as_bytes("x"), store.country.seal_to.public_key());
    std::string branch = "01";
    dial([&answer, &branch](http::Request) -> http::Task<http::Response> {
        http::Response response;
        response.content_type = "application/json";
        response.body = wire::delivery_reply_json({.outcome = wire::Outcome::answered,
                                                   .answer = answer,
                                                   .reason = {},
                                                   .left_out = branch});
        co_return response;
    });
    const auto kinds = [this](PersonRow person) {
        std::string out;
        for (const auto& one : reader->entries(person, 0, 10, 1000))
            out += std::get<AccessRecord>(one.record).kind + " ";
        return out;
    };
    // Hanako has the branch 00. Somebody of her family was asked about.
    const auto request = body(head(), number("1", ""));
    EXPECT_EQ(code_of(send(request)), "ok");
    EXPECT_EQ(code_of(send(request)), "ok") << "the same request again";
    EXPECT_EQ(kinds(1), "") << "hears nothing of it";
    EXPECT_EQ(kinds(3), "order ") << "the number as it was typed";
    EXPECT_EQ(kinds(4), "named ") << "01, whom nobody has linked";
    // And now about her.
    branch = "00";
    EXPECT_EQ(ask(head(), number("1", "")), "ok");
    EXPECT_EQ(kinds(1), "named ");
    EXPECT_EQ(kinds(3), "order order ");
    const auto bells = reader->bells(1, 0, 10);
    ASSERT_EQ(bells.size(), 1U);
    EXPECT_TRUE(bells.front().first);
    // What is no branch names nobody, and a whole number is whose it is.
    branch = "horse";
    EXPECT_EQ(ask(head(), number("1", "")), "ok");
    EXPECT_EQ(ask(head(), number("1", "02")), "ok");
    EXPECT_EQ(kinds(1), "named ");
    EXPECT_EQ(kinds(5), "order ");
}

// A person sees who has tried by their number and may not; the one who tried learns nothing.
TEST_F(ExchangeTest, ATryThatThePolicyRefusesIsSeenOnce) {
    dial_answering();
    auto of = head();
    of.purpose = wire::code_id("own-view");  // no row has that by number
    const auto mine = code_of(send(body(of, number("1"))));
    EXPECT_EQ(mine, "not_allowed");
    of.jti = base64url(crypto::random_bytes(16));
    EXPECT_EQ(ask(of, number("1")), mine);
    EXPECT_EQ(ask(of, number("777")), mine) << "a number that nobody has";
    EXPECT_EQ(ask(of, number("1", "")), mine) << "a family's";
    store.writer().stop();
    const auto entries = reader->entries(1, 0, 10, 1000);
    ASSERT_EQ(entries.size(), 1U);
    const auto& record = std::get<AccessRecord>(entries[0].record);
    EXPECT_EQ(record.kind, "refused");
    EXPECT_TRUE(record.content.contains(
        R"("requester":"clinic-1","service":"eligibility","scheme":"insured-number")"))
        << record.content;
    EXPECT_EQ(logged(), 3) << "for each number one, whosever it is";
    EXPECT_EQ(reader->bells(1, 0, 10).size(), 1U);
    EXPECT_TRUE(deliveries.empty());
}

// How far the log has grown says nothing of whose numbers there are, and after so many tries there
// are no more.
TEST_F(ExchangeTest, TriesThatThePolicyRefusesLookAlikeAndAreCounted) {
    dial_answering();
    auto of = head();
    of.purpose = wire::code_id("own-view");
    const auto tried = [&](const std::string& subject) {
        of.jti = base64url(crypto::random_bytes(16));
        return send(body(of, subject));
    };
    const auto grown = [&](const std::string& subject) {
        const auto before = logged();
        EXPECT_EQ(code_of(tried(subject)), "not_allowed");
        store.flush();
        return logged() - before;
    };
    const auto everybodys = [](const std::string& digits) {
        return wire::number_subject("health-care-number", {{"number", health_care_number(digits)}},
                                    "1986-11-22");
    };
    for (const auto& subject : {number("1"), number("777"), number("1", ""),
                                everybodys("12345678901"), everybodys("22345678901")}) {
        EXPECT_EQ(grown(subject), 1) << subject;
        EXPECT_EQ(grown(subject), 0) << "once a day: " << subject;
    }
    for (std::int64_t i = 5; i < refused_tries_max; ++i)
        EXPECT_EQ(grown(number(std::to_string(1'000 + i))), 1);
    const auto before = logged();
    for (const auto& subject : {number("1"), number("999999"), everybodys("32345678901")}) {
        const auto closed = tried(subject);
        EXPECT_EQ(code_of(closed), "path_closed");
        const auto wait = std::stoll(std::string(closed.header("Retry-After")));
        EXPECT_GT(wait, 0);
        EXPECT_LE(wait, 86'400);
    }
    store.flush();
    EXPECT_EQ(logged(), before);
    // What it may ask goes on.
    EXPECT_EQ(ask(head(), number("1")), "ok");
}

TEST_F(ExchangeTest, OutcomesOfTheHolder) {
    dial_with({.outcome = wire::Outcome::refused, .answer = {}, .reason = "order_stale"});
    EXPECT_EQ(ask(head(), number("1")), "holder_refused order_stale");
    store.writer().stop();  // the outcome is written beside the answer
    EXPECT_EQ(reader->entries(1, 0, 1, 1000).at(0).outcome, "refused");
}

TEST_F(ExchangeTest, RefusalWithAReasonOfItsOwnInvention) {
    dial_with({.outcome = wire::Outcome::refused, .answer = {}, .reason = "hello <script>"});
    EXPECT_EQ(ask(head(), number("1")), "holder_refused");
}

TEST_F(ExchangeTest, FailedHolder) {
    dial_with({.outcome = wire::Outcome::failed, .answer = {}, .reason = {}});
    EXPECT_EQ(ask(head(), number("1")), "holder_failed");
}

TEST_F(ExchangeTest, SeveralPeople) {
    dial_with({.outcome = wire::Outcome::several_match, .answer = {}, .reason = {}});
    EXPECT_EQ(ask(head(), number("1")), "several_match");
}

TEST_F(ExchangeTest, RubbishOfTheHolder) {
    dial_with_body("rubbish");
    EXPECT_EQ(ask(head(), number("1")), "unavailable unwell");
    EXPECT_EQ(logged(), 1);
}

TEST_F(ExchangeTest, AnswerThatIsNotSealed) {
    dial_with_body(R"({"outcome":"answered","answer":"in clear"})");
    EXPECT_EQ(ask(head(), number("1")), "unavailable unwell");
}

TEST_F(ExchangeTest, SlowHolderCostsItsOwnRequestOnly) {
    dial([](http::Request) -> http::Task<http::Response> {
        co_await http::pause(http::Milliseconds(5'000));
        co_return http::Response{};
    });
    const auto start = monotonic_us();
    EXPECT_EQ(ask(head(), number("1")), "unavailable slow");
    EXPECT_LT(monotonic_us() - start, 2'000'000);
    EXPECT_EQ(logged(), 1) << "the entry stands";
}

TEST_F(ExchangeTest, OutcomeThatCannotBeCountedIsNotTold) {
    dial_with({.outcome = wire::Outcome::no_match, .answer = {}, .reason = {}});
    store.alter("create trigger planted before insert on miss begin select raise(abort, 'p'); end");
    EXPECT_EQ(ask(head(), number("1")), "overloaded");
    store.alter("drop trigger planted");
    EXPECT_EQ(ask(head(), number("1")), "no_match");
}

}  // namespace
}  // namespace mado::relay
