// A holder says that what it answered holds no longer: who may, of which orders, and who hears it.
#include <boost/json.hpp>

#include "changes.hpp"
#include "ending.hpp"
#include "test_events.hpp"

namespace mado::relay {
namespace {

constexpr std::int64_t day_s = 86'400;

wire::PersonNumber insured(std::string_view number, std::string_view branch = "00") {
    return {.scheme = "insured-number",
            .fields = {{"insurer", "06990014"},
                       {"symbol", "12"},
                       {"number", std::string(number)},
                       {"branch", std::string(branch)}}};
}

// An order that stands in the log.
struct Stands {
    std::int64_t index = 0;
    Hash entry{};
    PersonRow person = 0;
};

class ToldAnswer : public ExchangeTest {
  protected:
    ToldAnswer() { serve(event_feeds); }
    void serve(EventFeeds& feeds) {
        events.reset();
        later.emplace(with(mandates, feeds));
        std::vector<http::Route> routes{
            {"GET", "/v1/events", 0, [this](http::Request request) -> Task<http::Response> {
                 request.certificate = listener_certificate;
                 co_return follow_endings(*later, request);
             }}};
        events.emplace(io, http::ServerOptions{}, std::move(routes));
    }
    ~ToldAnswer() override { events.reset(); }
    Listener listen(std::string_view organisation = "clinic-1", std::uint8_t certificate = 4) {
        listener_certificate = wire::filled(certificate);
        return {io, events->port(), organisation};
    }
    static http::ServerEvent changed(const Stands& order) {
        return {"answer_changed", boost::json::serialize(boost::json::object{
                                      {"order", base64url(order.entry)},
                                      {"index", static_cast<std::uint64_t>(order.index)},
                                      {"service", "eligibility"}})};
    }

    // ---- what was asked ----
    // By number, of the society, which answers.
    Stands asked(std::string_view digits = "1", std::string_view branch = "00") {
        if (!dialled) dial_answering();
        const auto response = send(body(head(), number(digits, branch)));
        EXPECT_EQ(code_of(response), "ok");
        store.flush();  // the outcome is noted after the reply
        return stands(wire::valid(wire::parse_reply(response.body)));
    }
    Stands stands(const wire::Reply& reply) {
        const auto& receipt = reply.receipt.value();
        const auto index = static_cast<std::int64_t>(receipt.index);
        return {.index = index,
                .entry = wire::order_entry(receipt.salt, receipt.order),
                .person = store.count("select person from access where log_index = " +
                                      std::to_string(index))};
    }
    // As the relay recorded it some time ago, about Hanako.
    struct Before {
        std::string_view holder = "06990014";
        std::string_view service = "eligibility";
        UnixTime ago = day_s;
        bool answered = true;
        PersonRow person = 1;
    };
    Stands recorded(const Before& before) {
        auto question = head();
        question.service = service_id(before.service);
        question.issued_at -= before.ago;
        auto order = store.country.order();
        order.id = base64url(crypto::random_bytes(16));
        order.holder = participant_id(before.holder);
        order.time = question.issued_at;
        order.head =
            wire::sign_head(question, wire::kid_of(store.country.clinic), store.country.clinic);
        auto job = store.order({.person = before.person});
        job.record.holder = before.holder;
        job.record.number = wire::number_for_holder(insured("1"), *schemes.find("insured-number"),
                                                    participant_id("06990014"));
        order.number = wire::commit_number(job.record.number_salt, as_bytes(job.record.number));
        job.order_without_person = wire::order_without_person(order);
        job.keep_until = unix_now() + 400 * day_s;
        const auto made = store.submit(std::move(job)).get().value();
        if (before.answered) {
            EXPECT_TRUE(store.set_outcome({.log_index = made.log_index,
                                           .outcome = wire::Outcome::answered,
                                           .miss_path = {},
                                           .requester = {}}));
        }
        return {.index = made.log_index,
                .entry = wire::order_entry(made.receipt.salt, made.receipt.order),
                .person = made.person};
    }

    // ---- the tell ----
    struct Sender {
        std::string_view id = "06990014";
        wire::PersonNumber own = insured("1");
        std::string_view purpose = "membership";
    };
    using Parameters = std::map<std::string, std::string>;
    static Parameters naming(const Stands& order) {
        return {{"index", std::to_string(order.index)}, {"order", base64url(order.entry)}};
    }
    std::string body_of(const Parameters& parameters, const Sender& from) {
        auto tell = head();
        tell.issuer = participant_id(from.id);
        tell.to = {.holder = participant_id("relay"), .kind = {}, .position = 1};
        tell.service = service_id("answer-changed");
        tell.purpose = wire::code_id(from.purpose);
        tell.parameters = parameters;
        tell.expires = tell.issued_at + wire::tell_lifetime_s;
        const auto& key = from.id == "clinic-1" ? store.country.clinic : store.country.insurer;
        return body(tell, wire::own_subject(from.own), key);
    }
    std::string tell(const Parameters& parameters, const Sender& from) {
        const std::uint8_t certificate = from.id == "clinic-1" ? 4 : from.id == "992016" ? 6 : 3;
        return code_of(send(body_of(parameters, from), wire::filled(certificate)));
    }
    std::string tell(const Stands& order, const Sender& from) { return tell(naming(order), from); }
    std::string tell(const Stands& order) { return tell(order, Sender()); }
    std::int64_t told() { return store.count("select count(*) from changed_answer"); }

    Hash listener_certificate{};
    std::optional<Shared> later;
    std::optional<http::Server> events;
};

TEST_F(ToldAnswer, ReachesWhoAskedAndThePersonsList) {
    const auto order = asked();
    auto clinic = listen();
    auto portal = listen("portal", 8);
    EXPECT_TRUE(clinic.hear(0).empty());
    EXPECT_EQ(tell(order), "ok");
    EXPECT_EQ(clinic.hear(1), std::vector{changed(order)});
    const auto entries = reader->entries(1, 0, 10, 1'000);
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[1].outcome, "answered");
    const auto& record = std::get<AccessRecord>(entries[1].record);
    EXPECT_EQ(record.kind, "order");
    EXPECT_EQ(record.holder, "relay");
    const auto told_order = wire::valid(wire::parse_order(as_bytes(record.content)));
    EXPECT_EQ(wire::valid(wire::parse_head(told_order.head)).head.parameters, naming(order))
        << "the person sees which";
    EXPECT_EQ(reader->bells(1, 0, 10).size(), 2U) << "and is told at once";
    // Nobody else hears anything: what comes to the portal is the end of what there was.
    EXPECT_EQ(tell(order), "ok");
    event_feeds.tell(LiveMandate{.hash = wire::filled(1),
                                 .expires = unix_now() + 100,
                                 .organisation = participant_id("portal"),
                                 .ended = Ending::stop},
                     unix_now());
    EXPECT_EQ(portal.hear(1).at(0).name, "mandate_ended");
}

TEST_F(ToldAnswer, NothingOfThePersonIsInTheEventOrReadableInTheStore) {
    const auto order = asked();
    ASSERT_EQ(tell(order), "ok");
    const auto event = listen().hear(1).at(0);
    const auto data = boost::json::parse(event.data).as_object();
    EXPECT_EQ(data.size(), 3U) << event.data;
    EXPECT_EQ(store.count("select count(*) from changed_answer where instr(sealed, 'clinic') > 0"),
              0);
    EXPECT_EQ(store.count("select length(sealed) > 256 from changed_answer"), 1);
}

// The same bytes are the same order; the same content is one entry more; each is told once.
TEST_F(ToldAnswer, RepeatedIsHarmless) {
    const auto order = asked();
    const auto text = body_of(naming(order), {});
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(code_of(send(text, wire::filled(3))), "ok");
    EXPECT_EQ(logged(), 2);
    EXPECT_EQ(tell(order), "ok");
    EXPECT_EQ(logged(), 3);
    EXPECT_EQ(told(), 1);
    const auto second = asked();
    EXPECT_EQ(tell(second), "ok");
    EXPECT_EQ(listen().hear(2), (std::vector{changed(order), changed(second)}));
}

TEST_F(ToldAnswer, WhoConnectsLaterHearsItAlsoAfterARestart) {
    const auto order = asked();
    ASSERT_EQ(tell(order), "ok");
    auto early = listen();
    EXPECT_EQ(early.hear(1), std::vector{changed(order)});
    EventFeeds after_restart({}, stored_changes(reader->connection(), store.vault()));
    serve(after_restart);
    auto late = listen();
    EXPECT_EQ(late.hear(1), std::vector{changed(order)});
    // Told by the store and told again by a repeat: once.
    after_restart.tell({.requester = participant_id("clinic-1"),
                        .what = {.order = order.entry,
                                 .index = static_cast<std::uint64_t>(order.index),
                                 .service = service_id("eligibility")},
                        .told_at = unix_now()},
                       unix_now());
    const auto second = asked();
    ASSERT_EQ(tell(second), "ok");
    after_restart.tell({.requester = participant_id("clinic-1"),
                        .what = {.order = second.entry,
                                 .index = static_cast<std::uint64_t>(second.index),
                                 .service = service_id("eligibility")},
                        .told_at = unix_now()},
                       unix_now());
    EXPECT_EQ(late.hear(1), std::vector{changed(second)});
    events.reset();
}

TEST_F(ToldAnswer, IsKeptForThirtyDays) {
    const auto order = asked();
    ASSERT_EQ(tell(order), "ok");
    store.upkeep(unix_now() + changed_kept_s - 100);
    EXPECT_EQ(told(), 1);
    const auto stored = stored_changes(reader->connection(), store.vault());
    ASSERT_EQ(stored.size(), 1U);
    EXPECT_EQ(stored[0].requester.text(), "clinic-1");
    store.upkeep(unix_now() + changed_kept_s + 200);
    EXPECT_EQ(told(), 0);
    // One that is over is told to nobody who comes then.
    auto old = stored[0];
    old.told_at -= changed_kept_s;
    EventFeeds feeds({}, {old});
    serve(feeds);
    auto clinic = listen();
    feeds.tell(stored[0], unix_now());  // drops the old one, and keeps this
    EXPECT_EQ(clinic.hear(1), std::vector{changed(order)});
    events.reset();
}

// Each is what a holder, or who stole its key, could name instead.
TEST_F(ToldAnswer, OnlyWhatThisHolderHasAnsweredAboutThisPerson) {
    const auto right = recorded({});
    const auto with_entry = [&right](const Stands& of) {
        auto out = right;
        out.entry = of.entry;
        return out;
    };
    const std::vector<std::pair<std::string_view, Stands>> wrong{
        {"not answered", recorded({.answered = false})},
        {"another holder's", recorded({.holder = "992016"})},
        {"what it was told", recorded({.service = "health-care-number"})},
        {"older than a year", recorded({.ago = 367 * day_s})},
        {"of somebody else's list", recorded({.person = 2})},
        {"another entry at that index", with_entry(recorded({}))},
        {"an entry that is no order", {.index = 0, .entry = wire::filled(1), .person = 1}},
        {"no entry", {.index = 1'000, .entry = right.entry, .person = 1}}};
    for (const auto& [what, order] : wrong) {
        const auto before = logged();
        EXPECT_EQ(tell(order), "answer_unknown") << what;
        EXPECT_EQ(logged(), before) << what;
    }
    EXPECT_EQ(told(), 0);
    EXPECT_EQ(tell(right), "ok");
    EXPECT_EQ(tell(recorded({.ago = 365 * day_s})), "ok");
}

TEST_F(ToldAnswer, WhoMayTell) {
    const auto order = recorded({});
    EXPECT_EQ(tell(order, {.own = insured("1", "02")}), "answer_unknown") << "of another number";
    EXPECT_EQ(tell(recorded({.person = 1}), {.own = insured("9")}), "answer_unknown");
    const wire::PersonNumber care{.scheme = "care-insured-number",
                                  .fields = {{"insurer", "992016"}, {"number", "0000000001"}}};
    EXPECT_EQ(tell(order, {.id = "992016", .own = care}), "answer_unknown") << "another holder";
    EXPECT_EQ(tell(order, {.id = "992016"}), "not_allowed") << "by a number of the first one's";
    EXPECT_EQ(tell(order, {.id = "clinic-1", .own = file_number("000123")}), "not_allowed");
    EXPECT_EQ(tell(order, {.purpose = "treatment"}), "not_allowed");
    auto parameters = naming(order);
    parameters["act"] = "start";
    EXPECT_EQ(tell(parameters, {}).substr(0, 9), "malformed");
    EXPECT_EQ(tell({{"index", "-1"}, {"order", base64url(order.entry)}}, {}).substr(0, 9),
              "malformed");
    EXPECT_EQ(tell({{"index", "1"}, {"order", "short"}}, {}).substr(0, 9), "malformed");
    EXPECT_EQ(told(), 0);
}

// A number that nobody has linked has a list too; and it is the person's once somebody has.
TEST_F(ToldAnswer, OfANumberThatNobodyHasLinked) {
    const auto order = asked("77");
    EXPECT_EQ(tell(order, {.own = insured("78")}), "answer_unknown");
    EXPECT_EQ(tell(order, {.own = insured("77")}), "ok");
    EXPECT_EQ(reader->entries(order.person, 0, 10, 1'000).size(), 2U);
    EXPECT_EQ(listen().hear(1), std::vector{changed(order)});
}

// What was asked by a family's number is about whom the holder has named then, and nobody else.
TEST_F(ToldAnswer, OfAFamilysNumber) {
    const auto answer = crypto::encrypt_jwe(as_bytes("x"), store.country.seal_to.public_key());
    dial_with(
        {.outcome = wire::Outcome::answered, .answer = answer, .reason = {}, .left_out = "00"});
    const auto order = asked("1", "");
    EXPECT_EQ(tell(order, {.own = insured("1", "01")}), "answer_unknown");
    EXPECT_EQ(tell(order), "ok");
    const auto entries = reader->entries(1, 0, 10, 1'000);
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(std::get<AccessRecord>(entries[0].record).kind, "named");
    EXPECT_EQ(listen().hear(1), std::vector{changed(order)});
}

// Neither entry nor event, or both: the batch is one transaction.
TEST_F(ToldAnswer, AFailedCommitLeavesNeither) {
    const auto order = asked();
    auto clinic = listen();
    const auto text = body_of(naming(order), {});
    for (const auto* table : {"own_entry", "changed_answer"}) {
        store.alter(std::string("create trigger broken before insert on ") + table +
                    " begin select raise(abort, 'broken'); end");
        EXPECT_EQ(code_of(send(text, wire::filled(3))), "internal") << table;
        store.alter("drop trigger broken");
        EXPECT_EQ(told(), 0);
        EXPECT_EQ(logged(), 1);
    }
    EXPECT_EQ(code_of(send(text, wire::filled(3))), "ok");
    EXPECT_EQ(clinic.hear(1), std::vector{changed(order)});
}

}  // namespace
}  // namespace mado::relay
