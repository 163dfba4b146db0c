// What the relay answers itself: entries, bells, questions; and sealed entries from both sides.
#include "itself.hpp"

#include <boost/json.hpp>
#include <functional>

#include "questions.hpp"
#include "test_exchange.hpp"
#include "wire/sealing.hpp"

namespace mado::relay {
namespace {

using EntriesTest = PortalTest;

TEST_F(EntriesTest, AreOpenedWithTheirProofs) {
    dial_answering();
    EXPECT_EQ(ask(head(), number("1")), "ok");
    EXPECT_EQ(ask(head(), mandate()), "ok");
    EXPECT_EQ(ask(head(), number("2")), "ok");  // somebody else's
    const auto before = logged();
    const auto page = open(question(), login);
    EXPECT_EQ(logged(), before) << "not logged itself";
    EXPECT_FALSE(page.at("more").as_bool());
    const auto note = std::string(page.at("checkpoint").as_string());
    const auto checkpoint = wire::valid(tlog::open_checkpoint(note, store.country.log));
    const auto link = wire::valid(parse_base64url(page.at("link_number").as_string()));
    ASSERT_EQ(page.at("entries").as_array().size(), 2U);
    std::uint64_t seq = 0;
    for (const auto& value : page.at("entries").as_array()) {
        const auto& entry = value.as_object();
        EXPECT_EQ(entry.at("seq").as_int64(), static_cast<std::int64_t>(++seq));
        const auto text = [&entry](std::string_view name) {
            return std::string_view(entry.at(name).as_string());
        };
        const auto hash = [&text](std::string_view name) {
            return wire::valid(parse_hash(text(name)));
        };
        std::vector<Hash> proof;
        for (const auto& part : entry.at("proof").as_array())
            proof.push_back(wire::valid(parse_hash(part.as_string())));
        const auto order = wire::valid(wire::parse_order(as_bytes(text("content"))));
        EXPECT_TRUE(tlog::verify_inclusion(
            tlog::leaf_hash(wire::order_entry(hash("salt"), as_bytes(text("content")))),
            static_cast<std::uint64_t>(entry.at("index").as_int64()), checkpoint.size, proof,
            checkpoint.root));
        EXPECT_EQ(order.person, wire::commit_person(hash("person_salt"), link, seq));
        EXPECT_EQ(order.subject,
                  wire::commit_subject(hash("subject_salt"),
                                       wire::valid(parse_base64url(text("subject")))));
        EXPECT_EQ(order.number, wire::commit_number(hash("number_salt"),
                                                    wire::valid(parse_base64url(text("number")))));
    }
}

TEST_F(EntriesTest, ComeInPages) {
    dial_answering();
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(ask(head(), number("1")), "ok");
    const auto first = open(question({{"limit", "2"}}), login);
    EXPECT_TRUE(first.at("more").as_bool());
    EXPECT_EQ(first.at("entries").as_array().size(), 2U);
    const auto rest = open(question({{"limit", "2"}, {"after", "2"}}), login);
    EXPECT_FALSE(rest.at("more").as_bool());
    ASSERT_EQ(rest.at("entries").as_array().size(), 1U);
    EXPECT_EQ(rest.at("entries").as_array()[0].as_object().at("seq").as_int64(), 3);
    EXPECT_TRUE(open(question({{"after", "3"}}), login).at("entries").as_array().empty());
}

TEST_F(EntriesTest, ErasedMonthKeepsItsProofs) {
    dial_answering();
    EXPECT_EQ(ask(head(), number("1")), "ok");
    const auto now = unix_now() + 70 * 86'400;  // the policies keep for 30 days
    store.upkeep(now);
    const auto page = open(question(), login);
    const auto& entry = page.at("entries").as_array().at(0).as_object();
    EXPECT_EQ(entry.at("erased").as_object().at("at").as_int64(), now);
    EXPECT_FALSE(entry.contains("content"));
    EXPECT_TRUE(entry.contains("proof"));
    EXPECT_EQ(page.at("last_seq").as_int64(), 1);
    EXPECT_EQ(store.count("select count(*) from access where sealed is not null"), 0);
    EXPECT_EQ(store.count("select count(*) from own_entry where viewer is not null"), 0);
}

TEST_F(EntriesTest, BellsRingOnceForWhatThePersonIsToldOf) {
    dial_answering();
    const auto request = body(head(), number("1"));
    EXPECT_EQ(code_of(send(request)), "ok");
    EXPECT_EQ(code_of(send(request)), "ok") << "a repeat";
    EXPECT_EQ(ask(head(), mandate()), "ok");    // by card: nothing that is told at once
    EXPECT_EQ(ask(head(), number("1")), "ok");  // by number: it is
    auto of = question();
    of.service = service_id("bells");
    const auto page = open(of, login);
    const auto& bells = page.at("bells").as_array();
    ASSERT_EQ(bells.size(), 2U);
    EXPECT_EQ(bells[0].as_object().at("seq").as_int64(), 1);
    EXPECT_TRUE(bells[0].as_object().at("first").as_bool());
    EXPECT_EQ(bells[1].as_object().at("seq").as_int64(), 3);
    EXPECT_FALSE(bells[1].as_object().at("first").as_bool());
    of.parameters = {{"after", "1"}, {"limit", "1"}};
    EXPECT_EQ(open(of, login).at("bells").as_array().size(), 1U);
}

// What a site asks when somebody has come back to it with a card's signature.
TEST_F(EntriesTest, ALogInStandsOrItSaysWhyNot) {
    auto of = question();
    of.service = service_id("standing");
    const auto before = logged();
    const auto jws = card.sign(mandate_content(wire::MandateKind::login));
    EXPECT_TRUE(open(of, wire::mandate_subject(jws)).empty());
    const auto lost = signed_by(lost_card, mandate_content(wire::MandateKind::login));
    EXPECT_EQ(code_of(ask_portal(of, lost)), "card_revoked");
    const auto unknown = signed_by(store.country.card(), mandate_content(wire::MandateKind::login));
    EXPECT_EQ(code_of(ask_portal(of, unknown)), "card_unknown");
    mandates.end_for(participant_id("portal"), crypto::sha256(as_bytes(jws)), unix_now());
    EXPECT_EQ(code_of(ask_portal(of, wire::mandate_subject(jws))), "mandate_ended");
    EXPECT_EQ(logged(), before) << "not logged";
    of.parameters = {{"limit", "1"}};
    EXPECT_EQ(code_of(ask_portal(of, login)), "malformed");
}

// What the log-in has shown once, it shows after a restart: its nonce was spent for good.
TEST_F(EntriesTest, ALogInOutlivesTheRelay) {
    dial_answering();
    EXPECT_EQ(ask(head(), number("1")), "ok");
    open(question(), login);
    Mandates stored(stored_mandates(reader->connection(), store.vault()));
    Shared later = with(stored);
    exchange.emplace(io, later, *reader);
    EXPECT_EQ(open(question(), login).at("entries").as_array().size(), 1U);
    exchange.emplace(io, shared, *reader);
}

TEST_F(EntriesTest, WrongQuestions) {
    for (const auto& parameters :
         std::vector<std::map<std::string, std::string>>{{{"limit", "0"}},
                                                         {{"limit", "201"}},
                                                         {{"limit", ""}},
                                                         {{"limit", "1x"}},
                                                         {{"after", "-1"}},
                                                         {{"after", "99999999999999999999"}}}) {
        EXPECT_EQ(code_of(ask_portal(question(parameters), login)), "malformed");
    }
    EXPECT_EQ(code_of(ask_portal(question(), number("1"))), "not_allowed");
    EXPECT_EQ(code_of(ask_portal(question(), mandate())), "mandate_for_other");
    auto other = question();
    other.service = service_id("mandates");
    EXPECT_EQ(code_of(ask_portal(other, login)), "not_allowed");
}

// ---- questions about entries ----

class QuestionsTest : public PortalTest {
  protected:
    using Parameters = std::map<std::string, std::string>;
    using AskPage = std::function<boost::json::object(const Parameters&)>;
    static std::string sealed(const std::string& text, const crypto::PrivateKey& key) {
        return crypto::encrypt_jwe(as_bytes(text), key.public_key());
    }
    // A request with a payload, from whoever has that key and certificate.
    http::Response send_with(wire::Head of, const std::string& subject, const std::string& payload,
                             const crypto::PrivateKey& key, std::uint8_t certificate) {
        of.payload_hash = crypto::sha256(as_bytes(payload));
        return send(wire::request_json({.head = wire::sign_head(of, wire::kid_of(key), key),
                                        .subject = to_bytes(subject),
                                        .payload = payload}),
                    wire::filled(certificate));
    }
    // The first order of a store: before it stands the entry of the take-on.
    static constexpr auto first_index = "1";
    std::string ask_about(const std::string& index, const std::string& text) {
        auto of = question({{"index", index}});
        of.service = service_id("question");
        return code_of(send_with(of, login,
                                 sealed(R"({"text":")" + text + R"("})", store.country.seal_to),
                                 store.country.portal, 8));
    }
    [[nodiscard]] wire::Head as_clinic(std::string_view service) const {
        auto of = question();
        of.issuer = participant_id("clinic-1");
        of.service = service_id(service);
        of.purpose = wire::code_id("account");
        return of;
    }
    std::string answer(const std::string& id, const std::string& payload) {
        auto of = as_clinic("question-answer");
        of.parameters = {{"question", id}};
        return code_of(send_with(of, std::string(wire::self_subject),
                                 sealed(payload, store.country.seal_to), store.country.clinic, 4));
    }
    std::string first_entry() {
        const auto page = open(question(), login);
        const auto& entry = page.at("entries").as_array().at(0).as_object();
        const auto text = [&entry](std::string_view name) {
            return std::string_view(entry.at(name).as_string());
        };
        return base64url(
            wire::order_entry(wire::valid(parse_hash(text("salt"))), as_bytes(text("content"))));
    }
    boost::json::object own_questions(Parameters parameters = {}) {
        auto of = question(std::move(parameters));
        of.service = service_id("questions");
        return open(of, login);
    }
    boost::json::object own_question() {
        return own_questions().at("questions").as_array().at(0).as_object();
    }
    boost::json::object clinics_questions(Parameters parameters) {
        auto of = as_clinic("questions");
        of.parameters = std::move(parameters);
        return open(of, wire::self_subject, {.key = store.country.clinic, .certificate = 4});
    }
    // "indexes of the entries", and "more" where there are more.
    static std::string shown(const boost::json::object& page) {
        std::string out;
        for (const auto& one : page.at("questions").as_array())
            out += std::to_string(one.at("index").as_int64()) + " ";
        return out + (page.at("more").as_bool() ? "more" : "");
    }
};

TEST_F(QuestionsTest, AreAskedAnsweredAndOpened) {
    dial_answering();
    EXPECT_EQ(ask(head(), number("1")), "ok");
    const auto entry = first_entry();
    EXPECT_EQ(ask_about(first_index, "why"), "ok");
    EXPECT_EQ(ask_about(first_index, "another text"), "ok") << "the same question";
    const auto open_one = own_question();
    EXPECT_EQ(open_one.at("text").as_string(), "why");
    EXPECT_EQ(open_one.at("entry").as_string(), entry);
    EXPECT_EQ(open_one.at("deadline").as_int64() - open_one.at("asked_at").as_int64(),
              question_days * 86'400);
    EXPECT_FALSE(open_one.contains("answer"));
    const std::string id(open_one.at("id").as_string());

    EXPECT_EQ(code_of(send(body(as_clinic("questions"), wire::self_subject))), "ok");
    EXPECT_TRUE(overdue_questions(*reader, unix_now()).empty());
    const auto late = unix_now() + (question_days + 1) * 86'400;
    const std::map<Bytes, std::int64_t> one{{organisation_index(store.vault(), "clinic-1"), 1}};
    EXPECT_EQ(overdue_questions(*reader, late), one);

    const auto salt = base64url(wire::filled(3));
    EXPECT_EQ(answer(id, R"({"text":"because","operator":{"name":"A","salt":")" + salt + R"("}})"),
              "ok");
    const auto answered = own_question();
    EXPECT_EQ(answered.at("answer").as_object().at("text").as_string(), "because");
    EXPECT_EQ(answered.at("answer").as_object().at("operator").as_object().at("name").as_string(),
              "A");
    EXPECT_TRUE(overdue_questions(*reader, late).empty());
    EXPECT_EQ(logged(), 1) << "none of it is an entry";
}

TEST_F(QuestionsTest, TheFirstAnswerStays) {
    dial_answering();
    EXPECT_EQ(ask(head(), number("1")), "ok");
    EXPECT_EQ(ask_about(first_index, "why"), "ok");
    const std::string id(own_question().at("id").as_string());
    const auto by = [](const std::string& text, const std::string& name, std::uint8_t salt) {
        return R"({"text":")" + text + R"(","operator":{"name":")" + name + R"(","salt":")" +
               base64url(wire::filled(salt)) + R"("}})";
    };
    EXPECT_EQ(answer(id, by("because", "A", 3)), "ok");
    const auto answered = own_question();
    EXPECT_EQ(answer(id, by("because", "A", 3)), "ok") << "the same again";
    for (const auto& another :
         {by("other", "A", 3), by("because", "B", 3), by("because", "A", 4),
          std::string(R"({"text":"because"})"), std::string(R"({"text":"other"})")})
        EXPECT_EQ(answer(id, another), "not_allowed") << another;
    EXPECT_EQ(own_question(), answered);
}

TEST_F(QuestionsTest, ComeInPages) {
    dial_answering();
    EXPECT_EQ(shown(own_questions()), "");
    for (const auto* index : {"1", "2", "3"}) {
        EXPECT_EQ(ask(head(), number("1")), "ok");
        EXPECT_EQ(ask_about(index, "why"), "ok");
    }
    EXPECT_EQ(answer(std::string(own_question().at("id").as_string()), R"({"text":"x"})"), "ok");
    const auto in_pages = [](const AskPage& page) {
        EXPECT_EQ(shown(page({})), "1 2 3 ");
        EXPECT_EQ(shown(page({{"limit", "2"}})), "1 2 more") << "an answer moves nothing";
        EXPECT_EQ(shown(page({{"limit", "2"}, {"after", "2"}})), "3 ");
        EXPECT_EQ(shown(page({{"limit", "3"}})), "1 2 3 ");
        EXPECT_EQ(shown(page({{"after", "3"}})), "");
    };
    in_pages([this](const Parameters& parameters) { return own_questions(parameters); });
    in_pages([this](const Parameters& parameters) { return clinics_questions(parameters); });
    for (const std::string wrong : {"limit", "until"}) {
        auto of = as_clinic("questions");
        of.parameters = {{wrong, "0"}};
        EXPECT_EQ(code_of(send(body(of, wire::self_subject))), "malformed");
    }
}

// All of them would be more than a reply may have.
TEST_F(QuestionsTest, LongOnesMakeShorterPages) {
    dial_answering();
    std::string escaped;  // a request takes no more of them: a byte each, and six in JSON
    for (int i = 0; i < 3'000; ++i)
        escaped += R"(\u0001)";
    constexpr int asked = 64;
    for (int i = 1; i <= asked; ++i) {
        EXPECT_EQ(ask(head(), number("1")), "ok");
        EXPECT_EQ(ask_about(std::to_string(i), escaped), "ok");
    }
    const auto in_pages = [](const AskPage& page) {
        const auto first = page({});
        const auto count = first.at("questions").as_array().size();
        EXPECT_TRUE(first.at("more").as_bool());
        EXPECT_LT(boost::json::serialize(first).size(), 1024U * 1024U + 100U);
        const auto rest = page({{"after", std::to_string(count)}});
        EXPECT_FALSE(rest.at("more").as_bool());
        EXPECT_EQ(count + rest.at("questions").as_array().size(), std::size_t{asked});
    };
    in_pages([this](const Parameters& parameters) { return own_questions(parameters); });
    in_pages([this](const Parameters& parameters) { return clinics_questions(parameters); });
}

TEST_F(QuestionsTest, OfOthersAreNotFound) {
    dial_answering();
    EXPECT_EQ(ask(head(), number("1")), "ok");
    EXPECT_EQ(ask(head(), number("2")), "ok");  // somebody else's, of whom this card knows nothing
    for (const auto* index : {"0", "2", "3", "999999999999999999"})
        EXPECT_EQ(ask_about(index, "why"), "no_match") << index;
    EXPECT_EQ(ask_about(first_index, "why"), "ok");
    EXPECT_EQ(answer(base64url(crypto::random_bytes(16)), R"({"text":"x"})"), "no_match");
}

TEST_F(QuestionsTest, OfAnotherFormAreRefused) {
    dial_answering();
    EXPECT_EQ(ask(head(), number("1")), "ok");
    EXPECT_EQ(ask_about(first_index, ""), "malformed");
    EXPECT_EQ(ask_about(first_index, std::string(7'000, 'x')), "malformed");
    EXPECT_EQ(ask_about("no index", "why"), "malformed");
    auto of = question({{"index", first_index}});
    of.service = service_id("question");
    EXPECT_EQ(code_of(ask_portal(of, login)), "malformed") << "without a payload";
    const auto foreign = crypto::PrivateKey::generate(crypto::KeyType::p256);
    EXPECT_EQ(
        code_of(send_with(of, login, sealed(R"({"text":"x"})", foreign), store.country.portal, 8)),
        "malformed");
    auto signed_other = of;
    signed_other.payload_hash = wire::filled(1);
    EXPECT_EQ(
        code_of(send(wire::request_json(
                         {.head = wire::sign_head(signed_other, wire::kid_of(store.country.portal),
                                                  store.country.portal),
                          .subject = to_bytes(login),
                          .payload = sealed(R"({"text":"x"})", store.country.seal_to)}),
                     wire::filled(8))),
        "malformed");
    // A payload has no place elsewhere, nor has an organisation without a person at a holder.
    EXPECT_EQ(code_of(send_with(question(), login, "x", store.country.portal, 8)), "not_allowed");
    EXPECT_EQ(ask(head(), wire::self_subject), "malformed");
    EXPECT_EQ(ask_about(first_index, "why"), "ok");
    const std::string id(own_question().at("id").as_string());
    EXPECT_EQ(answer(id, R"({"text":"x","more":1})"), "malformed");
    EXPECT_EQ(answer(id, R"({})"), "malformed");
}

TEST_F(QuestionsTest, GoWithTheirMonth) {
    dial_answering();
    EXPECT_EQ(ask(head(), number("1")), "ok");
    EXPECT_EQ(ask_about(first_index, "why"), "ok");
    const auto page = [this] { return questions_of(*reader, 1, {.after = 0, .count = 9}); };
    EXPECT_EQ(page().size(), 1U);
    store.upkeep(unix_now() + 70 * 86'400);
    EXPECT_EQ(store.count("select count(*) from question"), 0);
    EXPECT_TRUE(page().empty());
}

// Rows that are passed over would make a page read without a limit.
TEST_F(QuestionsTest, NoneIsPassedOver) {
    dial_answering();
    for (const auto* index : {"1", "2", "3"}) {
        EXPECT_EQ(ask(head(), number("1")), "ok");
        EXPECT_EQ(ask_about(index, "why"), "ok");
    }
    const auto read = [this](std::int64_t after, std::int64_t count) {
        return questions_of(*reader, 1, {.after = after, .count = count}).size();
    };
    EXPECT_EQ(read(0, 2), 2U);
    EXPECT_EQ(read(1, 9), 2U);
    store.alter("update access set sealed = null where log_index = 2");
    EXPECT_EQ(read(0, 1), 1U);
    EXPECT_THROW(read(0, 2), Failure);
    EXPECT_EQ(read(2, 2), 1U);
}

// ---- sealed entries ----

class SealedTest : public QuestionsTest {
  protected:
    [[nodiscard]] wire::Sealing sealing(const std::string& subject) const {
        const auto now = unix_now();
        return {.issuer = participant_id("court"),
                .audience = participant_id("relay"),
                .organisation = participant_id("clinic-1"),
                .service = service_id("eligibility"),
                .jti = base64url(crypto::random_bytes(16)),
                .subject = wire::commit_sealed_subject(salt, as_bytes(subject)),
                .until = now + 86'400,
                .issued_at = now,
                .expires = now + 600};
    }
    std::string ask_sealed(const wire::Sealing& by, const std::string& subject,
                           std::string_view purpose = "investigation") {
        auto of = head();
        of.purpose = wire::code_id(purpose);
        of.sealing = wire::sign_sealing(by, wire::kid_of(store.country.court), store.country.court);
        return code_of(send(wire::request_json(
            {.head = wire::sign_head(of, wire::kid_of(store.country.clinic), store.country.clinic),
             .subject = to_bytes(subject),
             .payload = {},
             .sealing_salt = salt})));
    }
    const Hash salt = wire::filled(77);
};

TEST_F(SealedTest, AreHiddenUntilTheirDateAndThenOpen) {
    dial_answering();
    const auto subject = number("1");
    const auto by = sealing(subject);
    EXPECT_EQ(ask_sealed(by, subject), "ok");
    EXPECT_EQ(ask(head(), number("1")), "ok");
    auto page = open(question(), login);
    EXPECT_EQ(page.at("entries").as_array().size(), 1U);
    EXPECT_EQ(page.at("last_seq").as_int64(), 1) << "it took no number";
    EXPECT_EQ(reader->sealed_entries(), 1);
    EXPECT_EQ(reader->bells(1, 0, 10).size(), 1U) << "that of the other";
    EXPECT_EQ(ask_about(first_index, "mine?"), "no_match") << "as one of somebody else";
    store.upkeep(by.until - 1);
    EXPECT_EQ(reader->sealed_entries(), 1);

    store.upkeep(by.until);
    EXPECT_EQ(reader->sealed_entries(), 0);
    page = open(question(), login);
    ASSERT_EQ(page.at("entries").as_array().size(), 2U);
    const auto& opened = page.at("entries").as_array()[1].as_object();
    EXPECT_EQ(opened.at("kind").as_string(), "opened");
    EXPECT_EQ(opened.at("seq").as_int64(), 2);
    const auto& order = opened.at("order").as_object();
    EXPECT_EQ(order.at("index").as_int64(), 1);
    const auto parsed = wire::valid(wire::parse_order(as_bytes(order.at("content").as_string())));
    const auto link = wire::valid(parse_base64url(page.at("link_number").as_string()));
    EXPECT_EQ(parsed.person,
              wire::commit_sealed_person(
                  wire::valid(parse_hash(order.at("person_salt").as_string())), link, by.until));
    EXPECT_EQ(reader->bells(1, 0, 10).size(), 2U);
    EXPECT_EQ(ask_about(first_index, "why"), "ok");
    store.upkeep(by.until + 1);
    EXPECT_EQ(open(question(), login).at("entries").as_array().size(), 2U) << "once";
}

TEST_F(SealedTest, NeedTheirOrderForThisVeryRequestOnce) {
    dial_answering();
    const auto subject = number("1");
    const auto wrong = [&](const std::function<void(wire::Sealing&)>& change) {
        auto by = sealing(subject);
        change(by);
        return ask_sealed(by, subject);
    };
    EXPECT_EQ(wrong([](auto& by) { by.issuer = participant_id("clinic-1"); }), "sealing_invalid");
    EXPECT_EQ(wrong([](auto& by) { by.organisation = participant_id("portal"); }),
              "sealing_invalid");
    EXPECT_EQ(wrong([](auto& by) { by.service = service_id("claims"); }), "sealing_invalid");
    EXPECT_EQ(wrong([](auto& by) { by.audience = participant_id("portal"); }), "sealing_invalid");
    EXPECT_EQ(wrong([](auto& by) { by.subject = wire::filled(1); }), "sealing_invalid");
    EXPECT_EQ(wrong([](auto& by) { by.until = unix_now() - 1; }), "sealing_invalid");
    EXPECT_EQ(wrong([](auto& by) { by.until = unix_now() + 31 * 86'400; }), "sealing_invalid")
        << "beyond the order's retention";
    EXPECT_EQ(wrong([](auto& by) { by.expires = unix_now() - 1; }), "sealing_invalid");
    EXPECT_EQ(wrong([](auto& by) { by.expires = by.issued_at + 8 * 86'400; }), "sealing_invalid");
    EXPECT_EQ(ask_sealed(sealing(subject), number("2")), "sealing_invalid") << "another person";
    EXPECT_EQ(ask_sealed(sealing(subject), subject, "treatment"), "not_allowed");
    EXPECT_EQ(logged(), 0);
    const auto by = sealing(subject);
    EXPECT_EQ(ask_sealed(by, subject), "ok");
    EXPECT_EQ(ask_sealed(by, subject), "sealing_invalid") << "used before";
}

// In whose list it would open, only the answer says.
TEST_F(SealedTest, NeedTheWholeNumber) {
    dial_answering();
    const auto subject = number("1", "");
    EXPECT_EQ(ask_sealed(sealing(subject), subject), "number_malformed branch");
    EXPECT_EQ(logged(), 0);
}

// What would close a path would show in the person's entries.
TEST_F(SealedTest, MissesLeaveNoTrace) {
    dial_with({.outcome = wire::Outcome::no_match, .answer = {}, .reason = {}});
    const auto subject = number("1");
    for (int i = 0; i < 4; ++i) {
        auto by = sealing(subject);
        by.until += i;
        EXPECT_EQ(ask_sealed(by, subject), "no_match");
    }
    EXPECT_EQ(store.count("select count(*) from miss"), 0);
    EXPECT_EQ(reader->last_seq(1, 1'000), 0);
}

}  // namespace
}  // namespace mado::relay
