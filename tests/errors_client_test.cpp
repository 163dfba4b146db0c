// What a requester refuses by itself: answers and receipts that prove nothing, cards that do not
// open, a directory that nobody signed.
#include <boost/json.hpp>
#include <filesystem>

#include "base/file.hpp"
#include "client/client.hpp"
#include "client/entries.hpp"
#include "crypto/digest.hpp"
#include "errors_fixture.hpp"
#include "pretenders.hpp"
#include "wire/answer.hpp"

namespace mado::tests {
namespace {

// How a dishonest relay or holder makes its reply to a request.
struct Liar {
    std::string holder = "06990014";  // who signs the answer
    std::string order_to = "06990014";
    std::function<void(wire::Order&)> order = {};
    std::function<void(Hash& entry, wire::Head&)> answer = {};
    std::function<void(wire::Reply&)> reply = {};
};

http::Response json_response(std::string body) {
    http::Response response;
    response.content_type = "application/json";
    response.body = std::move(body);
    return response;
}

http::Response lie(const RunningCountry& country, PretendRelay& relay, const Liar& liar,
                   const std::string& body) {
    const auto request = valid(wire::parse_request(body));
    auto head = valid(wire::parse_head(request.head)).head;
    const auto subject_salt = crypto::random_hash();
    wire::Order order{.id = "1",
                      .time = unix_now(),
                      .relay = participant("relay"),
                      .holder = participant(liar.order_to),
                      .policy = code_id("eligibility.clinic.treatment.number"),
                      .presence = wire::Presence::number,
                      .keep_until = unix_now() + 86'400,
                      .head = request.head,
                      .subject = wire::commit_subject(subject_salt, request.subject),
                      .number = crypto::random_hash(),
                      .person = crypto::random_hash()};
    if (liar.order) liar.order(order);
    wire::Reply reply{
        .answer = {}, .receipt = relay.log_order(order), .subject_salt = subject_salt};
    auto entry = wire::order_entry(reply.receipt->salt, reply.receipt->order);
    if (liar.answer) liar.answer(entry, head);
    reply.answer =
        holder_answer(country, liar.holder, entry, head, eligibility_document("2026-11-22"));
    if (liar.reply) liar.reply(reply);
    return json_response(wire::reply_json(reply));
}

// The text with its first `part`, if there is one, exchanged.
std::string replaced(std::string text, const std::string& part, const std::string& by) {
    const auto at = text.find(part);
    if (at != std::string::npos) text.replace(at, part.size(), by);
    return text;
}

http::Response says_no(Code code) {
    const auto& error = wire::info(code);
    return http::problem(error.status, error.name, error.title, "1");
}

client::Ask question(const Person& person) {
    return {.to = {.holder = {}, .kind = code_id("medical-insurer"), .position = 1},
            .service = service("eligibility"),
            .purpose = code_id("treatment"),
            .parameters = {{"on", "2026-11-22"}},
            .subject = number_subject(person.health_care_number, person.birth_date),
            .card_seen = false};
}

// By a card that checks once: only the same request brings its answer.
client::Ask card_question(Bytes subject) {
    auto out = question(sato);
    out.subject = std::move(subject);
    return out;
}

}  // namespace

// lib/client against a relay that answers as each test wants.
class ClientTest : public ErrorsTest {
  protected:
    static void SetUpTestSuite() { country().kill9("relay"); }
    static void TearDownTestSuite() { country().start("relay"); }

    static client::Result<client::Answered> hear() {
        return wait_for(ask_once(country().directory(), clinic(), question(sato)));
    }
    static client::Result<client::Answered> hear(const Liar& liar) {
        PretendRelay* speaking = nullptr;
        PretendRelay relay(country(), [&speaking, &liar](const http::Request& request) {
            return lie(country(), *speaking, liar, request.body);
        });
        speaking = &relay;
        return hear();
    }
    static void refuses(Code code, const Liar& liar) {
        const auto heard = hear(liar);
        ASSERT_FALSE(heard) << wire::info(code).name;
        expect_code(heard.error().code, code);
        EXPECT_TRUE(client::is_lie(heard.error())) << heard.error().detail;
    }
    // `lie`: it came as an answer.
    static void refuses_body(Code code, const http::Response& response, bool lie) {
        const PretendRelay relay(country(), [&response](const http::Request&) { return response; });
        const auto heard = hear();
        ASSERT_FALSE(heard) << response.body;
        expect_code(heard.error().code, code);
        EXPECT_EQ(client::is_lie(heard.error()), lie) << response.body;
    }
};

TEST_F(ClientTest, AcceptsWhatIsRight) {
    const auto heard = hear(Liar{});
    ASSERT_TRUE(heard) << wire::info(heard.error().code).name << " " << heard.error().detail;
    EXPECT_EQ(heard->answer.issuer.text(), "06990014");
}

TEST_F(ClientTest, RefusesAnswersThatAreNotToItsOrder) {
    refuses(Code::answer_invalid,
            {.answer = [](Hash& entry, wire::Head&) { entry = crypto::random_hash(); }});
    refuses(Code::answer_invalid, {.answer = [](Hash&, wire::Head& head) {
                head.seal_to = crypto::PrivateKey::generate(crypto::KeyType::p256).public_key();
            }});
    refuses(Code::answer_invalid,
            {.answer = [](Hash&, wire::Head& head) { head.service = service("claims"); }});
    refuses(Code::answer_invalid, {.holder = "990010"});
    refuses(Code::answer_invalid, {.reply = [](wire::Reply& r) { r.receipt.reset(); }});
    refuses(Code::answer_invalid, {.reply = [](wire::Reply& r) { r.answer += "A"; }});
}

TEST_F(ClientTest, RefusesReceiptsThatProveNothing) {
    const auto alter = [](const std::function<void(wire::Receipt&)>& receipt) {
        return Liar{.reply = [receipt](wire::Reply& r) { receipt(*r.receipt); }};
    };
    refuses(Code::receipt_invalid, alter([](wire::Receipt& r) { r.proof.pop_back(); }));
    refuses(Code::receipt_invalid, alter([](wire::Receipt& r) { r.index += 1; }));
    refuses(Code::receipt_invalid, alter([](wire::Receipt& r) { r.salt = crypto::random_hash(); }));
    refuses(Code::receipt_invalid, alter([](wire::Receipt& r) {
                // The same checkpoint, signed by a key that is not the log's.
                const auto key = crypto::PrivateKey::generate(crypto::KeyType::ed25519);
                const auto log =
                    valid(tlog::NoteVerifier::make("log.mado.example/1", key.public_key()));
                const auto note = valid(tlog::parse_note(r.checkpoint));
                r.checkpoint = tlog::sign_note(note.text, log, key);
            }));
    refuses(Code::receipt_invalid, {.order = [](wire::Order& o) {
                o.head = RunningCountry::sign(country().head("clinic-1"), clinic());
            }});
    refuses(Code::receipt_invalid,
            {.order = [](wire::Order& o) { o.subject = crypto::random_hash(); }});
    refuses(Code::receipt_invalid,
            {.reply = [](wire::Reply& r) { r.subject_salt = crypto::random_hash(); }});
    refuses(Code::receipt_invalid, {.order_to = "992016"});  // of another kind
}

// A relay that says no in a form of its own is not believed.
TEST_F(ClientTest, RefusesRubbish) {
    http::Response response = json_response("<html>it works</html>");
    refuses_body(Code::answer_invalid, response, /*lie=*/true);
    response.status = 502;
    refuses_body(Code::answer_invalid, response, /*lie=*/false);
    response.content_type = "application/problem+json";
    response.body = R"({"code":"no_such_code"})";
    refuses_body(Code::answer_invalid, response, /*lie=*/false);
    response.body = R"({"code":"no_match"})";  // with a code of the table it is
    refuses_body(Code::no_match, response, /*lie=*/false);
}

// Nobody has seen the answer or the receipt that it speaks of.
TEST_F(ClientTest, ABareWordOfALieIsNoLie) {
    for (const auto code : {Code::receipt_invalid, Code::answer_invalid})
        refuses_body(code, says_no(code), /*lie=*/false);
}

// `log show` of Hanako's card. She has one link, an insurer, and the relay says what became of its
// evidence and what her list is.
class ShownListTest : public ClientTest {
  protected:
    using Said = std::function<http::Response(PretendRelay& relay, const std::string& body)>;

    static Finished show(const Said& evidence, const Said& list,
                         std::vector<std::string> options = {"--compare"}) {
        PretendRelay* speaking = nullptr;
        PretendRelay relay(country(), [&](const http::Request& request) {
            const auto asked = valid(wire::parse_request(request.body));
            const auto head = valid(wire::parse_head(asked.head)).head;
            if (head.service.text() == "entries") return list(*speaking, request.body);
            const bool has_link =
                head.to.kind == code_id("medical-insurer") && head.to.position == 1;
            return has_link ? evidence(*speaking, request.body) : says_no(Code::no_link);
        });
        speaking = &relay;
        std::vector<std::string> words{"log", "show", "--card", "hanako", "--pin", "1234"};
        words.insert(words.end(), options.begin(), options.end());
        return country().cli(std::move(words));
    }
    static Said no(Code code) {
        return [code](PretendRelay&, const std::string&) { return says_no(code); };
    }
    // The order is by her card; else the liar's.
    static Said order_and_answer(Liar liar) {
        liar.order = [](wire::Order& order) { order.presence = wire::Presence::card_pin; };
        return [liar](PretendRelay& relay, const std::string& body) {
            return lie(country(), relay, liar, body);
        };
    }
    static Said forged_receipt() {
        return order_and_answer(
            {.reply = [](wire::Reply& r) { r.receipt->salt = crypto::random_hash(); }});
    }
    // Signed by the relay, in the log's own tree: nobody has looked.
    static http::Response empty_list(const PretendRelay& relay, const std::string& body) {
        const auto text = valid(wire::parse_request(body)).head;
        const auto log_key = load_key(country().places().keys_of("relay") + "/log.key");
        const json::object data{{"link_number", base64url(Bytes(16))},
                                {"last_seq", 0},
                                {"more", false},
                                {"checkpoint", relay.checkpoint(log_key)},
                                {"entries", json::array{}}};
        return json_response(wire::reply_json(
            {.answer = holder_answer(country(), "relay", crypto::sha256(as_bytes(text)),
                                     valid(wire::parse_head(text)).head, json::serialize(data)),
             .receipt = {},
             .subject_salt = {}}));
    }
    static json::object json_of(const Finished& shown) {
        const auto at = shown.output.find('{');
        return at == std::string::npos ? json::object()
                                       : valid(parse_json_object(shown.output.substr(at)));
    }
    static bool says(const Finished& shown, std::string_view part) {
        return shown.output.find(part) != std::string::npos;
    }
};

constexpr std::string_view a_lie_is_found = "an answer that does not fit what was signed";

// Who is caught at a holder does not get away by giving no list.
TEST_F(ShownListTest, ForgedReceiptAndNoList) {
    const auto shown = show(forged_receipt(), no(Code::internal));
    EXPECT_EQ(shown.status, 1) << shown.output;
    EXPECT_TRUE(says(shown, "mado: internal: ")) << shown.output;
    EXPECT_TRUE(says(shown, "there is no list of yours: internal")) << shown.output;
    EXPECT_TRUE(says(shown, a_lie_is_found)) << shown.output;
    EXPECT_TRUE(says(shown, "the relay or a holder is at fault")) << shown.output;
    EXPECT_FALSE(says(shown, "who looked")) << "there is nothing to say of that\n" << shown.output;
    EXPECT_FALSE(says(shown, "nothing is missing")) << shown.output;
}

TEST_F(ShownListTest, ForgedReceiptAndNoListAsJson) {
    const auto shown = show(forged_receipt(), no(Code::internal), {"--compare", "--json"});
    EXPECT_EQ(shown.status, 1) << shown.output;
    const auto page = json_of(shown);
    ASSERT_EQ(page.size(), 2U) << shown.output;
    const auto& no_list = page.at("no_list").as_object();
    EXPECT_EQ(no_list.at("problem"), "internal");
    EXPECT_EQ(no_list.at("lie"), false);
    const auto& comparison = page.at("comparison").as_object();
    EXPECT_EQ(comparison.at("complete"), false);
    ASSERT_EQ(comparison.at("holders").as_array().size(), 1U) << shown.output;
    const auto& holder = comparison.at("holders").at(0).as_object();
    EXPECT_EQ(holder.at("problem"), "receipt_invalid");
    EXPECT_EQ(holder.at("lie"), true);
    EXPECT_FALSE(holder.contains("holder")) << "who it was, nobody has proven";
}

// An order that is in the log, and an answer of its holder to something else. It has a name.
TEST_F(ShownListTest, AnswerThatDoesNotFitAndNoList) {
    const auto shown = show(order_and_answer({}), no(Code::internal), {"--compare", "--json"});
    EXPECT_EQ(shown.status, 1) << shown.output;
    const auto page = json_of(shown);
    ASSERT_TRUE(page.contains("comparison")) << shown.output;
    const auto& holder = page.at("comparison").at("holders").at(0).as_object();
    EXPECT_EQ(holder.at("problem"), "answer_invalid");
    EXPECT_EQ(holder.at("lie"), true);
    EXPECT_EQ(holder.at("holder"), "06990014");
    const auto to_another = order_and_answer(
        {.answer = [](Hash& entry, wire::Head&) { entry = crypto::random_hash(); }});
    const auto words = show(to_another, no(Code::internal));
    EXPECT_EQ(words.status, 1) << words.output;
    EXPECT_TRUE(says(words, a_lie_is_found)) << words.output;
    EXPECT_TRUE(says(words, "answer_invalid")) << words.output;
}

// Its word alone is "no answer": with a list and without.
TEST_F(ShownListTest, ABareWordOfALieIsNoLie) {
    for (const auto code : {Code::receipt_invalid, Code::answer_invalid}) {
        const auto nothing = show(no(code), no(Code::internal));
        EXPECT_EQ(nothing.status, 3) << nothing.output;
        EXPECT_FALSE(says(nothing, a_lie_is_found)) << nothing.output;
        const auto no_list = show(no(code), no(code), {});
        EXPECT_EQ(no_list.status, 3) << no_list.output;
        const auto listed = show(no(code), &empty_list, {"--compare", "--json"});
        EXPECT_EQ(listed.status, 3) << listed.output;
        const auto page = json_of(listed);
        ASSERT_TRUE(page.contains("comparison")) << listed.output;
        const auto& holder = page.at("comparison").at("holders").at(0).as_object();
        EXPECT_EQ(holder.at("problem").as_string(), wire::info(code).name);
        EXPECT_EQ(holder.at("lie"), false);
    }
}

TEST_F(ShownListTest, ALieIsOneWithAListToo) {
    const auto shown = show(forged_receipt(), &empty_list);
    EXPECT_EQ(shown.status, 1) << shown.output;
    EXPECT_TRUE(says(shown, a_lie_is_found)) << shown.output;
    EXPECT_TRUE(says(shown, "who looked")) << shown.output;
    // The list itself: something came in its place that nobody has signed.
    const auto rubbish = [](PretendRelay&, const std::string&) { return json_response("{}"); };
    EXPECT_EQ(show(no(Code::no_link), rubbish, {}).status, 1);
    const auto both = json_of(show(forged_receipt(), rubbish, {"--compare", "--json"}));
    ASSERT_TRUE(both.contains("no_list"));
    EXPECT_EQ(both.at("no_list").at("lie"), true);
}

TEST_F(ClientTest, FindsNoRelay) {
    const auto heard = hear();
    ASSERT_FALSE(heard);
    EXPECT_EQ(heard.error().detail, "refused");
    expect_code(heard.error().code, Code::unavailable);
}

// The relay has answered and nobody heard it: the same bytes bring the same order.
TEST_F(ErrorsTest, LostReplyIsAskedForOnceMore) {
    const auto before = log_size();
    const BadLine line(country().port(), {{.exchange = 1}});
    const auto directory = line.directory(country());
    const auto heard = wait_for(ask_once(directory, clinic(), card_question(card_subject(sato))));
    ASSERT_TRUE(heard) << wire::info(heard.error().code).name << " " << heard.error().detail;
    EXPECT_EQ(heard->receipt->index, static_cast<std::uint64_t>(before));
    EXPECT_EQ(log_size(), before + 1);
    EXPECT_EQ(line.connections(), 2);
}

TEST_F(ErrorsTest, LostReplyIsNotAskedForForEver) {
    const auto before = log_size();
    const BadLine line(country().port(), {{.exchange = 1}, {.exchange = 1}});
    const auto directory = line.directory(country());
    const auto heard = wait_for(ask_once(directory, clinic(), card_question(card_subject(sato))));
    ASSERT_FALSE(heard);
    expect_code(heard.error().code, Code::unavailable);
    EXPECT_EQ(heard.error().detail, "closed");
    EXPECT_EQ(log_size(), before + 1);
    EXPECT_EQ(line.connections(), 2);
}

// A connection that was kept and is gone when the next request comes.
TEST_F(ErrorsTest, KeptConnectionMayEnd) {
    const auto before = log_size();
    const BadLine line(country().port(), {{.exchange = 2, .relay_hears = false}});
    const auto directory = line.directory(country());
    const auto ask_twice =
        [](const wire::Directory& of,
           std::vector<client::Ask> asks) -> Task<std::vector<client::Result<client::Answered>>> {
        client::Asker asker(of, clinic());
        std::vector<client::Result<client::Answered>> out;
        for (auto& one : asks)
            out.push_back(co_await asker.ask(std::move(one)));
        co_return out;
    };
    const auto heard = wait_for(ask_twice(
        directory, {card_question(card_subject(sato)), card_question(card_subject(sato))}));
    for (const auto& answered : heard)
        EXPECT_TRUE(answered) << answered.error().detail;
    EXPECT_EQ(log_size(), before + 2);
    EXPECT_EQ(line.connections(), 2);
}

// Through the real relay: a holder that signs what each test wants.
class LyingHolderTest : public ErrorsTest {
  protected:
    static void SetUpTestSuite() { country().kill9("gateway-2"); }
    static void TearDownTestSuite() { country().start("gateway-2"); }

    // To this entry, or to the one that was asked about.
    static PretendGateway answers(const std::string& data, std::optional<Hash> entry = {}) {
        return PretendGateway(
            country(), "gateway-2", {"06990014"}, [data, entry](const std::string& body) {
                const auto& receipt = valid(wire::parse_delivery(body)).receipt;
                const auto order = valid(wire::parse_order(receipt.order));
                const auto head = valid(wire::parse_head(order.head)).head;
                const auto asked = wire::order_entry(receipt.salt, receipt.order);
                return delivery_response(
                    {.outcome = wire::Outcome::answered,
                     .answer =
                         holder_answer(country(), "06990014", entry.value_or(asked), head, data),
                     .reason = {}});
            });
    }
};

TEST_F(LyingHolderTest, AnswerToAnotherOrder) {
    const auto gateway = answers(eligibility_document("2026-11-22"), crypto::random_hash());
    const auto heard = wait_for(ask_once(country().directory(), clinic(), question(sato)));
    ASSERT_FALSE(heard);
    expect_code(heard.error().code, Code::answer_invalid);
}

// Signed, sealed and to the right order: what it says must still be an answer to the question.
TEST_F(LyingHolderTest, DocumentThatIsNoAnswer) {
    const auto check = [] {
        return country().cli({"check", "--health-number", sato.health_care_number, "--birth-date",
                              sato.birth_date, "--on", "2026-11-22"});
    };
    const auto good = eligibility_document("2026-11-22");
    {
        const auto gateway = answers(good);
        const auto heard = check();
        EXPECT_EQ(heard.status, 1) << heard.output;
        EXPECT_NE(heard.output.find("資格なし"), std::string::npos) << heard.output;
    }
    const std::string nothing_to_show =
        R"({"on":"2026-11-22","result":"insured","payers":[{"rank":1,"share_percent":30,)"
        R"("guarantee":true,"special_payment":false,"symbol":"42","number":"77","branch":"00",)"
        R"("coverage":{"resourceType":"Coverage"}}]})";
    for (const auto& document : {eligibility_document("2026-11-21"), std::string("{}"),
                                 replaced(good, "not_on_this_date", "perhaps"), nothing_to_show}) {
        const auto gateway = answers(document);
        expect_said(check(), Code::answer_invalid);
    }
}

TEST_F(ErrorsTest, CardsAtTheCounter) {
    const auto check = [](const std::string& card, const std::string& pin) {
        return country().cli({"check", "--card", card, "--pin", pin});
    };
    expect_said(check("nobody", "1234"), Code::card_missing);
    const auto first = check(tokubetsu.card, "0000");
    expect_said(first, Code::pin_wrong);
    EXPECT_NE(first.output.find("Tries left: 2"), std::string::npos) << first.output;
    EXPECT_EQ(first.status, 3);
    // The right PIN sets the counter back.
    EXPECT_EQ(check(tokubetsu.card, "1234").status, 0);
    for (const std::string left : {"2", "1"}) {
        const auto wrong = check(tokubetsu.card, "0000");
        expect_said(wrong, Code::pin_wrong);
        EXPECT_NE(wrong.output.find("Tries left: " + left), std::string::npos) << wrong.output;
    }
    expect_said(check(tokubetsu.card, "0000"), Code::card_locked);
    expect_said(check(tokubetsu.card, "1234"), Code::card_locked);
    expect_said(check("sato-2", "1234"), Code::card_revoked);
    expect_said(check("ninkei", "1234"), Code::card_expired);
}

// Every program that reads the directory refuses one that the supervising authority did not sign.
TEST_F(ErrorsTest, DirectoryNotSigned) {
    const auto& places = country().places();
    const auto honest = *read_file(places.directory());
    const auto jws = valid(crypto::parse_jws(honest, {.bytes_max = honest.size()}));
    const auto stranger = crypto::PrivateKey::generate(crypto::KeyType::p256);
    const auto forged = crypto::sign_jws(
        wire::directory_type,
        {.key_id = base64url(stranger.public_key().thumbprint()), .certificate = {}}, jws.payload,
        stranger);
    auto altered = honest;
    const auto middle = honest.find('.') + 100;
    altered[middle] = altered[middle] == 'A' ? 'B' : 'A';
    const auto path = country().path("other-directory.jws");
    // A state folder of its own: the running relay holds the lock of the other.
    const auto state = country().path("other-state");
    std::filesystem::create_directories(state);
    for (const auto& text : {forged, altered, std::string("no directory"), std::string()}) {
        replace_file(path, as_bytes(text));
        for (const std::string program : {"relay", "gateway-1"}) {
            auto config = replaced(*read_file(places.config(program)), places.directory(), path);
            config = replaced(config, places.state() + "/relay", state);
            const auto config_path = country().path("other.toml");
            replace_file(config_path, as_bytes(config));
            const auto refused =
                country().serve(program == "relay" ? "mado-relay" : "mado-gateway", config_path);
            expect_said(refused, Code::directory_invalid);
            EXPECT_EQ(refused.status, 2);
        }
    }
}

}  // namespace mado::tests
