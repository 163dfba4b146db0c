// A page of a person's own entries, as an honest relay makes it, and as one that lies does: each
// lie is a change of the page, told with the log's own key.
#include "client/entries.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "crypto/digest.hpp"
#include "crypto/jwe.hpp"
#include "crypto/x509.hpp"
#include "wire/sealing.hpp"
#include "wire/subject.hpp"
#include "wire/test_wire.hpp"

namespace mado::client {
namespace {

constexpr std::string_view by_number = R"({"number":{"number":"1"}})";

// The log of one person: its entries stand between those of others.
struct PersonLog {
    wire::TestCountry country;
    wire::Directory directory = country.directory();
    // Without rows: the kinds of mandates are looked at in mandates_test.cpp.
    wire::Policy policy = wire::valid(wire::Policy::parse(R"({"utc_offset_s":0,"policies":[]})"));
    crypto::PrivateKey card_key = crypto::PrivateKey::generate(crypto::KeyType::p256);
    crypto::Certificate card = crypto::self_signed({.use = crypto::CertificateUse::authority,
                                                    .common_name = "card",
                                                    .not_after = 4'000'000'000},
                                                   card_key);
    Bytes link_number = to_bytes(ByteView(wire::filled(9)).first(16));
    std::vector<json::object> entries;
    std::uint64_t cosigned_size = 0;

    explicit PersonLog(int orders = 3) {
        for (int i = 1; i <= orders; ++i) {
            country.grow(2);
            add(i);
        }
        cosigned_size = country.tree.size();
        country.grow(1);
    }
    // An order of the clinic; `seq` is the person's number for it.
    json::object make(std::int64_t seq, std::string_view subject = by_number,
                      wire::Presence presence = wire::Presence::number) {
        auto order = country.order();
        order.presence = presence;
        return make(seq, subject, std::move(order));
    }
    json::object make(std::int64_t seq, std::string_view subject, wire::Order order) {
        const Hash subject_salt = crypto::random_hash();
        const Hash number_salt = crypto::random_hash();
        const Hash person_salt = crypto::random_hash();
        const std::string number = R"({"holder":"06990014"})";
        order.subject = wire::commit_subject(subject_salt, as_bytes(subject));
        order.number = wire::commit_number(number_salt, as_bytes(number));
        order.person =
            wire::commit_person(person_salt, link_number, static_cast<std::uint64_t>(seq));
        const auto content = wire::complete(order);
        const auto receipt = country.log_order(content);
        return {{"seq", seq},
                {"index", receipt.index},
                {"kind", "order"},
                {"content", content},
                {"salt", base64url(receipt.salt)},
                {"person_salt", base64url(person_salt)},
                {"outcome", "answered"},
                {"subject", base64url(as_bytes(subject))},
                {"subject_salt", base64url(subject_salt)},
                {"number", base64url(as_bytes(number))},
                {"number_salt", base64url(number_salt)}};
    }
    void add(std::int64_t seq) { entries.push_back(make(seq)); }
    // A subject with what the person's card has signed for the clinic.
    [[nodiscard]] std::string sign(wire::MandateKind kind, UnixTime at = wire::test_now) const {
        const wire::Mandate mandate{.audience = wire::participant_id("relay"),
                                    .organisation = wire::participant_id("clinic-1"),
                                    .kind = kind,
                                    .scope = {wire::service_id("eligibility")},
                                    .nonce = base64url(crypto::random_bytes(32)),
                                    .issued_at = at,
                                    .expires = at + wire::check_lifetime_s,
                                    .stop = {}};
        return wire::mandate_subject(
            crypto::sign_jws(wire::mandate_type, {.key_id = {}, .certificate = card.thumbprint()},
                             as_bytes(wire::mandate_payload(mandate)), card_key));
    }

    [[nodiscard]] std::string note(const tlog::Edge& tree, std::uint64_t size) const {
        return tlog::sign_note(
            tlog::checkpoint_text({.origin = country.log.name(),
                                   .size = size,
                                   .root = tlog::tree_root(size, tree.reader({}))}),
            country.log, country.log_key);
    }
    [[nodiscard]] std::string cosign(std::string signed_note, std::size_t witnesses = 2) const {
        const auto text = wire::valid(tlog::parse_note(signed_note)).text;
        for (std::size_t i = 0; i < witnesses; ++i) {
            signed_note += tlog::cosign(text, wire::test_now, country.witnesses.at(i),
                                        country.witness_keys.at(i));
        }
        return signed_note;
    }
    [[nodiscard]] json::object page() const {
        const auto& tree = country.tree;
        const auto size = tree.size();
        json::array list;
        for (auto entry : entries) {
            const auto index = static_cast<std::uint64_t>(entry.at("index").as_uint64());
            entry["proof"] = hashes_json(tlog::inclusion_proof(
                index, index < cosigned_size ? cosigned_size : size, tree.reader({})));
            list.push_back(std::move(entry));
        }
        return {{"link_number", base64url(link_number)},
                {"last_seq", entries.size()},
                {"checkpoint", note(tree, size)},
                {"cosigned", cosign(note(tree, cosigned_size))},
                {"consistency",
                 hashes_json(tlog::consistency_proof(cosigned_size, size, tree.reader({})))},
                {"more", false},
                {"entries", std::move(list)}};
    }
    // As it comes over the wire.
    [[nodiscard]] Parsed<EntriesPage> read(const json::object& of, EntriesSoFar& so_far) const {
        const auto data = parse_json_object(json::serialize(of), {.text_bytes_max = 1 << 20});
        return read_entries_page({.directory = directory, .policy = policy, .card = card},
                                 data.value(), so_far);
    }
    [[nodiscard]] Parsed<EntriesPage> read(const json::object& of, std::int64_t after = 0) const {
        EntriesSoFar so_far;
        so_far.count = after;
        so_far.link_number = link_number;
        return read(of, so_far);
    }
    // "", or why the page is not believed.
    [[nodiscard]] std::string why(const json::object& of) const {
        const auto page = read(of);
        return page ? "" : page.error().why;
    }
};

TEST(EntriesPage, HonestOne) {
    PersonLog log;
    log.add(4);  // not yet cosigned
    const auto read = log.read(log.page());
    ASSERT_TRUE(read.has_value()) << read.error().why;
    ASSERT_EQ(read->entries.size(), 4U);
    EXPECT_TRUE(read->entries[2].witnessed);
    EXPECT_FALSE(read->entries[3].witnessed);
    EXPECT_EQ(read->entries[0].requester, "clinic-1");
    EXPECT_FALSE(read->entries[0].card_signed.own_card);
    EXPECT_EQ(read->cosigned.size, log.cosigned_size);
}

// Until there is a first checkpoint with a quorum: nothing is called witnessed.
TEST(EntriesPage, BeforeTheWitnessesHaveSeenAny) {
    const PersonLog log;
    auto page = log.page();
    page.erase("cosigned");
    for (auto& entry : page.at("entries").as_array()) {
        const auto index = entry.as_object().at("index").as_uint64();
        entry.as_object()["proof"] = hashes_json(
            tlog::inclusion_proof(index, log.country.tree.size(), log.country.tree.reader({})));
    }
    EXPECT_EQ(log.why(page), "unknown member") << "a proof that leads from nothing";
    page.erase("consistency");
    const auto read = log.read(page);
    ASSERT_TRUE(read.has_value()) << read.error().why;
    EXPECT_EQ(read->cosigned.size, 0U);
    EXPECT_FALSE(read->entries[0].witnessed);
}

// What the relay was told comes with its entry, and fits what the sender signed.
TEST(EntriesPage, WhatTheRelayWasTold) {
    PersonLog log;
    const auto to_seal = crypto::PrivateKey::generate(crypto::KeyType::p256);
    const auto sealed = [&](std::string_view digits) {
        return crypto::encrypt_jwe(
            as_bytes(fmt::format(R"({{"health_care_number":"{}"}})", digits)),
            to_seal.public_key());
    };
    const auto key_of = [&](const std::string& jwe) {
        return base64url(wire::valid(crypto::jwe_content_key(jwe, to_seal)).view());
    };
    const auto payload = sealed("12");
    auto head = log.country.head();
    head.to = {.holder = wire::participant_id("relay"), .kind = {}, .position = 1};
    head.service = wire::service_id("link");
    head.parameters = {{"act", "start"}};
    head.payload_hash = crypto::sha256(as_bytes(payload));
    auto order = log.country.order();
    order.holder = order.relay;
    order.presence = wire::Presence::none;
    order.head = wire::sign_head(head, wire::kid_of(log.country.clinic), log.country.clinic);
    log.entries.push_back(
        log.make(4, R"({"own":{"scheme":"file-number","number":"1"}})", std::move(order)));
    auto page = log.page();
    const auto hidden = wire::valid(log.read(page));
    EXPECT_TRUE(hides_what_was_told(hidden.entries[3]));
    EXPECT_FALSE(hides_what_was_told(hidden.entries[2])) << "a holder's order";
    auto& entry = page.at("entries").as_array()[3].as_object();
    entry["payload"] = payload;
    entry["payload_key"] = key_of(payload);
    const auto read = wire::valid(log.read(page));
    ASSERT_TRUE(read.entries[3].told.has_value());
    EXPECT_EQ(to_text(std::get<ToldLink>(*read.entries[3].told).numbers.at(0)),
              "health-care-number 12");
    // The lie: another number than it was told.
    const auto other = sealed("13");
    entry["payload"] = other;
    entry["payload_key"] = key_of(other);
    EXPECT_EQ(log.why(page), "what the relay was told is not what the sender signed");
    entry["payload"] = payload;
    EXPECT_EQ(log.why(page), "what the relay was told does not open with the key that it shows");
    entry.erase("payload_key");
    EXPECT_NE(log.why(page), "");
    auto at_a_holder = log.page();
    at_a_holder.at("entries").as_array()[0].as_object()["payload"] = payload;
    at_a_holder.at("entries").as_array()[0].as_object()["payload_key"] = key_of(payload);
    EXPECT_EQ(log.why(at_a_holder), "a holder's payload is not the relay's");
}

// The same entries in a tree that only this person is shown.
TEST(EntriesPage, AnotherTreeForThisPerson) {
    PersonLog log;
    PersonLog other;
    auto page = log.page();
    // Signed by the log, but the quorum has seen another one.
    tlog::Edge private_tree;
    for (std::uint64_t i = 0; i < log.country.tree.size(); ++i)
        private_tree.append(wire::filled(static_cast<std::uint8_t>(i)));
    page["checkpoint"] = log.note(private_tree, private_tree.size());
    EXPECT_EQ(log.why(page), "the newest checkpoint did not grow out of the cosigned one");
    page = log.page();
    page["cosigned"] = log.cosign(log.note(log.country.tree, log.cosigned_size), 1);
    EXPECT_EQ(log.why(page), "a checkpoint is called cosigned, and the quorum did not");
    page["cosigned"] = other.cosign(log.note(log.country.tree, log.cosigned_size));
    EXPECT_NE(log.why(page), "") << "other witnesses";
}

// The times of the newest cosignatures, of as many witnesses as the quorum needs.
TEST(EntriesPage, SinceWhenAQuorumHasCosigned) {
    const PersonLog log;
    auto page = log.page();
    EXPECT_EQ(wire::valid(log.read(page)).cosigned_at, wire::test_now);
    auto note = log.note(log.country.tree, log.cosigned_size);
    const auto text = wire::valid(tlog::parse_note(note)).text;
    for (const auto& [i, ago] : {std::pair{0U, 5}, std::pair{1U, 700}, std::pair{1U, 900}}) {
        note += tlog::cosign(text, wire::test_now - ago, log.country.witnesses.at(i),
                             log.country.witness_keys.at(i));
    }
    page["cosigned"] = note;
    EXPECT_EQ(wire::valid(log.read(page)).cosigned_at, wire::test_now - 700);
}

// A series that was joined, as it is read by the number that its entry names.
struct JoinedLog : PersonLog {
    PersonLog own{0};
    json::object entry;  // in the person's own list

    explicit JoinedLog(std::int64_t last_seq = 3) : PersonLog(3) {
        own.link_number.back() ^= 1;
        entry = join(last_seq);
    }
    // Into the log of the series, which is everybody's.
    json::object join(std::int64_t last_seq) {
        const Hash salt = crypto::random_hash();
        const Hash person_salt = crypto::random_hash();
        auto content =
            wire::complete_order(wire::without_person({{"time", wire::test_now},
                                                       {"link_number", base64url(link_number)},
                                                       {"last_seq", last_seq}}),
                                 wire::commit_person(person_salt, own.link_number, 1));
        const auto index = country.tree.size();
        country.tree.append(tlog::leaf_hash(wire::log_entry("joined", salt, as_bytes(content))));
        return {{"seq", 1},
                {"index", index},
                {"kind", "joined"},
                {"content", std::move(content)},
                {"salt", base64url(salt)},
                {"person_salt", base64url(person_salt)}};
    }
    // What the person's list says of it.
    [[nodiscard]] Parsed<EntriesPage> read_own(EntriesSoFar& so_far) const {
        auto page = this->page();
        auto one = entry;
        one["proof"] = hashes_json(tlog::inclusion_proof(
            one.at("index").as_uint64(), country.tree.size(), country.tree.reader({})));
        page["entries"] = json::array{std::move(one)};
        page["last_seq"] = 1;
        page["link_number"] = base64url(own.link_number);
        return read(page, so_far);
    }
    // "", or why the series is not believed.
    [[nodiscard]] std::string why_not() const {
        EntriesSoFar so_far;
        const auto list = read_own(so_far);
        if (!list) return list.error().why;
        const auto& joined = list->entries.at(0);
        EntriesSoFar of_series{.link_number = joined.joins->link_number};
        auto series = read(page(), of_series);
        if (!series) return series.error().why;
        const auto ok = check_series(joined, series->entries);
        return ok ? "" : ok.error().why;
    }
};

// An order in the list of a family's number, and the entry that gives it to the person.
struct NamedLog : JoinedLog {
    NamedLog() {
        auto order = page().at("entries").as_array().at(1).as_object();
        order["seq"] = 0;
        order.erase("person_salt");
        order.erase("proof");
        const Hash salt = crypto::random_hash();
        const Hash person_salt = crypto::random_hash();
        const auto place = order.at("index").to_number<std::int64_t>();
        const auto content = order.at("content").as_string();
        const auto of = wire::order_entry(
            *to_hash(*parse_base64url(std::string_view(order.at("salt").as_string()))),
            as_bytes(std::string_view(content)));
        auto text = wire::complete_order(
            wire::without_person(
                {{"time", wire::test_now}, {"index", place}, {"entry", base64url(of)}}),
            wire::commit_person(person_salt, own.link_number, 1));
        const auto index = country.tree.size();
        country.tree.append(tlog::leaf_hash(wire::log_entry("named", salt, as_bytes(text))));
        entry = {{"seq", 1},
                 {"index", index},
                 {"kind", "named"},
                 {"content", std::move(text)},
                 {"salt", base64url(salt)},
                 {"person_salt", base64url(person_salt)},
                 {"order", std::move(order)}};
        prove(entry.at("order").as_object());
    }
    void prove(json::object& one) const {
        const auto index = one.at("index").to_number<std::uint64_t>();
        const auto size = index < cosigned_size ? cosigned_size : country.tree.size();
        one["proof"] = hashes_json(tlog::inclusion_proof(index, size, country.tree.reader({})));
    }
    [[nodiscard]] Parsed<EntriesPage> named() const {
        EntriesSoFar so_far;
        return read_own(so_far);
    }
};

TEST(NamedEntry, GivesThePersonTheOrderAndNotItsList) {
    const NamedLog log;
    const auto list = log.named();
    ASSERT_TRUE(list.has_value()) << list.error().why;
    const auto& entry = list->entries.at(0);
    EXPECT_EQ(entry.requester, "clinic-1");
    EXPECT_NE(entry.order_index, entry.index);
    EXPECT_LT(entry.order_index, entry.index);
    EXPECT_NE(entry.order_entry, entry.entry);
}

TEST(NamedEntry, OfAnotherOrderOrWithWhoseListItIsIn) {
    NamedLog log;
    const auto honest = log.entry;
    log.entry["order"].as_object()["person_salt"] = base64url(crypto::random_hash());
    EXPECT_FALSE(log.named().has_value());
    log.entry = honest;
    auto other = log.page().at("entries").as_array().at(2).as_object();
    other["seq"] = 0;
    other.erase("person_salt");
    log.prove(other);
    log.entry["order"] = std::move(other);
    EXPECT_EQ(std::string_view(log.named().error().why), "another order is named");
    log.entry = honest;
    log.entry["kind"] = "opened";
    EXPECT_FALSE(log.named().has_value());
}

TEST(JoinedSeries, HonestOne) {
    JoinedLog log;
    EXPECT_EQ(log.why_not(), "");
    EntriesSoFar so_far;
    const auto list = wire::valid(log.read_own(so_far));
    EXPECT_EQ(list.entries[0].joins->last_seq, 3);
    EXPECT_FALSE(list.entries[0].order.has_value());
    auto entries = wire::valid(log.read(log.page())).entries;
    ASSERT_TRUE(check_series(list.entries[0], entries).has_value());
    EXPECT_EQ(entries[2].series, 1);
    EXPECT_EQ(entries[2].seq, 3);
}

TEST(JoinedSeries, HidesWhatWasJoined) {
    JoinedLog log;
    log.entries.pop_back();
    EXPECT_EQ(log.why_not(), "a joined series has lost entries");
    JoinedLog middle;
    middle.entries.erase(middle.entries.begin() + 1);
    EXPECT_EQ(middle.why_not(), "the person's entries have a hole");
    JoinedLog all;
    all.entries.clear();
    EXPECT_EQ(all.why_not(), "a joined series has lost entries");
}

TEST(JoinedSeries, TakesNoOrderAfterwards) {
    JoinedLog log;
    log.add(4);
    EXPECT_EQ(log.why_not(), "a joined series was not closed");
    // One that was there, and was not counted.
    EXPECT_EQ(JoinedLog(2).why_not(), "a joined series was not closed");
}

TEST(JoinedSeries, IsTheOneThatWasNamed) {
    JoinedLog log;
    auto& last = log.link_number.back();
    last ^= 4;
    EXPECT_EQ(log.why_not(), "the pages have two link numbers");
    last ^= 4;
    EntriesSoFar so_far;
    so_far.joined.insert(log.link_number);
    EXPECT_EQ(log.read_own(so_far).error().why, std::string("a series was joined twice"));
    log.own.link_number = log.link_number;
    EXPECT_EQ(log.why_not(), "an entry belongs to another person");
    log.entry = log.join(3);
    EXPECT_EQ(log.why_not(), "a series was joined twice") << "with itself";
}

TEST(Witnessing, NothingIsConfirmedWithoutWitnesses) {
    constexpr auto now = wire::test_now;
    const auto entry = [](bool witnessed, UnixTime logged_at) {
        PersonEntry out;
        out.witnessed = witnessed;
        out.logged_at = logged_at;
        return out;
    };
    PersonEntries entries;
    const auto of = [&entries] { return witnessing_of(entries, now); };
    EXPECT_FALSE(of().confirmed) << "no witness has seen the log, empty as the list is";
    EXPECT_FALSE(of().late) << "it may have begun a moment ago";
    entries.witnessed_at = now - 600;
    EXPECT_TRUE(of().confirmed);
    entries.witnessed_at = now - 601;
    EXPECT_FALSE(of().confirmed) << "nobody knows what came since";
    EXPECT_TRUE(of().late);
    entries.witnessed_at = now;
    entries.entries = {entry(true, now - 10'000), entry(false, now - 600)};
    EXPECT_TRUE(of().confirmed);
    EXPECT_EQ(of().waiting, 1U);
    entries.entries.push_back(entry(false, now - 601));
    EXPECT_EQ(of().overdue, 1U);
    EXPECT_FALSE(of().confirmed);
    EXPECT_TRUE(of().late);
    entries.entries.back() = entry(false, 0);
    EXPECT_EQ(of().overdue, 1U) << "an erased one is old";
    entries.witnessed_at = 0;
    entries.entries = {entry(false, now - 90 * 86'400)};
    EXPECT_TRUE(of().late);
    EXPECT_FALSE(of().confirmed);
}

TEST(EntriesPage, HolesAndMissingEnds) {
    PersonLog log;
    auto page = log.page();
    page.at("entries").as_array().erase(page.at("entries").as_array().begin() + 1);
    EXPECT_EQ(log.why(page), "the person's entries have a hole");
    page = log.page();
    page.at("entries").as_array().pop_back();
    EXPECT_EQ(log.why(page), "the person's entries end too early");
    page["last_seq"] = 2;
    EXPECT_EQ(log.why(page), "") << "only the holders can tell";
}

// Each page is whole, of a person that there is; together they are nobody's list.
TEST(EntriesPage, TwoPeoplesListsPutTogether) {
    PersonLog log(2);
    auto first = log.page();
    first["last_seq"] = 3;
    first["more"] = true;
    const auto second = [&log] {
        log.entries.resize(2);
        log.add(3);
        auto out = log.page();
        out["entries"] = json::array{out.at("entries").as_array()[2]};
        return out;
    };
    EntriesSoFar so_far;
    ASSERT_TRUE(log.read(first, so_far).has_value());
    auto same_person = so_far;
    EXPECT_TRUE(log.read(second(), same_person).has_value());
    log.link_number = to_bytes(ByteView(wire::filled(8)).first(16));
    const auto spliced = log.read(second(), so_far);
    ASSERT_FALSE(spliced.has_value());
    EXPECT_EQ(std::string(spliced.error().why), "the pages have two link numbers");
    auto none = log.page();
    none["link_number"] = base64url(as_bytes("12345678"));
    EXPECT_EQ(log.why(none), "a link number has not 128 bits");
}

TEST(EntriesPage, OrdersAlteredAfterTheFact) {
    const PersonLog log;
    const auto with = [&log](std::string_view member, const auto& value) {
        auto page = log.page();
        page.at("entries").as_array()[1].as_object()[member] = value;
        return log.why(page);
    };
    const auto content = std::string(log.entries[1].at("content").as_string());
    EXPECT_EQ(with("content", wire::replaced(content, R"("06990014")", R"("06990022")")),
              "an entry is not in the log at its index");
    EXPECT_EQ(with("salt", base64url(wire::filled(1))), "an entry is not in the log at its index");
    EXPECT_EQ(with("index", 3), "an entry is not in the log at its index");
    EXPECT_EQ(with("person_salt", base64url(wire::filled(1))),
              "an entry belongs to another person");
    EXPECT_EQ(with("subject", base64url(as_bytes(R"({"number":{"number":"2"}})"))),
              "an entry's subject is not the one committed to");
    EXPECT_EQ(with("number", base64url(as_bytes("{}"))),
              "an entry's number is not the one committed to");
    EXPECT_NE(with("kind", "refused"), "");
    EXPECT_NE(with("more", true), "") << "unknown member";
}

// What the log's key alone can make: an entry whose request nobody signed.
TEST(EntriesPage, RequestsThatNobodySigned) {
    PersonLog log;
    log.country.clinic = crypto::PrivateKey::generate(crypto::KeyType::p256);
    log.add(4);
    EXPECT_NE(log.why(log.page()), "");
}

// The relay and whoever asks play along: no mandate at all, an old one, one check twice.
TEST(EntriesPage, WhatTheCardDidNotSignFor) {
    PersonLog log;
    const auto why_with = [&log](std::initializer_list<std::string> subjects) {
        log.entries.resize(3);
        std::int64_t seq = 3;
        for (const auto& one : subjects)
            log.entries.push_back(log.make(++seq, one, wire::Presence::card_pin));
        return log.why(log.page());
    };
    using wire::MandateKind;
    EXPECT_EQ(why_with({log.sign(MandateKind::login)}), "");
    const auto page = wire::valid(log.read(log.page()));
    EXPECT_TRUE(page.entries[3].card_signed.own_card);
    EXPECT_EQ(why_with({std::string(by_number)}), "an entry has another presence than its subject");
    EXPECT_EQ(why_with({log.sign(MandateKind::login, wire::test_now - 200)}),
              "an entry's mandate was not in force at the order's time");
    const auto check = log.sign(MandateKind::check);
    EXPECT_EQ(why_with({check, log.sign(MandateKind::check)}), "");
    EXPECT_EQ(why_with({check, check}), "one check was used for two orders");
    // The second one on a later page.
    EntriesSoFar so_far;
    EXPECT_EQ(why_with({check}), "");
    EXPECT_TRUE(log.read(log.page(), so_far).has_value());
    log.entries.push_back(log.make(5, check, wire::Presence::card_pin));
    auto next = log.page();
    next["entries"] = json::array{next.at("entries").as_array()[4]};
    const auto second = log.read(next, so_far);
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(std::string(second.error().why), "one check was used for two orders");
}

TEST(EntriesPage, PathsAreClosedToOrganisations) {
    PersonLog log(0);
    const auto why = [&log](std::string_view requester) {
        const auto person_salt = crypto::random_hash();
        const auto salt = crypto::random_hash();
        const auto content = json::serialize(json::object{
            {"time", wire::test_now},
            {"requester", requester},
            {"person", base64url(wire::commit_person(person_salt, log.link_number, 1))}});
        log.entries = {{{"seq", 1},
                        {"index", log.country.tree.size()},
                        {"kind", "refused"},
                        {"content", content},
                        {"salt", base64url(salt)},
                        {"person_salt", base64url(person_salt)}}};
        log.country.tree.append(
            tlog::leaf_hash(wire::log_entry("refused", salt, as_bytes(content))));
        log.cosigned_size = log.country.tree.size();
        return log.why(log.page());
    };
    EXPECT_EQ(why("clinic-1"), "");
    for (const auto* other : {"=1+1", "Clinic-1", "", "clinic-1\n"})
        EXPECT_EQ(why(other), "a path was closed to no organisation") << other;
}

// What is left of an order entry.
json::object erase(const json::object& entry, std::string_view kept_until, UnixTime at) {
    const auto hash =
        wire::order_entry(wire::valid(parse_hash(entry.at("salt").as_string())),
                          as_bytes(std::string_view(entry.at("content").as_string())));
    return {{"seq", entry.at("seq")},
            {"index", entry.at("index")},
            {"proof", entry.at("proof")},
            {"entry", base64url(hash)},
            {"erased", json::object{{"kept_until", kept_until}, {"at", at}}}};
}

// A relay can invent erased ones for ever, under any number.
TEST(EntriesPage, HaveAnEnd) {
    PersonLog log;
    const auto taken = [&log](std::int64_t seq) {
        auto page = log.page();
        auto last = erase(page.at("entries").as_array()[0].as_object(), "2020-01", wire::test_now);
        last["seq"] = seq;
        page["entries"] = json::array{std::move(last)};
        page["last_seq"] = seq;
        return log.read(page, seq - 1).has_value();
    };
    EXPECT_TRUE(taken(2));
    EXPECT_TRUE(taken(entries_max));
    EXPECT_FALSE(taken(entries_max + 1));
}

TEST(EntriesPage, ErasedOnesKeepTheirPlace) {
    PersonLog log;
    const auto erased = [&log](std::string_view kept_until, UnixTime at) {
        auto page = log.page();
        auto& entry = page.at("entries").as_array()[0].as_object();
        entry = erase(entry, kept_until, at);
        return log.why(page);
    };
    EXPECT_EQ(erased("2020-01", wire::test_now), "");
    EXPECT_EQ(erased("2020-01", 1'580'000'000), "an entry was erased before its time");
    EXPECT_EQ(erased("2999-01", wire::test_now), "an entry was erased before its time");
    EXPECT_EQ(erased("2020-13", wire::test_now), "an entry was erased before its time");
    EXPECT_EQ(erased("2020-01", 4'000'000'000), "an entry was erased before its time");
}

// ---- bells ----

Parsed<BellsPage> read_bells(std::string_view page, std::int64_t after) {
    return read_bells_page(parse_json_object(page).value(), after);
}

TEST(BellsPage, InOrderOneForEachEntry) {
    const auto read = read_bells(
        R"({"more":true,"bells":[{"seq":2,"first":true,"at":5},{"seq":7,"first":false,"at":6}]})",
        1);
    ASSERT_TRUE(read.has_value()) << read.error().why;
    EXPECT_TRUE(read->more);
    ASSERT_EQ(read->bells.size(), 2U);
    EXPECT_EQ(read->bells[0].seq, 2);
    EXPECT_TRUE(read->bells[0].first);
    EXPECT_EQ(read->bells[1].at, 6);
    EXPECT_TRUE(read_bells(R"({"more":false,"bells":[]})", 9).has_value());
}

TEST(BellsPage, OfAnotherFormAreRefused) {
    const auto refused = [](std::string_view bells, std::string_view more = "false") {
        const auto page = fmt::format(R"({{"more":{},"bells":{}}})", more, bells);
        return !read_bells(page, 1).has_value();
    };
    EXPECT_TRUE(refused(R"([{"seq":1,"first":true,"at":5}])")) << "was on the page before";
    EXPECT_TRUE(refused(R"([{"seq":2,"first":true,"at":5},{"seq":2,"first":true,"at":5}])"));
    EXPECT_TRUE(refused(R"([{"seq":3,"first":true,"at":5},{"seq":2,"first":true,"at":5}])"));
    EXPECT_TRUE(refused("[]", "true")) << "it would be asked for without end";
    EXPECT_TRUE(refused("[]", "0"));
    EXPECT_TRUE(refused(R"([{"seq":2,"first":1,"at":5}])"));
    EXPECT_TRUE(refused(R"([{"seq":2,"first":true}])"));
    EXPECT_TRUE(refused(R"([{"seq":2,"first":true,"at":5,"why":"x"}])"));
    EXPECT_TRUE(refused("[1]"));
    EXPECT_FALSE(refused(R"([{"seq":2,"first":true,"at":5}])"));
    EXPECT_FALSE(refused(R"([{"seq":1000000,"first":true,"at":5}])"));
    EXPECT_TRUE(refused(R"([{"seq":1000001,"first":true,"at":5}])")) << "of no entry";
    EXPECT_FALSE(read_bells(R"({"more":false,"bells":[],"x":1})", 0).has_value());
    EXPECT_FALSE(read_bells("{}", 0).has_value());
}

}  // namespace
}  // namespace mado::client
