// What the relay is told: links and cards, by those who may, with what holders have confirmed.
#include "changes.hpp"

#include <boost/json.hpp>
#include <random>

#include "crypto/digest.hpp"
#include "test_exchange.hpp"

namespace mado::relay {
namespace {

constexpr std::string_view own_digits = "1234567890123456";

wire::PersonNumber insured(std::string_view number, std::string_view branch = "00") {
    return {.scheme = "insured-number",
            .fields = {{"insurer", "06990014"},
                       {"symbol", "12"},
                       {"number", std::string(number)},
                       {"branch", std::string(branch)}}};
}
wire::PersonNumber care(std::string_view number) {
    return {.scheme = "care-insured-number",
            .fields = {{"insurer", "992016"}, {"number", std::string(number)}}};
}
wire::PersonNumber of_everybody(const std::string& digits = "12345678901") {
    return {.scheme = "health-care-number", .fields = {{"number", health_care_number(digits)}}};
}
wire::PersonNumber own_number(std::string_view digits = own_digits) {
    return {.scheme = "issuing-number", .fields = {{"number", std::string(digits)}}};
}

json::object told(const wire::PersonNumber& number) {
    json::object fields;
    for (const auto& [name, value] : number.fields)
        fields[name] = value;
    return {{"scheme", number.scheme}, {"fields", std::move(fields)}};
}

class Telling : public ExchangeTest {
  protected:
    // Who tells, and about whom.
    struct Sender {
        std::string_view id = "issuer";
        std::string_view purpose = "issuing";
        wire::PersonNumber own = own_number();
    };
    [[nodiscard]] const crypto::PrivateKey& key_of(std::string_view id) const {
        if (id == "issuer") return store.country.issuer;
        if (id == "portal") return store.country.portal;
        return id == "clinic-1" ? store.country.clinic : store.country.insurer;
    }
    static std::uint8_t certificate_of(std::string_view id) {
        if (id == "issuer") return 7;
        if (id == "portal") return 8;
        if (id == "992016") return 6;
        return id == "clinic-1" ? 4 : 3;
    }

    // ---- what a holder has confirmed ----
    struct Asked {
        std::string_view requester = "issuer";
        std::string_view service = "existence";
        std::string_view holder = "06990014";
        UnixTime ago = 60;
        std::string_view born = "1986-05-01";
    };
    struct Answered {
        std::string_view verdict = "same";
        std::string_view type = "mado-answer+jws";
        std::string_view by = "06990014";
        bool current = true;
        std::optional<Hash> entry = {};
        std::optional<Hash> audience = {};
        std::optional<std::int64_t> index = {};
    };
    json::object confirmation(const wire::PersonNumber& number, const Asked& asked,
                              const Answered& answered) {
        const auto& recorded = ask(number, asked);
        json::object answer{
            {"iss", answered.by},
            {"aud", base64url(answered.audience.value_or(
                        store.country.seal_to.public_key().thumbprint()))},
            {"order", base64url(answered.entry.value_or(
                          wire::order_entry(recorded.receipt.salt, recorded.receipt.order)))},
            {"iat", unix_now() - asked.ago},
            {"service", asked.service},
            {"as_of", 0},
            {"data", json::object{{"verdict", answered.verdict}, {"current", answered.current}}}};
        return {
            {"answer", wire::jws_of(answered.type, json::serialize(answer), key_of(answered.by))},
            {"index", answered.index.value_or(recorded.log_index)}};
    }
    json::object confirmed(const wire::PersonNumber& number) { return confirmed(number, {}, {}); }
    json::object confirmed(const wire::PersonNumber& number, const Asked& asked,
                           const Answered& answered) {
        auto out = told(number);
        out["confirmation"] = confirmation(number, asked, answered);
        return out;
    }
    // As the relay records an order by a number that nobody has linked.
    Recorded ask(const wire::PersonNumber& number, const Asked& asked) {
        auto question = head();
        question.issuer = participant_id(asked.requester);
        question.service = service_id(asked.service);
        question.issued_at -= asked.ago;
        question.seal_to = store.country.seal_to.public_key();
        auto order = store.country.order();
        const auto& key = key_of(asked.requester);
        order.id = base64url(crypto::random_bytes(16));
        order.holder = participant_id(asked.holder);
        order.time = question.issued_at;
        order.head = wire::sign_head(question, wire::kid_of(key), key);
        const auto& scheme = *schemes.find(number.scheme);
        const Identifier identifier{.number = number, .holder = order.holder, .current = true};
        auto job = store.order();
        job.record.holder = order.holder.text();
        job.record.birth_date = wire::valid(parse_date(asked.born));
        job.record.number = wire::number_for_holder(number, scheme, order.holder);
        order.number = wire::commit_number(job.record.number_salt, as_bytes(job.record.number));
        job.order_without_person = wire::order_without_person(order);
        job.person =
            NewSeries{.index = number_index(store.vault(), number), .identifier = identifier};
        job.keep_until = order.time + 400 * std::int64_t{86'400};
        return store.submit(std::move(job)).get().value();
    }

    // ---- the tell ----
    std::string body_of(std::string_view service, std::string_view act, const json::object& payload,
                        const Sender& from) {
        auto tell = head();
        tell.issuer = participant_id(from.id);
        tell.to = {.holder = participant_id("relay"), .kind = {}, .position = 1};
        tell.service = service_id(service);
        tell.purpose = wire::code_id(from.purpose);
        tell.parameters = {{"act", std::string(act)}};
        tell.expires = tell.issued_at + wire::tell_lifetime_s;
        const auto sealed = crypto::encrypt_jwe(as_bytes(json::serialize(payload)),
                                                store.country.seal_to.public_key());
        tell.payload_hash = crypto::sha256(as_bytes(sealed));
        const auto& key = key_of(from.id);
        return wire::request_json({.head = wire::sign_head(tell, wire::kid_of(key), key),
                                   .subject = to_bytes(wire::own_subject(from.own)),
                                   .payload = sealed});
    }
    std::string tell(std::string_view service, std::string_view act, const json::object& payload) {
        return tell(service, act, payload, {});
    }
    std::string tell(std::string_view service, std::string_view act, const json::object& payload,
                     const Sender& from) {
        return code_of(
            send(body_of(service, act, payload, from), wire::filled(certificate_of(from.id))));
    }
    json::object first_payload() {
        return {{"health_care_number", health_care_number("12345678901")},
                {"numbers", json::array{confirmed(insured("77"))}}};
    }
    static json::object numbers(json::object one) {
        return {{"numbers", json::array{std::move(one)}}};
    }
    static json::object activating(std::initializer_list<const TestCard*> cards) {
        json::array list;
        for (const auto* card : cards)
            list.emplace_back(base64url(card->certificate.der()));
        return {{"certificates", std::move(list)}};
    }
    static json::object naming(const TestCard& card) {
        return {{"certificates", json::array{base64url(card.certificate.thumbprint())}}};
    }

    std::vector<PersonRow> linked(const wire::PersonNumber& number) {
        return reader->linked(number);
    }
    std::int64_t last_seq() { return reader->last_seq(linked(own_number()).at(0), 1'000'000); }
    std::optional<CardStatus> status_of(const TestCard& card) {
        const auto found = reader->card(card.certificate.thumbprint());
        return found ? std::optional(found->status) : std::nullopt;
    }
    // Persons, numbers and cards: what a refusal leaves as it was.
    std::vector<std::int64_t> counts() {
        std::vector<std::int64_t> out;
        for (const auto* table : {"person", "identifier", "card_key", "access", "own_entry"})
            out.push_back(store.count(std::string("select count(*) from ") + table));
        return out;
    }
    const Sender insurer{.id = "06990014", .purpose = "membership", .own = insured("77")};
};

TEST_F(Telling, AFirstLinkMakesAPersonWithTheEntry) {
    const auto payload = first_payload();
    const auto body = body_of("link", "first", payload, {});
    const auto response = send(body, wire::filled(7));
    ASSERT_EQ(code_of(response), "ok");
    const auto reply = wire::valid(wire::parse_reply(response.body));
    const auto receipt = wire::valid(wire::verify_receipt(reply.receipt.value(), store.directory));
    EXPECT_EQ(receipt.order.holder.text(), "relay");
    EXPECT_FALSE(receipt.order.number.has_value());
    EXPECT_EQ(receipt.order.presence, wire::Presence::none);
    const auto answer = wire::open_answer(reply.answer, store.country.seal_to,
                                          {.from = store.directory.relay(),
                                           .order = receipt.entry,
                                           .service = service_id("link"),
                                           .now = unix_now(),
                                           .act = wire::Act::tell});
    EXPECT_TRUE(answer.has_value()) << answer.error().why;

    const auto people = linked(own_number());
    ASSERT_EQ(people.size(), 1U);
    EXPECT_EQ(linked(of_everybody()), people);
    EXPECT_EQ(linked(insured("77")), people);
    const auto entries = reader->entries(people[0], 0, 10, 1'000'000);
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[0].outcome, "answered");
    EXPECT_EQ(std::get<AccessRecord>(entries[0].record).kind, "order");
    EXPECT_EQ(std::get<AccessRecord>(entries[1].record).kind, "joined");
}

TEST_F(Telling, TheSameBytesAndTheSameContentChangeNothingMore) {
    const auto payload = first_payload();
    const auto body = body_of("link", "first", payload, {});
    ASSERT_EQ(code_of(send(body, wire::filled(7))), "ok");
    const auto before = counts();
    EXPECT_EQ(code_of(send(body, wire::filled(7))), "ok");
    EXPECT_EQ(counts(), before);
    EXPECT_EQ(last_seq(), 2);
    EXPECT_EQ(tell("link", "first", payload), "ok");
    auto one_more = before;
    ++one_more[3];
    ++one_more[4];
    EXPECT_EQ(counts(), one_more) << "an entry, and nothing else";
}

// Each is what an issuer, or who stole its key, could send instead.
TEST_F(Telling, EveryConfirmationButTheRightOneIsNone) {
    const auto number = insured("77");
    const Hash other = wire::filled(9);
    const std::vector<std::pair<std::string_view, json::object>> wrong{
        {"none", told(number)},
        {"of another service", confirmed(number, {.service = "eligibility"}, {})},
        {"asked by another", confirmed(number, {.requester = "clinic-1"}, {})},
        {"of another holder", confirmed(number, {.holder = "992016"}, {})},
        {"91 days old", confirmed(number, {.ago = 91 * 86'400}, {})},
        {"a variant", confirmed(number, {}, {.verdict = "variant"})},
        {"different", confirmed(number, {}, {.verdict = "different"})},
        {"insured no more", confirmed(number, {}, {.current = false})},
        {"an acceptance", confirmed(number, {}, {.type = "mado-accept+jws"})},
        {"signed by the issuer", confirmed(number, {}, {.by = "issuer"})},
        {"to another order", confirmed(number, {}, {.entry = other})},
        {"sealed to another key", confirmed(number, {}, {.audience = other})},
        {"of an entry that is no order", confirmed(number, {}, {.index = 0})},
        {"of no entry", confirmed(number, {}, {.index = 1'000})}};
    for (const auto& [what, one] : wrong) {
        const auto before = counts();
        EXPECT_EQ(tell("link", "first", numbers(one)), "link_unconfirmed") << what;
        EXPECT_EQ(counts(), before) << what;
    }
    auto of_another = told(number);
    of_another["confirmation"] = confirmation(insured("78"), {}, {});
    EXPECT_EQ(tell("link", "first", numbers(of_another)), "link_unconfirmed");
    const json::array two{confirmed(number), confirmed(insured("78"), {.born = "1986-05-02"}, {})};
    EXPECT_EQ(tell("link", "first", {{"numbers", two}}), "link_unconfirmed") << "two people's";
    EXPECT_EQ(tell("link", "first", numbers(confirmed(number, {.ago = 89 * 86'400}, {}))), "ok");
}

TEST_F(Telling, ANumberIsOnePersons) {
    EXPECT_EQ(tell("link", "first", numbers(confirmed(insured("1")))), "link_taken");
    ASSERT_EQ(tell("link", "first", first_payload()), "ok");
    const Sender another{.own = own_number("9234567890123456")};
    const auto before = counts();
    const json::object taken{{"health_care_number", health_care_number("12345678901")}};
    EXPECT_EQ(tell("link", "first", taken, another), "link_taken");
    EXPECT_EQ(counts(), before);
    // Nor has a person a first link twice, with other numbers.
    EXPECT_EQ(tell("link", "first", numbers(confirmed(insured("78")))), "link_taken");
    EXPECT_TRUE(linked(insured("78")).empty());
}

TEST_F(Telling, WhoMayLinkWhat) {
    const auto confirmed_number = numbers(confirmed(insured("77")));
    // No policy row, another's number, a holder that would make people known.
    EXPECT_EQ(tell("link", "first", confirmed_number, {.id = "portal"}), "not_allowed");
    EXPECT_EQ(tell("link", "first", confirmed_number, {.own = file_number("000123")}),
              "not_allowed");
    const Sender joining{.id = "06990014", .purpose = "membership", .own = insured("78")};
    EXPECT_EQ(tell("link", "first", confirmed_number, joining), "not_allowed");
    EXPECT_EQ(tell("link", "start", confirmed_number), "no_link");
    ASSERT_EQ(tell("link", "first", first_payload()), "ok");
    // A holder: numbers of its own, and nobody else's, whoever has confirmed them.
    EXPECT_EQ(tell("link", "start", numbers(told(care("0000000001"))), insurer), "not_allowed");
    EXPECT_EQ(tell("link", "start", numbers(told(of_everybody("22345678901"))), insurer),
              "not_allowed");
    EXPECT_EQ(tell("link", "start", numbers(confirmed(insured("78"))), insurer), "malformed")
        << "of its own it needs no confirmation";
}

// A newborn's number that its insurer has declined (decision 41).
TEST_F(Telling, TheIssuerEndsWhatWasNever) {
    ASSERT_EQ(tell("link", "first", first_payload()), "ok");
    EXPECT_EQ(tell("link", "end", numbers(confirmed(insured("77")))), "malformed");
    EXPECT_EQ(tell("link", "end", numbers(told(insured("79")))), "no_link");
    const auto person = linked(own_number()).at(0);
    ASSERT_EQ(tell("link", "end", numbers(told(insured("77")))), "ok");
    const auto of_person = reader->identifiers(person);
    const auto ended = std::ranges::find(of_person, insured("77"), &Identifier::number);
    ASSERT_NE(ended, of_person.end());
    EXPECT_FALSE(ended->current);
    EXPECT_EQ(linked(insured("77")), std::vector{person}) << "and it stays the person's";
}

TEST_F(Telling, AHolderStartsAndEndsNumbersOfItsOwn) {
    ASSERT_EQ(tell("link", "first", first_payload()), "ok");
    const auto person = linked(own_number()).at(0);
    ASSERT_EQ(tell("link", "start", numbers(told(insured("78"))), insurer), "ok");
    EXPECT_EQ(linked(insured("78")), std::vector{person});
    EXPECT_EQ(reader->identifiers(person).at(0).number, insured("78")) << "the newest first";
    ASSERT_EQ(tell("link", "end", numbers(told(insured("77"))), insurer), "ok");
    EXPECT_EQ(reader->identifiers(person).back().number, insured("77"));
    EXPECT_FALSE(reader->identifiers(person).back().current);
    EXPECT_EQ(linked(insured("77")), std::vector{person}) << "and it stays the person's";
    const auto before = counts();
    EXPECT_EQ(tell("link", "end", numbers(told(insured("79"))), insurer), "no_link");
    EXPECT_EQ(counts(), before);
    ASSERT_EQ(tell("link", "start", numbers(told(insured("77"))), insurer), "ok");
    EXPECT_EQ(reader->identifiers(person).front().number, insured("77")) << "the newest again";
    EXPECT_TRUE(reader->identifiers(person).front().current);
    EXPECT_EQ(reader->identifiers(person).size(), 4U);
    ASSERT_EQ(tell("link", "start", numbers(told(insured("78"))), insurer), "ok");
    EXPECT_EQ(reader->identifiers(person).front().number, insured("77"))
        << "what is current it has started before";
}

// After misuse: the new number first, so that there is never none; the old one is nobody's way in,
// and stays the person's in the list of what was asked by it.
TEST_F(Telling, TheIssuerChangesAHealthCareNumber) {
    dial_answering();
    ASSERT_EQ(tell("link", "first", first_payload()), "ok");
    const auto asked_by = [this](const std::string& digits) {
        return ExchangeTest::ask(
            head(), wire::number_subject("health-care-number",
                                         {{"number", health_care_number(digits)}}, "1986-11-22"));
    };
    EXPECT_EQ(asked_by("12345678901"), "ok");
    const json::object former{{"given", json::array{told(of_everybody())}}};
    const json::object next{{"given", json::array{told(of_everybody("22345678901"))}}};
    EXPECT_EQ(tell("link", "end", former, insurer), "not_allowed");
    EXPECT_EQ(tell("link", "correct", former), "malformed one number corrects one");
    ASSERT_EQ(tell("link", "start", next), "ok");
    EXPECT_EQ(asked_by("12345678901"), "ok") << "both, until the old one ends";
    ASSERT_EQ(tell("link", "end", former), "ok");
    EXPECT_EQ(asked_by("12345678901"), "no_match");
    EXPECT_EQ(asked_by("22345678901"), "ok");
    EXPECT_EQ(linked(of_everybody()), linked(own_number())) << "nobody else gets it";
    const Sender another{.own = own_number("9234567890123456")};
    EXPECT_EQ(tell("link", "first", former, another), "link_taken");
}

TEST_F(Telling, AHolderCorrectsANumberOfItsOwn) {
    ASSERT_EQ(tell("link", "first", first_payload()), "ok");
    const auto person = linked(own_number()).at(0);
    const auto corrected = [](const wire::PersonNumber& was, const wire::PersonNumber& is) {
        return json::object{{"was", told(was)}, {"numbers", json::array{told(is)}}};
    };
    ASSERT_EQ(tell("link", "start", numbers(told(insured("78"))), insurer), "ok");
    const auto count = reader->identifiers(person).size();
    const auto wrong = corrected(insured("77"), insured("79"));
    const auto body = body_of("link", "correct", wrong, insurer);
    ASSERT_EQ(code_of(send(body, wire::filled(3))), "ok");
    EXPECT_EQ(reader->identifiers(person).size(), count);
    EXPECT_EQ(reader->identifiers(person).at(1).number, insured("79")) << "in its place";
    EXPECT_TRUE(reader->identifiers(person).at(1).current);
    EXPECT_EQ(linked(insured("79")), std::vector{person});
    EXPECT_TRUE(linked(insured("77")).empty()) << "it leads nowhere, and may be linked anew";
    // The same bytes, and the same content by the number that it is now: nothing more.
    EXPECT_EQ(code_of(send(body, wire::filled(3))), "ok");
    const Sender by_new{.id = "06990014", .purpose = "membership", .own = insured("79")};
    EXPECT_EQ(tell("link", "correct", wrong, by_new), "ok");
    EXPECT_EQ(reader->identifiers(person).size(), count);

    const auto before = counts();
    EXPECT_EQ(tell("link", "correct", corrected(insured("75"), insured("76")), by_new), "no_link");
    EXPECT_EQ(tell("link", "correct", corrected(insured("79"), insured("1")), by_new), "link_taken")
        << "hanako's";
    EXPECT_EQ(
        tell("link", "correct", corrected(insured("79"), care("0000000001")), by_new).substr(0, 9),
        "malformed");
    EXPECT_EQ(tell("link", "correct", numbers(told(insured("80"))), by_new).substr(0, 9),
              "malformed");
    EXPECT_EQ(tell("link", "start", wrong, by_new).substr(0, 9), "malformed");
    EXPECT_EQ(tell("link", "correct", corrected(insured("79"), insured("80"))), "not_allowed")
        << "the issuer corrects no insurer's number";
    EXPECT_EQ(counts(), before);

    // To a number that the person has already, a former one: it is the only one, and current.
    ASSERT_EQ(tell("link", "end", numbers(told(insured("78"))), by_new), "ok");
    ASSERT_EQ(tell("link", "correct", corrected(insured("79"), insured("78")), by_new), "ok");
    EXPECT_EQ(reader->identifiers(person).size(), count - 1);
    EXPECT_TRUE(linked(insured("79")).empty());
    EXPECT_EQ(reader->identifiers(person).at(0).number, insured("78"));
    EXPECT_TRUE(reader->identifiers(person).at(0).current);
    // A former number stays former.
    const Sender by_78{.id = "06990014", .purpose = "membership", .own = insured("78")};
    ASSERT_EQ(tell("link", "end", numbers(told(insured("78"))), by_78), "ok");
    ASSERT_EQ(tell("link", "correct", corrected(insured("78"), insured("81")), by_78), "ok");
    EXPECT_EQ(reader->identifiers(person).back().number, insured("81"));
    EXPECT_FALSE(reader->identifiers(person).back().current);
}

// Families whose register has no branch numbers: nobody is taken for somebody else.
TEST_F(Telling, ANumberOfSeveralLeadsToNobody) {
    const auto number = insured("88", "");
    const Identifier shared_one{
        .number = number, .holder = participant_id("06990014"), .current = true};
    store.writer().commit_alone([&](db::Connection& connection, EntryRows& entries) {
        PersonRows rows(connection, store.vault());
        for (int i = 0; i < 2; ++i) {
            rows.add(
                {.identifiers = {{number_index(store.vault(), number), shared_one}}, .cards = {}});
        }
        entries.append_public(wire::filled(2));
    });
    const auto before = counts();
    const Sender of_several{.id = "06990014", .purpose = "membership", .own = number};
    EXPECT_EQ(tell("link", "start", numbers(told(insured("89"))), of_several), "several_match");
    EXPECT_EQ(tell("link", "end", numbers(told(number)), of_several), "several_match");
    EXPECT_EQ(counts(), before);
}

TEST_F(Telling, TheIssuerStartsANewInsurersWithItsConfirmation) {
    ASSERT_EQ(tell("link", "first", first_payload()), "ok");
    const auto number = care("0000000001");
    EXPECT_EQ(tell("link", "start", numbers(told(number))), "link_unconfirmed");
    EXPECT_EQ(
        tell("link", "start", numbers(confirmed(number, {.holder = "992016"}, {.by = "992016"}))),
        "ok");
    EXPECT_EQ(linked(number), linked(own_number()));
}

// The one in between has not ended its link, and neither has the former one.
TEST_F(Telling, WhoGoesBackToAnInsurerIsAskedForThereFirst) {
    ASSERT_EQ(tell("link", "first", first_payload()), "ok");
    const auto person = linked(own_number()).at(0);
    ASSERT_EQ(tell("link", "start", numbers(confirmed(insured("78")))), "ok");
    const auto since = [&](std::string_view number) {
        const auto all = reader->identifiers(person);
        return std::ranges::find(all, insured(number), &Identifier::number)->since;
    };
    const auto newest = [&] { return reader->identifiers(person).front().number; };
    EXPECT_EQ(newest(), insured("78"));
    const auto before = since("77");
    const auto count = reader->identifiers(person).size();
    ASSERT_EQ(tell("link", "start", numbers(confirmed(insured("77")))), "ok");
    EXPECT_EQ(newest(), insured("77"));
    EXPECT_EQ(since("77"), before) << "the entry that linked it";
    EXPECT_EQ(reader->identifiers(person).size(), count);
    EXPECT_TRUE(reader->identifiers(person).at(1).current) << "and the other one stays";
}

// The authority of a signing certificate cannot see whose numbers are one person's; the relay can.
class Naming : public Telling {
  protected:
    Naming() { EXPECT_EQ(tell("link", "first", first_payload()), "ok"); }
    static Named naming(const Recorded& asked) {
        return {.log_index = asked.log_index,
                .entry = wire::order_entry(asked.receipt.salt, asked.receipt.order)};
    }
    // An order for a signing certificate; here an insurer stands in the authority's place.
    std::string order(const Named& named, std::string_view act = "issue-signing") {
        auto head = this->head();
        head.issuer = participant_id("issuer");
        head.to = {.holder = participant_id("06990014"), .kind = {}, .position = 1};
        head.service = service_id("certificate");
        head.purpose = wire::code_id("issuing");
        head.parameters = {{"act", std::string(act)}};
        if (act == "issue-signing") {
            head.parameters["index"] = std::to_string(named.log_index);
            head.parameters["order"] = base64url(named.entry);
        }
        head.expires = head.issued_at + wire::tell_lifetime_s;
        head.payload_hash = crypto::sha256(as_bytes("sealed"));
        const auto& key = key_of("issuer");
        return code_of(
            send(wire::request_json({.head = wire::sign_head(head, wire::kid_of(key), key),
                                     .subject = to_bytes(wire::own_subject(own_number())),
                                     .payload = "sealed"}),
                 wire::filled(certificate_of("issuer"))));
    }
    // It went on, to a holder that does not certify.
    const std::string passed = "service_unknown";
};

TEST_F(Naming, AnOrderByANumberOfTheVeryPerson) {
    const auto about = naming(ask(insured("77"), {}));
    EXPECT_EQ(order(about), passed);
    EXPECT_EQ(order({}, "issue-authentication"), passed) << "says nothing of the person";
    const auto before = logged();
    const auto another = naming(ask(insured("78"), {}));
    EXPECT_EQ(order(another), "link_unconfirmed") << "nobody's, or somebody else's";
    EXPECT_EQ(order({.log_index = about.log_index, .entry = another.entry}), "link_unconfirmed");
    EXPECT_EQ(order({.log_index = about.log_index + 1'000, .entry = about.entry}),
              "link_unconfirmed");
    EXPECT_EQ(order(naming(ask(insured("77"), {.requester = "clinic-1"}))), "link_unconfirmed");
    EXPECT_EQ(order(naming(ask(insured("77"), {.service = "eligibility"}))), "link_unconfirmed");
    const auto days = [](std::int64_t count) { return count * 86'400; };
    EXPECT_EQ(order(naming(ask(insured("77"), {.ago = days(89)}))), passed);
    EXPECT_EQ(order(naming(ask(insured("77"), {.ago = days(91)}))), "link_unconfirmed");
    EXPECT_EQ(logged(), before + 5) << "what was asked; nothing of what was refused";
}

TEST_F(Naming, ANumberThatIsTheirsNoMoreDoesNotCount) {
    const auto about = naming(ask(insured("77"), {}));
    ASSERT_EQ(tell("link", "end", numbers(told(insured("77")))), "ok");
    EXPECT_EQ(order(about), "link_unconfirmed");
}

TEST_F(Telling, MalformedPayloads) {
    const auto one = told(insured("77"));
    auto odd = one;
    odd["more"] = 1;
    auto unknown = one;
    unknown["scheme"] = "horoscope";
    auto too_short = told(own_number("1"));
    auto too_long = one;
    too_long["confirmation"] = json::object{{"answer", std::string(9'000, 'a')}, {"index", 1}};
    json::array many;
    for (int i = 0; i < 17; ++i)
        many.emplace_back(told(insured(std::to_string(i))));
    for (const auto& payload :
         {json::object{}, numbers(odd), numbers(unknown), numbers(too_short), numbers(too_long),
          json::object{{"numbers", json::array{one, one}}}, json::object{{"numbers", many}},
          json::object{{"numbers", 1}}, json::object{{"health_care_number", "1"}},
          json::object{{"numbers", json::array{1}}},
          numbers(json::object{{"scheme", "insured-number"}, {"fields", 1}})}) {
        EXPECT_TRUE(tell("link", "first", payload).starts_with("malformed"))
            << json::serialize(payload);
    }
    EXPECT_TRUE(tell("link", "begin", numbers(one)).starts_with("malformed"));
    EXPECT_TRUE(tell("card", "activate", json::object{{"certificates", json::array{"AAAA"}}})
                    .starts_with("malformed"));
    EXPECT_TRUE(tell("card", "revoke", json::object{{"certificates", json::array{}}})
                    .starts_with("malformed"));
    EXPECT_TRUE(tell("card", "activate", naming(card)).starts_with("malformed"));
    EXPECT_EQ(logged(), 0);
    auto head_only = body_of("link", "first", first_payload(), {});
    const auto at = head_only.find(R"("payload":")");
    head_only[at + 30] = head_only[at + 30] == 'A' ? 'B' : 'A';
    EXPECT_EQ(code_of(send(head_only, wire::filled(7))), "malformed") << "not the signed payload";
}

// ---- cards ----

class TellingCards : public Telling {
  protected:
    TellingCards() { EXPECT_EQ(tell("link", "first", first_payload()), "ok"); }
    std::string login_with(const TestCard& of) {
        auto question = head();
        question.issuer = participant_id("portal");
        question.to = {.holder = participant_id("relay"), .kind = {}, .position = 1};
        question.service = service_id("entries");
        question.purpose = wire::code_id("own-view");
        question.parameters.clear();
        const auto subject = signed_by(of, mandate_content(wire::MandateKind::login));
        return code_of(send(body(question, subject, store.country.portal), wire::filled(8)));
    }
    const TestCard mine = store.country.card();
    const TestCard next = store.country.card();
    const TestCard signing =
        store.country.card(RelayCountry::card_end, crypto::CertificateUse::signing);
};

TEST_F(TellingCards, ACardCountsFromItsTellToItsEnd) {
    EXPECT_EQ(login_with(mine), "card_unknown");
    ASSERT_EQ(tell("card", "activate", activating({&mine, &signing})), "ok");
    EXPECT_EQ(login_with(mine), "ok");
    ASSERT_EQ(tell("card", "suspend", naming(mine)), "ok");
    EXPECT_EQ(login_with(mine), "card_revoked");
    ASSERT_EQ(tell("card", "resume", naming(mine)), "ok");
    EXPECT_EQ(login_with(mine), "ok");
    ASSERT_EQ(tell("card", "revoke", naming(mine)), "ok");
    EXPECT_EQ(login_with(mine), "card_revoked");
    EXPECT_EQ(tell("card", "resume", naming(mine)), "card_revoked") << "for good";
    EXPECT_EQ(tell("card", "activate", activating({&mine})), "card_revoked");
    EXPECT_EQ(status_of(signing), CardStatus::active) << "the other use is another certificate";
}

TEST_F(TellingCards, TheNextCardRevokesTheOneBefore) {
    ASSERT_EQ(tell("card", "activate", activating({&mine, &signing})), "ok");
    ASSERT_EQ(tell("card", "activate", activating({&next})), "ok");
    EXPECT_EQ(status_of(mine), CardStatus::revoked);
    EXPECT_EQ(status_of(next), CardStatus::active);
    EXPECT_EQ(status_of(signing), CardStatus::active);
}

TEST_F(TellingCards, LogInsEndWithTheirCard) {
    ASSERT_EQ(tell("card", "activate", activating({&mine})), "ok");
    const auto content = mandate_content(wire::MandateKind::login);
    const auto subject = signed_by(mine, content);
    auto question = head();
    question.issuer = participant_id("portal");
    question.to = {.holder = participant_id("relay"), .kind = {}, .position = 1};
    question.service = service_id("entries");
    question.purpose = wire::code_id("own-view");
    question.parameters.clear();
    const auto look = [&] {
        question.jti = base64url(crypto::random_bytes(16));
        return code_of(send(body(question, subject, store.country.portal), wire::filled(8)));
    };
    EXPECT_EQ(look(), "ok");
    ASSERT_EQ(tell("card", "suspend", naming(mine)), "ok");
    ASSERT_EQ(tell("card", "resume", naming(mine)), "ok");
    EXPECT_EQ(look(), "mandate_ended") << "it does not come back with the card";
}

// The card goes on counting: only who is logged in with it is so no longer.
TEST_F(TellingCards, AResetEndsItsLogInsAndNothingElse) {
    ASSERT_EQ(tell("card", "activate", activating({&mine, &signing})), "ok");
    const auto subject = signed_by(mine, mandate_content(wire::MandateKind::login));
    auto question = head();
    question.issuer = participant_id("portal");
    question.to = {.holder = participant_id("relay"), .kind = {}, .position = 1};
    question.service = service_id("entries");
    question.purpose = wire::code_id("own-view");
    question.parameters.clear();
    const auto look = [&] {
        question.jti = base64url(crypto::random_bytes(16));
        return code_of(send(body(question, subject, store.country.portal), wire::filled(8)));
    };
    EXPECT_EQ(look(), "ok");
    const auto before = logged();
    ASSERT_EQ(tell("card", "reset", naming(signing)), "ok");
    EXPECT_EQ(look(), "ok") << "the other use is another certificate";
    ASSERT_EQ(tell("card", "reset", naming(mine)), "ok");
    EXPECT_EQ(logged(), before + 2) << "an entry each";
    EXPECT_EQ(look(), "mandate_ended");
    EXPECT_EQ(status_of(mine), CardStatus::active);
    EXPECT_EQ(login_with(mine), "ok");
    EXPECT_EQ(tell("card", "reset", naming(daughters_card)), "card_unknown") << "somebody else's";
    ASSERT_EQ(tell("card", "suspend", naming(mine)), "ok");
    EXPECT_EQ(tell("card", "reset", naming(mine)), "card_taken");
    ASSERT_EQ(tell("card", "revoke", naming(mine)), "ok");
    EXPECT_EQ(tell("card", "reset", naming(mine)), "card_revoked");
    EXPECT_EQ(logged(), before + 4) << "what is refused leaves nothing";
}

TEST_F(TellingCards, OfOnePersonAndOfTheDirectorysAuthorities) {
    const auto before = counts();
    EXPECT_EQ(tell("card", "activate", activating({&daughters_card})), "card_taken");
    EXPECT_EQ(tell("card", "revoke", naming(daughters_card)), "card_unknown");
    EXPECT_EQ(tell("card", "revoke", naming(mine)), "card_unknown");
    EXPECT_TRUE(tell("card", "activate", activating({&mine, &next})).starts_with("malformed"));
    RelayCountry elsewhere;
    const auto foreign = elsewhere.card();
    EXPECT_TRUE(tell("card", "activate", activating({&foreign})).starts_with("malformed"));
    const auto over = store.country.card(unix_now() - 60);
    EXPECT_EQ(tell("card", "activate", activating({&over})), "card_expired");
    EXPECT_EQ(
        tell("card", "activate", activating({&mine}), {.own = own_number("1111111111111111")}),
        "no_link");
    EXPECT_EQ(tell("card", "activate", activating({&mine}), insurer), "not_allowed");
    EXPECT_EQ(counts(), before);
    EXPECT_EQ(status_of(daughters_card), CardStatus::active);
}

// What its authority has ended, or says nothing of any more, is not registered; what is registered
// is judged as it was then when the same tell comes again.
TEST_F(TellingCards, ACardCountsByItsAuthoritysListBeforeItIsRegistered) {
    lists.write({mine.certificate.serial()});
    lists.lists.refresh(unix_now());
    EXPECT_EQ(tell("card", "activate", activating({&mine})), "card_revoked");
    EXPECT_FALSE(reader->card(mine.certificate.thumbprint()));
    ASSERT_EQ(tell("card", "activate", activating({&next})), "ok");
    lists.write({mine.certificate.serial(), next.certificate.serial()});
    lists.lists.refresh(unix_now());
    EXPECT_EQ(tell("card", "activate", activating({&next})), "ok") << "the same again";
}

// Of a card that nobody has registered, the issuer asks before it takes it on.
class AskingOfCards : public TellingCards {
  protected:
    std::string body_asking(const json::object& payload, wire::Parameters parameters = {}) {
        auto question = head();
        question.issuer = participant_id("issuer");
        question.to = {.holder = participant_id("relay"), .kind = {}, .position = 1};
        question.service = service_id("card-standing");
        question.purpose = wire::code_id("issuing");
        question.parameters = std::move(parameters);
        const auto sealed = crypto::encrypt_jwe(as_bytes(json::serialize(payload)),
                                                store.country.seal_to.public_key());
        question.payload_hash = crypto::sha256(as_bytes(sealed));
        const auto& key = key_of("issuer");
        return wire::request_json({.head = wire::sign_head(question, wire::kid_of(key), key),
                                   .subject = to_bytes(wire::self_subject),
                                   .payload = sealed});
    }
    // "good", "stopped", …, with "!" when it is registered.
    std::string standings(std::initializer_list<const TestCard*> cards) {
        const auto body = body_asking(activating(cards));
        const auto response = send(body, wire::filled(7));
        EXPECT_EQ(code_of(response), "ok");
        const auto request = wire::valid(wire::parse_request(body));
        const auto reply = wire::valid(wire::parse_reply(response.body));
        const auto answer =
            wire::valid(wire::open_answer(reply.answer, store.country.seal_to,
                                          {.from = store.directory.relay(),
                                           .order = crypto::sha256(as_bytes(request.head)),
                                           .service = service_id("card-standing"),
                                           .now = unix_now()}));
        std::string out;
        for (const auto& value : answer.data->at("cards").as_array()) {
            const auto& one = value.as_object();
            out += text_at(one, "standing") + (one.at("registered").as_bool() ? "! " : " ");
        }
        return out;
    }
};

TEST_F(AskingOfCards, SaysWhatTheirListsSayAndWhoseTheyAreNot) {
    const auto before = counts();
    EXPECT_EQ(standings({&mine}), "good ");
    EXPECT_EQ(standings({&mine, &daughters_card}), "good good! ");
    const auto over = store.country.card(unix_now() - 60);
    EXPECT_EQ(standings({&over}), "expired ");
    lists.write({mine.certificate.serial()});
    lists.lists.refresh(unix_now());
    EXPECT_EQ(standings({&mine, &next}), "stopped good ");
    EXPECT_EQ(counts(), before) << "it is no order, and not logged";
}

TEST_F(AskingOfCards, MalformedQuestions) {
    RelayCountry elsewhere;
    const auto foreign = elsewhere.card();
    for (const auto& payload :
         {json::object{}, activating({}), activating({&foreign}),
          activating({&mine, &mine, &mine, &mine, &mine}), json::object{{"certificates", 1}},
          json::object{{"certificates", json::array{"AAAA"}}},
          json::object{{"certificates", json::array{}}, {"more", 1}}}) {
        EXPECT_EQ(code_of(send(body_asking(payload), wire::filled(7))), "malformed");
    }
    EXPECT_EQ(code_of(send(body_asking(activating({&mine}), {{"act", "look"}}), wire::filled(7))),
              "malformed");
}

// In any order of tells, and of those that are refused.
TEST_F(TellingCards, NeverTwoActiveCardsOfOneUse) {
    const std::vector<const TestCard*> cards{&mine, &next, &signing};
    const auto seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    for (int i = 0; i < 60; ++i) {
        const auto& one = *cards[random() % cards.size()];
        switch (random() % 4) {
            case 0:
                tell("card", "activate", activating({&one}));
                break;
            case 1:
                tell("card", "suspend", naming(one));
                break;
            case 2:
                tell("card", "resume", naming(one));
                break;
            case 3:
                if (i > 40) tell("card", "revoke", naming(one));
                break;
            default:  // open set: a number
                break;
        }
        EXPECT_LT(
            int{status_of(mine) == CardStatus::active} + int{status_of(next) == CardStatus::active},
            2);
    }
}

// ---- what the person sees of it ----

class TellingShown : public TellingCards {
  protected:
    // What the relay answers the person whose card this is.
    json::object answer(std::string_view service, const TestCard& by) {
        auto question = head();
        question.issuer = participant_id("portal");
        question.to = {.holder = participant_id("relay"), .kind = {}, .position = 1};
        question.service = service_id(service);
        question.purpose = wire::code_id("own-view");
        question.parameters.clear();
        question.seal_to = store.country.seal_to.public_key();
        const auto subject = signed_by(by, mandate_content(wire::MandateKind::login));
        const auto signed_head =
            wire::sign_head(question, wire::kid_of(store.country.portal), store.country.portal);
        const auto response =
            send(wire::request_json({.head = signed_head, .subject = to_bytes(subject)}),
                 wire::filled(8));
        EXPECT_EQ(code_of(response), "ok");
        const auto reply = wire::valid(wire::parse_reply(response.body));
        const auto opened = wire::open_answer(reply.answer, store.country.seal_to,
                                              {.from = store.directory.relay(),
                                               .order = crypto::sha256(as_bytes(signed_head)),
                                               .service = question.service,
                                               .now = unix_now()});
        return *wire::valid(opened).data;
    }
    static json::object find(const json::array& list, std::string_view member,
                             std::string_view value) {
        for (const auto& one : list) {
            if (one.as_object().at(member) == json::value(value)) return one.as_object();
        }
        return {};
    }
};

// What it was told comes with the entry, with the key that opens it: by the head's hash it is what
// the sender signed.
TEST_F(TellingShown, WhatTheRelayWasToldComesWithItsEntry) {
    const auto payload = activating({&mine, &signing});
    ASSERT_EQ(tell("card", "activate", payload), "ok");
    const auto list = answer("entries", mine);
    const auto& entries = list.at("entries").as_array();
    int shown = 0;
    for (const auto& value : entries) {
        const auto& entry = value.as_object();
        if (entry.at("kind") != "order") continue;
        const auto order = wire::valid(
            wire::parse_order(as_bytes(std::string_view(entry.at("content").as_string()))));
        const auto jwe = std::string(entry.at("payload").as_string());
        const auto told_head = wire::valid(wire::parse_head(order.head)).head;
        EXPECT_EQ(crypto::sha256(as_bytes(jwe)), told_head.payload_hash);
        const auto key = wire::valid(parse_base64url(entry.at("payload_key").as_string()));
        const auto plain = wire::valid(crypto::open_jwe(jwe, key));
        if (told_head.service.text() == "card") {
            EXPECT_EQ(to_text(plain), json::serialize(payload));
        }
        ++shown;
    }
    EXPECT_EQ(shown, 2) << "the link and the card";
    // It goes with the entry.
    store.upkeep(unix_now() + 70 * 86'400);
    for (const auto& one : reader->entries(linked(own_number()).at(0), 0, 10, 1'000'000))
        EXPECT_TRUE(std::holds_alternative<Erasure>(one.record));
}

TEST_F(TellingShown, AllNumbersThatAreLinkedNow) {
    ASSERT_EQ(tell("card", "activate", activating({&mine})), "ok");
    ASSERT_EQ(tell("link", "start", numbers(told(insured("78"))), insurer), "ok");
    ASSERT_EQ(tell("link", "end", numbers(told(insured("77"))), insurer), "ok");
    const auto data = answer("numbers", mine);
    EXPECT_EQ(data.at("size"), store.count("select max(size) from head"));
    const auto& held = data.at("numbers").as_array();
    ASSERT_EQ(held.size(), 4U) << "of everybody, the issuer's, two of the insurer";
    const auto entries = reader->entries(linked(own_number()).at(0), 0, 10, 1'000'000);
    const auto own = find(held, "scheme", "issuing-number");
    EXPECT_EQ(own.at("index"), entries.at(0).log_index);
    EXPECT_EQ(own.at("fields").at("number").as_string(), own_digits);
    int current = 0;
    for (const auto& one : held) {
        if (one.at("scheme") != "insured-number") continue;
        EXPECT_EQ(one.at("holder"), "06990014");
        const bool newest = one.at("fields").at("number") == "78";
        EXPECT_EQ(one.at("current"), newest);
        EXPECT_EQ(one.at("index"), newest ? entries.at(3).log_index : entries.at(0).log_index)
            << "since when, not until when";
        current += one.at("current").as_bool() ? 1 : 0;
    }
    EXPECT_EQ(current, 1);
    // Those of before the log have no entry.
    const auto taken_on = answer("numbers", card).at("numbers").as_array();
    ASSERT_EQ(taken_on.size(), 2U);
    EXPECT_FALSE(taken_on.at(0).as_object().contains("index"));
}

TEST_F(TellingShown, AllCardsThatAreRegisteredNow) {
    ASSERT_EQ(tell("card", "activate", activating({&mine, &signing})), "ok");
    ASSERT_EQ(tell("card", "activate", activating({&next})), "ok");
    ASSERT_EQ(tell("card", "suspend", naming(signing)), "ok");
    const auto held = answer("cards", next).at("cards").as_array();
    ASSERT_EQ(held.size(), 3U);
    const auto of = [&](const TestCard& which) {
        return find(held, "certificate", base64url(which.certificate.thumbprint()));
    };
    EXPECT_EQ(of(mine).at("state"), "revoked");
    EXPECT_EQ(of(next).at("state"), "active");
    EXPECT_EQ(of(signing).at("state"), "suspended");
    EXPECT_EQ(of(signing).at("use"), "signing");
    EXPECT_EQ(of(mine).at("index"), of(signing).at("index"));
    EXPECT_LT(of(mine).at("index").as_int64(), of(next).at("index").as_int64());
    const auto taken_on = answer("cards", card).at("cards").as_array();
    EXPECT_EQ(
        find(taken_on, "certificate", base64url(lost_card.certificate.thumbprint())).at("state"),
        "revoked");
    EXPECT_FALSE(taken_on.at(0).as_object().contains("index"));
}

// ---- series ----

using TellingOfSeries = Telling;

// What was asked by the number before stands in its series; what comes after is the person's.
TEST_F(TellingOfSeries, AreClosedByTheLink) {
    const auto before = ask(insured("77"), {.requester = "clinic-1", .service = "eligibility"});
    ASSERT_EQ(tell("link", "first", first_payload()), "ok");
    const auto person = linked(own_number()).at(0);
    const auto entries = reader->entries(person, 0, 10, 1'000'000);
    ASSERT_EQ(entries.size(), 2U);
    const auto& joined = entries[1];
    const auto series = reader->joined_series(person, joined.log_index);
    ASSERT_TRUE(series.has_value());
    EXPECT_EQ(*series, before.person);
    const auto content =
        boost::json::parse(std::get<AccessRecord>(joined.record).content).as_object();
    EXPECT_EQ(content.at("link_number").as_string(),
              base64url(reader->person(*series).link_number));
    EXPECT_EQ(content.at("last_seq").as_int64(), 2) << "the clinic's and the issuer's";
    // Also one that was resolved before and is recorded after.
    const auto late = ask(insured("77"), {});
    EXPECT_EQ(late.person, person);
    EXPECT_EQ(reader->last_seq(*series, 1'000'000), 2);
    // Nobody else's, and at no other place.
    EXPECT_FALSE(reader->joined_series(person, entries[0].log_index).has_value());
    EXPECT_FALSE(reader->joined_series(1, joined.log_index).has_value());
}

// The person reads them by the place of the entry that joined them, as the own list.
TEST_F(TellingOfSeries, AreReadByTheirPerson) {
    const TestCard mine = store.country.card();
    ask(insured("77"), {.requester = "clinic-1", .service = "eligibility"});
    ASSERT_EQ(tell("link", "first", first_payload()), "ok");
    ASSERT_EQ(tell("card", "activate", activating({&mine})), "ok");
    const auto person = linked(own_number()).at(0);
    const auto joined = reader->entries(person, 1, 1, 1'000'000).at(0).log_index;
    auto question = head();
    question.issuer = participant_id("portal");
    question.to = {.holder = participant_id("relay"), .kind = {}, .position = 1};
    question.service = service_id("entries");
    question.purpose = wire::code_id("own-view");
    question.parameters = {{"series", std::to_string(joined)}};
    const auto look = [&](const TestCard& by) {
        question.jti = base64url(crypto::random_bytes(16));
        const auto subject = signed_by(by, mandate_content(wire::MandateKind::login));
        return send(body(question, subject, store.country.portal), wire::filled(8));
    };
    const auto response = look(mine);
    ASSERT_EQ(code_of(response), "ok");
    EXPECT_EQ(code_of(look(card)), "no_match") << "somebody else's";
    question.parameters["series"] = std::to_string(joined - 1);
    EXPECT_EQ(code_of(look(mine)), "no_match") << "an entry that has joined none";
    question.service = service_id("bells");
    EXPECT_EQ(code_of(look(mine)), "malformed");
}

// ---- the writer ----

// Neither entry nor change, or both: the batch is one transaction.
TEST_F(Telling, AFailedCommitLeavesNeither) {
    const auto payload = first_payload();
    const auto before = counts();
    store.alter(
        "create trigger broken before insert on own_entry begin "
        "select raise(abort, 'broken'); end");
    EXPECT_EQ(tell("link", "first", payload), "internal");
    store.alter("drop trigger broken");
    EXPECT_EQ(counts(), before);
    EXPECT_EQ(tell("link", "first", payload), "ok");
    EXPECT_EQ(linked(of_everybody()).size(), 1U);
}

}  // namespace
}  // namespace mado::relay
