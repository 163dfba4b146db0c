// Who may ask what at a window, and a decision on its way there and back; the relay and the card
// are pretended.
#include "routes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/file.hpp"
#include "base/temp_folder.hpp"
#include "crypto/digest.hpp"
#include "crypto/jwe.hpp"
#include "crypto/other_names.hpp"
#include "http/form.hpp"
#include "letters.hpp"
#include "numbers.hpp"
#include "orders.hpp"
#include "renew_words.hpp"
#include "site/pages.hpp"
#include "site/test_site.hpp"
#include "status_page.hpp"
#include "stop_page.hpp"
#include "test_issuer.hpp"

namespace mado::issuer {
namespace {

using http::Request;
using http::Response;
using site::Fields;

constexpr std::int64_t day_s = 86'400;

site::Options options_of(const site::Basis& basis, const Log& log) {
    return {.basis = basis,
            .log = log,
            .redirect_uri = std::string(site::test_origin) + "/login/back",
            .agent = site::test_agent,
            .purpose = wire::code_id("own-view"),
            .texts = {},
            .places = {{.path = "/", .name = {"窓口", "Window", "まどぐち"}},
                       {.path = site::sessions_path, .name = {"s", "s", "s"}}},
            .style = "window"};
}

class WindowTest : public site::SiteFixture {
  protected:
    WindowTest() {
        replace_file(folder.path("store.key"), Bytes(32, 7), 0600);
        store.emplace(folder.path("issuer.sqlite"), folder.path(""), schemes);
        book.emplace(folder.path("book.sqlite"));
        // The authority of the clerk's card, and the directory's own names.
        basis.directory.card_authorities.push_back(authority);
        const auto key = relay_sealing_key.public_key();
        const auto of_relay =
            std::ranges::find(basis.directory.participants, "relay",
                              [](const wire::Participant& one) { return one.id.text(); });
        of_relay->sealing_keys.clear();
        of_relay->sealing_keys.emplace(wire::kid_of(relay_sealing_key), key);
        set_clerks({"window", "approver"});
        open(options_of(basis, log), [this](site::Site& of) { return begin(of); });
        cookies = cookie_in(1);  // the card wire::filled(2)
    }
    ~WindowTest() override { server.reset(); }

    std::vector<http::Route> begin(site::Site& of) {
        clerks.emplace(folder.path("clerks.json"));
        parties.emplace(Parties{.directory = basis.directory,
                                .schemes = schemes,
                                .authority = wire::participant_id("ca")});
        worker.emplace(io, *store, *parties, basis.policy, Sender{}, log);
        cards.emplace(*store, basis.directory.card_authorities, Secret(Bytes(32, 5)),
                      [](CaseId) {});
        looks.emplace(*book, *store, basis.directory, basis.policy, "centre");
        deciding.emplace(Deciding{.site = of,
                                  .clerks = *clerks,
                                  .schemes = schemes,
                                  .store = *store,
                                  .worker = *worker,
                                  .parties = *parties,
                                  .sealing_key = sealing_key,
                                  .looks = *looks,
                                  .relay = relay_of_test(),
                                  .nonce = [this] { return next_nonce(); }});
        office.emplace(Office{.site = of,
                              .clerks = *clerks,
                              .schemes = schemes,
                              .store = *store,
                              .worker = *worker,
                              .deciding = *deciding,
                              .questions = questions,
                              .cards = *cards,
                              .book = *book,
                              .looks = *looks,
                              .name = "centre",
                              .telephones = {.hotline = "050-0000-0000",
                                             .windows = {{"992011", "A市 050-0000-0011"}}}});
        return routes(*office);
    }

    // In which ways a case's person was shown.
    std::multiset<LookWay> shown(const std::string& number) {
        std::multiset<LookWay> out;
        for (const auto& look :
             book->looks(store->find(*store->find(number)).one.numbers.issuing, 100))
            out.insert(*wire::look_way_from(look.way));
        return out;
    }

    void set_clerks(const std::vector<std::string>& roles, const std::string& municipality = {}) {
        json::array names;
        for (const auto& role : roles)
            names.emplace_back(role);
        json::object one{{"name", "taro"},
                         {"card", base64url(wire::filled(2))},
                         {"signing", base64url(signing_card.thumbprint())},
                         {"roles", std::move(names)}};
        if (!municipality.empty()) one["municipality"] = municipality;
        replace_file(folder.path("clerks.json"),
                     as_bytes(json::serialize(json::object{{"clerks", json::array{one}}})));
        clerks.emplace(folder.path("clerks.json"));
    }

    // ---- the relay ----

    http::Task<client::Result<std::string>> next_nonce() {
        co_return "nonce-" + std::to_string(++nonces);
    }
    Sender relay_of_test() {
        return {
            .prepare =
                [this](const client::Ask& ask) {
                    asked_of_relay.push_back(ask);
                    return client::Prepared{
                        .body = wire::request_json(
                            {.head = "the-head", .subject = ask.subject, .payload = ask.payload}),
                        .seal_to = crypto::PrivateKey::generate(crypto::KeyType::p256),
                        .expires = unix_now() + 60};
                },
            .send = [this](client::Prepared) { return said_by_relay(); }};
    }
    client::Task<client::Result<client::Answered>> said_by_relay() {
        if (meanwhile) meanwhile();
        if (relay_refuses) co_return std::unexpected(client::Problem{*relay_refuses, {}, {}, {}});
        client::Answered out{.answer = {.act = wire::Act::ask,
                                        .issuer = wire::participant_id("relay"),
                                        .audience = {},
                                        .order = {},
                                        .issued_at = unix_now(),
                                        .service = wire::service_id("signature"),
                                        .as_of = 0,
                                        .data = {}},
                             .receipt = {},
                             .order = {}};
        out.answer.signed_form = "the-relays-answer";
        if (asked_of_relay.back().service.text() == card_standing_service) {
            out.answer.data = standings_of(asked_of_relay.back().payload);
        }
        co_return out;
    }

    // Of each certificate that it was asked about, as the test says.
    json::object standings_of(const std::string& payload) {
        const auto opened = crypto::decrypt_jwe(payload, relay_sealing_key);
        json::array out;
        for (const auto& value :
             parse_json_object(as_text(*opened))->at("certificates").as_array()) {
            const auto der = parse_base64url(std::string_view(value.as_string()));
            out.push_back(json::object{{"certificate", base64url(crypto::sha256(*der))},
                                       {"standing", standing_said},
                                       {"registered", is_registered}});
        }
        return {{"cards", std::move(out)}};
    }

    client::Task<client::Result<std::vector<client::Question>>> questions_of_test() {
        co_return asked_of_us;
    }
    client::Task<client::Result<client::QuestionState>> take_answer(
        client::AnswerToQuestion answer) {
        answered.push_back(answer);
        co_return client::QuestionState{.id = answer.question, .deadline = 9};
    }
    // About a request with that `operator` in its head.
    client::Question question_about(const std::string& jti, const Hash& commitment) {
        const auto key = crypto::PrivateKey::generate(crypto::KeyType::p256);
        const wire::Head head{.issuer = wire::participant_id("issuer"),
                              .audience = wire::participant_id("relay"),
                              .jti = jti,
                              .issued_at = 100,
                              .expires = 160,
                              .to = {.holder = wire::participant_id("06990014"), .kind = {}},
                              .service = wire::service_id("existence"),
                              .purpose = wire::code_id("issuing"),
                              .seal_to = key.public_key(),
                              .parameters = {},
                              .payload_hash = {},
                              .person_operator = commitment};
        client::Question out;
        out.state = {.id = "question-1", .deadline = 9};
        out.text = "Why?";
        out.request = wire::valid(wire::parse_head(wire::sign_head(head, "kid", key)));
        return out;
    }

    // ---- the page ----

    Response ask(const std::string& path, const json::object& body) {
        Request request;
        request.method = "POST";
        request.path = path;
        request.content_type = "application/json";
        request.body = json::serialize(body);
        request.headers = {
            {"Origin", site::test_origin}, {"Sec-Fetch-Site", "same-origin"}, {"Cookie", cookies}};
        return send(std::move(request));
    }
    json::object answer(const std::string& path, const json::object& body) {
        const auto response = ask(path, body);
        EXPECT_EQ(response.status, 200) << path << response.body;
        return *parse_json_object(response.body,
                                  {.text_bytes_max = 1024 * 1024, .values_max = 10'000});
    }
    // Its lines do not fit one another any more.
    void break_case(CaseId id) {
        db::Connection(folder.path("issuer.sqlite"), db::Access::read_write)
            .run("update happening set line = line + 100 where issue = " + std::to_string(id));
        // Until then it is remembered.
        store.emplace(folder.path("issuer.sqlite"), folder.path(""), schemes);
    }
    // Claim 0 is written otherwise.
    CaseId case_to_settle() {
        const auto id = store->open({.numbers = draw_numbers(schemes)}, {.at = 1});
        for (const auto& what :
             std::vector<Happening>{test_application(schemes), Sent{{OrderKind::confirm, 0}},
                                    WritesOtherwise{0, writing}}) {
            EXPECT_TRUE(store->add(id, what, {.at = 2}));
        }
        return id;
    }
    json::object begin_decision(CaseId id, bool same_person = true) {
        const auto out = answer(
            "/cases/decide",
            {{"number", store->find(id).number}, {"claim", 0}, {"same_person", same_person}});
        EXPECT_EQ(text_at(out, "agent"), std::string(site::test_agent) + "/sign");
        return out.at("form").as_object();
    }
    // As the clerk's card and the agent do it; `change` before it is signed.
    Fields signed_answer(const json::object& form,
                         const std::function<void(wire::Mandate&)>& change = nullptr) const {
        const auto payload =
            crypto::encrypt_jwe(as_bytes(text_at(form, "document")), sealing_key.public_key());
        const auto now = unix_now();
        wire::Mandate mandate{.audience = wire::participant_id(text_at(form, "aud")),
                              .organisation = wire::participant_id(text_at(form, "client_id")),
                              .kind = wire::MandateKind::application,
                              .scope = {wire::service_id(text_at(form, "scope"))},
                              .nonce = text_at(form, "nonce"),
                              .issued_at = now,
                              .expires = now + 600,
                              .stop = {}};
        mandate.payload_hashes = {crypto::sha256(as_bytes(payload))};
        if (change) change(mandate);
        http::Form inner;
        inner.set("mandate",
                  crypto::sign_jws(wire::mandate_type,
                                   {.key_id = {}, .certificate = signing_card.thumbprint()},
                                   as_bytes(wire::mandate_payload(mandate)), signing_key));
        inner.set("payload", payload);
        inner.set("certificate", base64url(signing_card.der()));
        const auto jwk = parse_base64url(text_at(form, "seal_to"));
        const auto key = crypto::PublicKey::from_jwk(*parse_json_object(as_text(*jwk)));
        return {{"response", crypto::encrypt_jwe(as_bytes(http::form_text(inner)), *key)},
                {"state", text_at(form, "state")}};
    }
    std::string outcome_of(const Fields& fields) {
        EXPECT_EQ(text(post("/decision/finish", fields, cookies)), "/");
        const auto back = answer("/cases/returned", {});
        EXPECT_TRUE(answer("/cases/returned", {}).empty()) << "once";
        return text_at(back, "outcome");
    }
    std::string finding(CaseId id) {
        return std::string(to_text(store->find(id).one.claims[0].finding));
    }

    // ---- a card of another authority's, whose keys are both there ----

    std::string open_existing() {
        const auto number = text_at(answer("/cases/open", {{"kind", "existing"}}), "number");
        EXPECT_EQ(apply(number).status, 200);
        return number;
    }
    Response apply(const std::string& number) {
        auto happening = happening_json(test_application(schemes));
        return ask("/cases/act", {{"number", number}, {"happening", std::move(happening)}});
    }
    // As the agent does it with the address that the window leads to.
    Fields proven(const std::string& number,
                  const std::function<void(wire::Mandate&)>& change = nullptr) {
        const auto to = text_at(answer("/cases/sign", {{"number", number}}), "to");
        const auto at = to.find('?');
        EXPECT_EQ(to.substr(0, at), std::string(site::test_agent) + "/authorize");
        const auto form = *http::parse_form(to.substr(at + 1));
        const auto now = unix_now();
        wire::Mandate mandate{
            .audience = wire::participant_id(std::string(form.text("aud"))),
            .organisation = wire::participant_id(std::string(form.text("client_id"))),
            .kind = *wire::parse_mandate_kind(form.text("kind")),
            .scope = {wire::service_id(std::string(form.text("scope")))},
            .nonce = std::string(form.text("nonce")),
            .issued_at = now,
            .expires = now + 100,
            .stop = {}};
        if (change) change(mandate);
        http::Form inner;
        inner.set("mandate",
                  crypto::sign_jws(wire::mandate_type,
                                   {.key_id = {}, .certificate = log_in_card.thumbprint()},
                                   as_bytes(wire::mandate_payload(mandate)), log_in_key));
        inner.set("certificate", base64url(log_in_card.der()));
        const auto jwk = parse_base64url(form.text("seal_to"));
        const auto key = crypto::PublicKey::from_jwk(*parse_json_object(as_text(*jwk)));
        return {{"response", crypto::encrypt_jwe(as_bytes(http::form_text(inner)), *key)},
                {"state", std::string(form.text("state"))}};
    }
    json::object form_of(const std::string& number) {
        return answer("/cases/sign", {{"number", number}}).at("form").as_object();
    }
    // The card that signs documents: one that says who it is of.
    void take_card_of(const std::string& name, const std::string& day) {
        const std::string arc = "1.2.392.200149.8.5.5.";
        signing_card = crypto::issue_with_names(request_for(crypto::CertificateUse::signing),
                                                {{arc + "1", name},
                                                 {arc + "3", "2"},
                                                 {arc + "4", day},
                                                 {arc + "5", "九十九県A市本町1丁目2番3号"}},
                                                signing_key.public_key(), authority, authority_key);
    }
    // ---- a renewal from home ----

    // Of somebody whose card has both of these keys.
    CaseId person_with_card() {
        const auto numbers = draw_numbers(schemes);
        const auto application = test_application(schemes);
        store->take_on({{numbers,
                         {.person = application.person,
                          .claims = application.claims,
                          .certificates = {{Use::authentication, base64url(log_in_card.der())},
                                           {Use::signing, base64url(signing_card.der())}},
                          .chip = "AAECAwQFBgc"}}},
                       {.at = 1});
        office->renewal_s = 100'000;
        return *store->find_given(numbers.health_care);
    }
    std::string log_in(std::uint8_t mandate) {
        return "__Host-mado=" + in(mandate, log_in_card.thumbprint());
    }
    std::string stage(const std::string& login) {
        const auto shown = get("/renew", {}, {{"Cookie", login}, {"Accept", "application/json"}});
        const auto object = parse_json_object(shown.body);
        return object ? text_at(*object, "stage") : shown.body;
    }
    json::object renewal_form(const std::string& login) {
        auto request = form("/renew/begin", {{"lang", "ja"}}, login);
        request.headers.push_back({"Accept", "application/json"});
        const auto begun = parse_json_object(send(std::move(request)).body);
        return begun ? begun->at("form").as_object() : json::object();
    }
    void sign_renewal(const std::string& login) {
        EXPECT_EQ(text(post("/renew/finish", signed_answer(renewal_form(login)), login)), "/renew");
    }
    // To the agent, for the session with the card; or back to where it stands.
    bool may_write(const std::string& login) {
        return to(post("/renew/card", {{"lang", "ja"}}, login)).starts_with(site::test_agent);
    }

    // ---- by a slip, with whose birth date it is ----

    std::string slip_of(CaseId person) {
        const json::object body{{"number", store->find(person).number},
                                {"happening", {{"what", "new_slip"}}}};
        return text_at(answer("/cases/act", body), "stop_code");
    }
    // An application that was taken in so long ago.
    CaseId case_since(std::int64_t past_s) {
        const By by{.at = unix_now() - past_s, .clerk = "sato"};
        const auto id = store->open({.numbers = draw_numbers(schemes)}, by);
        EXPECT_TRUE(store->add(id, test_application(schemes), by));
        return id;
    }
    Response by_slip(const std::string& path, const std::string& code,
                     const std::string& lang = "en") {
        return post(
            path, {{"lang", lang}, {"code", code}, {"year", "1986"}, {"month", "5"}, {"day", "1"}});
    }
    void expect_shown(const Response& response, const std::vector<std::string>& words,
                      const std::vector<std::string>& not_these = {}) {
        for (const auto& one : words)
            EXPECT_TRUE(shows(response, one)) << one << "\n" << response.body;
        for (const auto& one : not_these)
            EXPECT_FALSE(shows(response, one)) << one << "\n" << response.body;
    }
    void done(CaseId id, OrderName order) {
        EXPECT_TRUE(store->add(id, Sent{order}, {.at = 3})) << to_text(order.kind);
        EXPECT_TRUE(store->add(id, Done{order}, {.at = 3})) << to_text(order.kind);
    }
    // Of somebody whose card of another authority's was registered, with that code on the slip.
    CaseId person_with_foreign_card(const std::string& code) {
        const auto id =
            store->open({.numbers = draw_numbers(schemes), .kind = Kind::existing}, {.at = 1});
        const Requested signed_by{
            .application = "{}",
            .certificates = {{Use::authentication, base64url(log_in_card.der())}}};
        for (const auto& what : std::vector<Happening>{
                 test_application(schemes), signed_by, Sent{{OrderKind::confirm, 0}},
                 Confirmed{0, "answer", 1, true}, Sent{{OrderKind::confirm, 1}},
                 Confirmed{1, "answer", 1, true}}) {
            EXPECT_TRUE(store->add(id, what, {.at = 2})) << what.index();
        }
        done(id, link_order);
        EXPECT_TRUE(store->add(id, HandedOver{store->stop_index(code)}, {.at = 3}));
        done(id, activate_order);
        return id;
    }
    // A stop that the relay has taken.
    CaseId stopped(CaseId person) {
        const auto id = store->open(person, {.kind = Kind::stop, .reason = "lost"}, {.at = 2});
        EXPECT_TRUE(id);
        const auto count = store->find(*id).one.before.size();
        for (std::size_t i = 0; i < count; ++i)
            done(*id, of_place(OrderKind::stop, i));
        return *id;
    }
    // A renewal that its owner has just signed, and the register has confirmed.
    CaseId renewal_to_write(CaseId person, const std::string& login) {
        sign_renewal(login);
        const auto id = store->of_person(person).back();
        EXPECT_EQ(store->find(id).one.kind, Kind::renewal);
        EXPECT_TRUE(store->add(id, Sent{{OrderKind::confirm, 0}}, {.at = 2}));
        EXPECT_TRUE(store->add(id, Confirmed{0, "answer", 1, true}, {.at = 2}));
        return id;
    }
    // Every place for a session with a card is taken, by people who wait for their first one.
    void take_all_card_sessions() {
        for (int i = 0; i < 64; ++i) {
            const auto id = store->open({.numbers = draw_numbers(schemes)}, {.at = 1});
            auto application = test_application(schemes);
            application.claims.resize(1);
            application.claims[0].number = test_resident(schemes, "992011");
            for (const auto& what : std::vector<Happening>{
                     application, Sent{{OrderKind::confirm, 0}}, Confirmed{0, "answer", 1, true},
                     Sent{link_order}, Done{link_order}}) {
                ASSERT_TRUE(store->add(id, what, {.at = 2})) << what.index();
            }
            ASSERT_TRUE(cards->begin(id, "taro", unix_now()));
        }
    }

    Case case_of(const std::string& number) { return store->find(*store->find(number)).one; }

    static crypto::CertificateRequest request_for(crypto::CertificateUse use) {
        return {.use = use,
                .common_name = "test",
                .not_before = unix_now() - 100,
                .not_after = unix_now() + 10'000};
    }

    const std::string writing =
        R"({"verdict":"variant","current":true,"rules":[],"attributes":{"name":)"
        R"({"verdict":"variant","rules":["ivs"],"writing":"厚勞 花子"}}})";
    TempFolder folder;
    wire::Schemes schemes = test_schemes();
    crypto::PrivateKey authority_key = crypto::PrivateKey::generate(crypto::KeyType::p256);
    crypto::Certificate authority =
        crypto::self_signed(request_for(crypto::CertificateUse::authority), authority_key);
    crypto::PrivateKey signing_key = crypto::PrivateKey::generate(crypto::KeyType::p384);
    crypto::Certificate signing_card =
        crypto::issue(request_for(crypto::CertificateUse::signing), signing_key.public_key(),
                      authority, authority_key);
    crypto::PrivateKey log_in_key = crypto::PrivateKey::generate(crypto::KeyType::p256);
    crypto::Certificate log_in_card =
        crypto::issue(request_for(crypto::CertificateUse::authentication), log_in_key.public_key(),
                      authority, authority_key);
    crypto::PrivateKey relay_sealing_key = crypto::PrivateKey::generate(crypto::KeyType::p256);
    std::string standing_said = "good";
    bool is_registered = false;
    crypto::PrivateKey sealing_key = crypto::PrivateKey::generate(crypto::KeyType::p256);
    std::optional<Store> store;
    std::optional<Clerks> clerks;
    std::optional<Parties> parties;
    std::optional<Worker> worker;
    std::optional<CardSessions> cards;
    std::optional<Book> book;
    std::optional<Looks> looks;
    std::optional<Deciding> deciding;
    std::optional<Office> office;
    QuestionsAtRelay questions{
        .list = [this] { return questions_of_test(); },
        .answer =
            [this](client::AnswerToQuestion answer) { return take_answer(std::move(answer)); }};
    std::vector<client::Question> asked_of_us;
    std::vector<client::AnswerToQuestion> answered;
    std::string cookies;
    int nonces = 0;
    std::vector<client::Ask> asked_of_relay;
    std::optional<wire::Code> relay_refuses;
    std::function<void()> meanwhile;
};

TEST_F(WindowTest, EachPathIsForItsRoles) {
    const auto number = store->find(case_to_settle()).number;
    const auto batch = store
                           ->open_first({test_application(schemes)},
                                        [this] { return draw_numbers(schemes); }, {.at = 1})
                           .front();
    const std::vector<std::pair<std::string, json::object>> all{
        {"/cases/open", {}},
        {"/cases/day", {}},
        {"/cases/batches", {}},
        {"/cases/letters", {{"batch", batch}}},
        {"/people/find", {{"number", number}}},
        {"/cases/show", {{"number", number}}},
        {"/cases/looks", {{"number", number}}},
        {"/cases/act",
         {{"number", number}, {"happening", {{"what", "cancelled"}, {"reason", "r"}}}}},
        {"/cases/decide", {{"number", number}, {"claim", 0}, {"same_person", true}}},
        {"/cases/returned", {}},
        {"/questions/list", {}},
        {"/questions/answer", {{"id", "q"}, {"text", "t"}}}};
    const auto allowed = [&](const std::string& role) {
        set_clerks({role});
        std::string out;
        for (const auto& [path, body] : all) {
            const auto response = ask(path, body);
            if (response.status != 403) out += path.substr(path.rfind('/') + 1) + " ";
            EXPECT_TRUE(response.status == 200 || response.status == 403 ||
                        response.body == "no_question")
                << path << role << response.body;
            if (response.status == 403) {
                EXPECT_NE(response.body.find("not_allowed"), std::string::npos) << response.body;
            }
        }
        return out;
    };
    EXPECT_EQ(allowed("hotline"), "find show ");
    EXPECT_EQ(allowed("supervisor"), "looks list answer ");
    EXPECT_EQ(allowed("approver"), "day find show decide returned ");
    EXPECT_EQ(allowed("window"), "open day batches letters find show act returned ");
    cookies.clear();
    EXPECT_EQ(ask("/cases/day", {}).status, 401) << "nobody is logged in";
}

// 992011 is where she lives, and 992020 where a clerk is who has nothing to do with it.
TEST_F(WindowTest, ACaseIsDealtWithAtItsOwnMunicipality) {
    const auto id = case_to_settle();
    const auto number = store->find(id).number;
    const json::object by_number{{"number", number}};
    const json::object by_who{{"birth_date", "1986-05-01"}, {"kana", "コウロウ ハナコ"}};
    const auto listed = [&] { return answer("/cases/day", {}).at("cases").as_array().size(); };
    const auto found = [&](const json::object& by) {
        return answer("/people/find", by).at("people").as_array().size();
    };
    const auto refused = [&](const std::string& path, const json::object& more) {
        auto body = by_number;
        body.insert(more.begin(), more.end());
        const auto response = ask(path, body);
        return response.status == 409 && response.body == "other_office";
    };
    const json::object cancelled{{"happening", {{"what", "cancelled"}, {"reason", "r"}}}};
    set_clerks({"window", "approver"}, "992020");
    EXPECT_EQ(listed(), 0U);
    EXPECT_EQ(found(by_who), 0U);
    EXPECT_EQ(found(by_number), 1U) << "what the person brings";
    EXPECT_EQ(text_at(answer("/cases/show", by_number), "elsewhere"), "992011");
    EXPECT_TRUE(refused("/cases/act", cancelled));
    EXPECT_TRUE(refused("/cases/card", {}));
    EXPECT_TRUE(refused("/cases/sign", {}));
    EXPECT_TRUE(refused("/cases/decide", {{"claim", 0}, {"same_person", true}}));
    EXPECT_EQ(ask("/cases/act", {{"number", "0"}, {"happening", cancelled.at("happening")}}).body,
              "no_case");
    for (const auto* municipality : {"992011", ""}) {
        set_clerks({"window", "approver"}, municipality);
        EXPECT_EQ(listed(), 1U) << municipality;
        EXPECT_EQ(found(by_who), 1U);
        EXPECT_FALSE(answer("/cases/show", by_number).contains("elsewhere"));
        EXPECT_FALSE(refused("/cases/card", {}));
    }
    set_clerks({"hotline"});
    EXPECT_EQ(found(by_who), 1U) << "by telephone there is no slip";
    // What was begun is not ended by whom it is not for any more.
    set_clerks({"approver", "window"}, "992011");
    const auto fields = signed_answer(begin_decision(id));
    set_clerks({"approver", "window"}, "992020");
    EXPECT_EQ(text(post("/decision/finish", fields, cookies)), "/");
    EXPECT_EQ(finding(id), "otherwise");
}

// Who lives elsewhere is stopped anywhere, and served where they live; who moves says so where they
// live now.
TEST_F(WindowTest, WhoLivesElsewhereIsStoppedAnywhereAndMovesHere) {
    const auto person = person_with_card();
    const auto number = store->find(person).number;
    const auto opened = [&](const json::object& what) {
        auto body = what;
        body["person"] = number;
        const auto response = ask("/cases/open", body);
        return response.status == 200 ? text_at(*parse_json_object(response.body), "number")
                                      : response.body;
    };
    const auto act = [&](const std::string& of, const json::object& what) {
        return ask("/cases/act", {{"number", of}, {"happening", what}});
    };
    const auto listed = [&] { return answer("/cases/day", {}).at("cases").as_array().size(); };
    set_clerks({"window"}, "992020");
    EXPECT_EQ(text_at(answer("/people/find", {{"number", number}}).at("people").at(0).as_object(),
                      "elsewhere"),
              "992011");
    EXPECT_EQ(opened({{"kind", "replacement"}, {"reason", "lost"}}), "other_office");
    EXPECT_EQ(opened({{"kind", "unlock"}, {"uses", json::array{"signing"}}}), "other_office");
    EXPECT_EQ(opened({{"kind", "birth"}}), "other_office");
    EXPECT_EQ(act(number, {{"what", "new_slip"}}).body, "other_office");
    const auto change = opened({{"kind", "change"}});
    ASSERT_EQ(change.size(), 12U) << change;
    EXPECT_EQ(listed(), 1U);
    EXPECT_EQ(
        ask("/cases/open", {{"kind", "unlock"}, {"person", change}, {"uses", {"signing"}}}).body,
        "other_office")
        << "nothing else of theirs, before the register has said that they live here";
    EXPECT_EQ(act(change, {{"what", "cancelled"}, {"reason", "r"}}).status, 200);
    const auto stop = opened({{"kind", "stop"}, {"reason", "lost"}});
    ASSERT_EQ(stop.size(), 12U) << stop;
    EXPECT_EQ(listed(), 0U) << "it is in the list of where they live";
    EXPECT_EQ(answer("/cases/show", {{"number", stop}}).at("elsewhere"), "992011")
        << "where it is said that it was found";
    // What is stopped is not let work again, nor ended, here: not by the window that has stopped it
    // either, because its owner may have stopped it too since, and that opens no other case.
    for (const auto* elsewhere : {"992038", "992020"}) {
        set_clerks({"window"}, elsewhere);
        EXPECT_EQ(act(stop, {{"what", "found"}}).body, "other_office") << elsewhere;
        EXPECT_EQ(act(stop, {{"what", "given_up"}}).body, "other_office") << elsewhere;
    }
    set_clerks({"window"}, "992011");
    EXPECT_EQ(act(stop, {{"what", "found"}}).status, 200);
    set_clerks({"window"}, "992020");
    EXPECT_EQ(opened({{"kind", "stop"}, {"reason", "lost"}}), stop) << "stopped again anywhere";
    EXPECT_TRUE(is_to_do(case_of(stop), Step::stop));
    EXPECT_EQ(answer("/people/find", {{"birth_date", "1986-05-01"}, {"kana", "コウロウ ハナコ"}})
                  .at("people")
                  .as_array()
                  .size(),
              0U)
        << "nobody's number leads there";
}

// An invitation need not say where somebody is registered.
TEST_F(WindowTest, WhoIsInvitedWithoutAResidentNumberIsOfThatWindow) {
    set_clerks({"window"}, "992011");
    auto invited = application_json(test_application(schemes));
    invited["claims"] = json::array();
    EXPECT_EQ(ask("/cases/invite", {{"people", json::array{invited}}}).status, 200);
    const auto batches = [&] {
        return answer("/cases/batches", {}).at("batches").as_array().size();
    };
    EXPECT_EQ(batches(), 1U);
    set_clerks({"window"}, "992020");
    EXPECT_EQ(batches(), 0U);
}

// However many have a letter to answer: what came after them is in the day's list.
TEST_F(WindowTest, AnInvitationDoesNotHideTheDaysWork) {
    const auto one = application_json(test_application(schemes));
    for (const auto* municipality : {"992011", ""}) {
        set_clerks({"window"}, municipality);
        const auto day = [&] {
            std::vector<std::string> out;
            for (const auto& value : answer("/cases/day", {}).at("cases").as_array())
                out.push_back(text_at(value.as_object(), "number"));
            return out;
        };
        const auto before = day();
        const auto made = answer("/cases/invite", {{"people", json::array{one, one}}});
        const auto number = text_at(made.at("cases").at(0).as_object(), "number");
        EXPECT_EQ(day(), before);
        EXPECT_EQ(apply(number).status, 200);
        EXPECT_EQ(day().size(), before.size() + 1) << "with the application it is work";
        const auto all = day();
        EXPECT_NE(std::ranges::find(all, number), all.end());
        // Who came by themselves waits in it, also with a form that says who they are.
        answer("/cases/open", {});
        answer("/cases/open", {{"kind", "existing"}, {"invited", one}});
        EXPECT_EQ(day().size(), before.size() + 3);
    }
}

TEST_F(WindowTest, NobodyAppliesWhereTheyDoNotLive) {
    set_clerks({"window"}, "992020");
    const auto applied = [&](const std::string& municipality) {
        auto application = test_application(schemes);
        application.claims[0].number =
            test_number(schemes, "resident-number",
                        R"({"municipality": ")" + municipality + R"(", "number": "12345678901"})");
        return application;
    };
    const auto number = text_at(answer("/cases/open", {}), "number");
    EXPECT_EQ(answer("/cases/day", {}).at("cases").as_array().size(), 1U) << "opened here";
    const auto act = [&](const Happening& what) {
        return ask("/cases/act", {{"number", number}, {"happening", happening_json(what)}});
    };
    EXPECT_EQ(act(applied("992011")).body, "other_office");
    EXPECT_EQ(act(applied("992020")).status, 200);
    EXPECT_EQ(
        act(Corrected{
                .claim = 0, .role = Role::resident, .number = applied("992011").claims[0].number})
            .body,
        "other_office");
    const auto invited = [&](const std::string& municipality) {
        auto what = application_json(applied(municipality));
        return std::pair(ask("/cases/invite", {{"people", json::array{what}}}).status,
                         ask("/cases/open", {{"invited", what}}).status);
    };
    EXPECT_EQ(invited("992011"), std::pair(409, 409));
    EXPECT_EQ(invited("992020"), std::pair(200, 200));
    set_clerks({"window"});
    EXPECT_EQ(invited("992011"), std::pair(200, 200)) << "the centre's own";
}

// The resident number is theirs for life, and a municipality's only by where they live: whoever
// is known here by the number before gets no second card by the new one.
TEST_F(WindowTest, WhoHasMovedIsNobodyNew) {
    person_with_card();
    set_clerks({"window"}, "992020");
    const auto with = [&](const std::string& number) {
        auto out = test_application(schemes);
        out.claims[0].number =
            test_number(schemes, "resident-number",
                        R"({"municipality": "992020", "number": ")" + number + R"("})");
        return out;
    };
    const auto theirs = with("12345678901"), anothers = with("12345678902");
    for (const auto* kind : {"first", "existing"}) {
        const json::object open{{"kind", kind}};
        const auto number = text_at(answer("/cases/open", open), "number");
        const auto act = [&](const Happening& what) {
            return ask("/cases/act", {{"number", number}, {"happening", happening_json(what)}});
        };
        const auto is_first = kind == std::string("first");
        // Each time: it is a try, and the person may read of it.
        db::Connection(folder.path("book.sqlite"), db::Access::read_write).run("delete from look");
        EXPECT_EQ(act(theirs).body, is_first ? "known_person" : "has_card");
        EXPECT_EQ(
            shown(store->find(*store->find_known(theirs.claims, 0)).number).count(LookWay::known),
            1U);
        EXPECT_EQ(act(anothers).status, 200) << kind;
        const Corrected corrected{
            .claim = 0, .role = Role::resident, .number = theirs.claims[0].number};
        EXPECT_EQ(act(corrected).body, "known_person") << kind;
        auto invited = open;
        invited["invited"] = application_json(theirs);
        EXPECT_EQ(ask("/cases/open", invited).body, "known_person") << kind;
    }
    EXPECT_EQ(shown(store->find(*store->find_known(theirs.claims, 0)).number).count(LookWay::known),
              1U)
        << "who was told that somebody is known";
    // Who opens nothing hears nothing; who tries one number after the other is stopped.
    const json::object invited{{"kind", "first"}, {"invited", application_json(theirs)}};
    set_clerks({"hotline"}, "");
    EXPECT_EQ(ask("/cases/open", invited).status, 403);
    set_clerks({"window"}, "992020");
    for (int i = 0; i < 20 && ask("/cases/open", invited).body == "known_person"; ++i)
        continue;
    EXPECT_EQ(ask("/cases/open", invited).body, "searches_missed");
    const json::array people{application_json(anothers), application_json(theirs)};
    const auto batch = answer("/cases/invite", {{"people", people}});
    EXPECT_EQ(batch.at("cases").as_array().size(), 1U);
    EXPECT_EQ(batch.at("known"), json::array{2}) << "which of them";
}

// More than one answer has: the rest is asked for, the newest first, each once.
TEST_F(WindowTest, NoBatchIsLeftOutOfTheList) {
    set_clerks({"window"}, "992011");
    const json::object one{{"people", json::array{application_json(test_application(schemes))}}};
    constexpr std::size_t batches = 2 * batches_listed_max + 1;
    for (std::size_t i = 0; i < batches; ++i)
        answer("/cases/invite", one);
    std::vector<std::int64_t> seen;
    json::object from;
    for (const bool more : {true, true, false}) {
        const auto page = answer("/cases/batches", from);
        EXPECT_EQ(page.at("more").as_bool(), more);
        for (const auto& batch : page.at("batches").as_array())
            seen.push_back(batch.at("batch").as_int64());
        from["before"] = seen.back();
    }
    EXPECT_EQ(seen.size(), batches);
    EXPECT_TRUE(std::ranges::is_sorted(seen, std::ranges::greater()));
    EXPECT_EQ(std::ranges::adjacent_find(seen), seen.end());
    EXPECT_TRUE(answer("/cases/batches", from).at("batches").as_array().empty());
    set_clerks({"window"});
    EXPECT_EQ(
        answer("/cases/batches", {{"before", seen.back() + 1}}).at("batches").as_array().size(),
        1U);
    EXPECT_EQ(ask("/cases/batches", {{"before", 0}}).status, 400);
    EXPECT_EQ(ask("/cases/batches", {{"before", "1"}}).status, 400);
}

// More than a day's list has: every one of them gets a letter, and each letter is a look.
TEST_F(WindowTest, ABatchHasALetterForEachWhoHasNotApplied) {
    constexpr std::size_t count = 700;
    set_clerks({"window"}, "992011");
    const auto one = application_json(test_application(schemes));
    const json::object batch_of_many{{"people", json::array(count, one)}};
    const auto invited = answer("/cases/invite", batch_of_many).at("cases").as_array();
    ASSERT_EQ(invited.size(), count);
    answer("/cases/open", {});  // who comes by themselves is in no batch
    const auto number_of = [&](std::size_t i) { return text_at(invited[i].as_object(), "number"); };
    EXPECT_EQ(apply(number_of(3)).status, 200);
    EXPECT_TRUE(store->add(*store->find(number_of(5)), Cancelled{"r"}, {.at = 2}));
    const auto batches = answer("/cases/batches", {}).at("batches").as_array();
    ASSERT_EQ(batches.size(), 1U);
    EXPECT_EQ(batches[0].at("open").as_int64(), 699);
    const json::object by{{"batch", batches[0].at("batch")}};
    const auto made = answer("/cases/letters", by);
    EXPECT_EQ(made.at("of").as_int64(), 700);
    EXPECT_EQ(made.at("unreadable").as_int64(), 0);
    const auto& letters = made.at("letters").as_array();
    ASSERT_EQ(letters.size(), 698U);
    const auto& last = letters.back().as_object();
    EXPECT_EQ(text_at(last, "number"), number_of(count - 1));
    EXPECT_EQ(last.at("person"), (json::object{{"name", "厚労 花子"},
                                               {"kana", "コウロウ ハナコ"},
                                               {"address", "九十九県A市本町1丁目2番3号"}}));
    EXPECT_GT(last.at("until").as_int64(), unix_now());
    answer("/cases/letters", by);
    const auto looks = [&](std::size_t i) { return shown(number_of(i)).count(LookWay::paper); };
    EXPECT_EQ(looks(0), 1U);
    EXPECT_EQ(looks(count - 1), 1U);
    EXPECT_EQ(looks(5), 0U) << "is shown to nobody";
    set_clerks({"window"}, "992020");
    EXPECT_TRUE(answer("/cases/batches", {}).at("batches").as_array().empty());
    EXPECT_EQ(ask("/cases/letters", by).status, 404);
    set_clerks({"window"});
    EXPECT_EQ(answer("/cases/letters", by).at("letters").as_array().size(), 698U);
    EXPECT_EQ(ask("/cases/letters", {}).status, 400);
    EXPECT_EQ(ask("/cases/letters", {{"batch", 1}, {"more", 1}}).status, 400);
    EXPECT_EQ(ask("/cases/batches", {{"more", 1}}).status, 400);
}

TEST_F(WindowTest, WhoHasLookedIsKeptOnceAnHour) {
    const auto number = store->find(case_to_settle()).number;
    set_clerks({"window", "supervisor", "approver"});
    EXPECT_TRUE(answer("/cases/looks", {{"number", number}}).at("looks").as_array().empty());
    for (int i = 0; i < 3; ++i)
        answer("/cases/show", {{"number", number}});
    answer("/cases/day", {});
    answer("/people/find", {{"number", number}});
    const auto looks = answer("/cases/looks", {{"number", number}}).at("looks").as_array();
    ASSERT_EQ(looks.size(), 4U);
    for (const auto& one : looks) {
        EXPECT_EQ(text_at(one.as_object(), "clerk"), "taro");
        EXPECT_EQ(text_at(one.as_object(), "office"), "centre");
    }
    EXPECT_EQ(shown(number),
              (std::multiset{LookWay::list, LookWay::found, LookWay::record, LookWay::known}))
        << "a supervisor who reads them is one of them";
    answer("/cases/decide", {{"number", number}, {"claim", 0}, {"same_person", true}});
    EXPECT_EQ(shown(number).count(LookWay::paper), 1U) << "a document shows it too";
    const auto person = store->find(*store->find(number)).one.numbers.issuing;
    const auto look = [&](UnixTime in, const std::string& at) {
        this->looks->write({person}, LookWay::record,
                           {.at = unix_now() + in, .clerk = "jiro", .municipality = at});
        return book->looks(person, 1).at(0);
    };
    EXPECT_EQ(look(86'400, "").office, "centre");
    EXPECT_EQ(look(2 * 86'400, "06990014").office, basis.directory.find("06990014")->name)
        << "as people call it";
    const auto last = look(3 * 86'400, "999999");
    EXPECT_EQ(last.office, "999999") << "whom the directory does not know any more";
    EXPECT_EQ(store->open_clerk(last.clerk), "jiro");
    EXPECT_EQ(as_text(last.clerk).find("jiro"), std::string_view::npos)
        << "a gateway reads the file";
    EXPECT_EQ(ask("/cases/looks", {{"number", "000000000000"}}).status, 404);
    EXPECT_EQ(ask("/cases/looks", {}).status, 400);
}

// What cannot be written down is not shown, and not done; but a card is stopped.
TEST_F(WindowTest, WithoutItsLookNothingIsShownOrDone) {
    const auto person = person_with_card();
    const auto number = store->find(person).number;
    store->open({.numbers = draw_numbers(schemes)}, {.at = 1});  // in the day's list
    set_clerks({"window"});
    db::Connection(folder.path("book.sqlite"), db::Access::read_write)
        .run(
            "create trigger planted before insert on look "
            "begin select raise(abort, 'planted'); end");
    const auto lines = store->lines(person).size();
    EXPECT_EQ(ask("/cases/show", {{"number", number}}).status, 500);
    EXPECT_EQ(ask("/cases/day", {}).status, 500);
    EXPECT_EQ(ask("/people/find", {{"number", number}}).status, 500);
    const json::object slip{{"number", number}, {"happening", {{"what", "new_slip"}}}};
    EXPECT_EQ(ask("/cases/act", slip).status, 500);
    EXPECT_EQ(store->lines(person).size(), lines) << "the slip before still counts";
    const json::object stop{{"person", number}, {"kind", "stop"}, {"reason", "lost"}};
    const json::object change{{"person", number}, {"kind", "change"}};
    EXPECT_EQ(ask("/cases/open", change).status, 500);
    EXPECT_EQ(store->of_person(person).size(), 1U);
    EXPECT_EQ(ask("/cases/open", stop).status, 500);
    EXPECT_EQ(store->of_person(person).size(), 2U) << "a stop goes always";
}

// What of somebody is open, or that they have a card, is something about them too.
TEST_F(WindowTest, ARefusalIsALookToo) {
    const auto number = store->find(person_with_card()).number;
    set_clerks({"window"});
    const json::object open{{"person", number}, {"kind", "return"}};
    EXPECT_EQ(ask("/cases/open", open).status, 200);
    db::Connection(folder.path("book.sqlite"), db::Access::read_write).run("delete from look");
    EXPECT_EQ(ask("/cases/open", open).body, "other_case");
    EXPECT_EQ(shown(number), (std::multiset{LookWay::known}));
}

TEST_F(WindowTest, ACaseThatCannotBeReadDoesNotHideTheOthers) {
    const auto whole = store->find(case_to_settle()).number;
    break_case(store->open({.numbers = draw_numbers(schemes)}, {.at = 1}));
    const auto listed = answer("/cases/day", {}).at("cases").as_array();
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_EQ(text_at(listed[0].as_object(), "number"), whole);
}

// Nobody knows whether they have applied, so it is not said that they have.
TEST_F(WindowTest, WhoseCaseCannotBeReadIsCountedBesideTheLetters) {
    const auto one = application_json(test_application(schemes));
    set_clerks({"window"});
    const json::object batch_of_three{{"people", json::array{one, one, one}}};
    const auto invited = answer("/cases/invite", batch_of_three).at("cases").as_array();
    ASSERT_EQ(invited.size(), 3U);
    const auto number_of = [&](std::size_t i) { return text_at(invited[i].as_object(), "number"); };
    EXPECT_TRUE(store->add(*store->find(number_of(0)), Cancelled{"r"}, {.at = 2}));
    break_case(*store->find(number_of(1)));
    const auto batches = answer("/cases/batches", {}).at("batches").as_array();
    ASSERT_EQ(batches.size(), 1U);
    const auto made = answer("/cases/letters", {{"batch", batches[0].at("batch")}});
    const auto& letters = made.at("letters").as_array();
    ASSERT_EQ(letters.size(), 1U);
    EXPECT_EQ(text_at(letters[0].as_object(), "number"), number_of(2));
    EXPECT_EQ(made.at("of").as_int64(), 3);
    EXPECT_EQ(made.at("unreadable").as_int64(), 1);
}

TEST_F(WindowTest, ADecisionComesBackSignedAndIsKept) {
    const auto id = case_to_settle();
    const auto form = begin_decision(id);
    EXPECT_EQ(text_at(form, "kind"), "application");
    EXPECT_EQ(text_at(form, "redirect_uri"), std::string(site::test_origin) + "/decision/back");
    EXPECT_EQ(text_at(form, "to"), text_at(form, "client_id"));
    const auto fields = signed_answer(form);
    EXPECT_EQ(outcome_of(fields), "decided");
    EXPECT_EQ(finding(id), "agreed");
    ASSERT_EQ(asked_of_relay.size(), 1U);
    EXPECT_EQ(asked_of_relay[0].service.text(), "decision");
    const auto line = store->lines(id).back();
    EXPECT_EQ(line.clerk, "taro");
    const auto evidence = *parse_json_object(std::get<Decided>(line.what).decision);
    EXPECT_EQ(text_at(evidence, "document"), text_at(form, "document"));
    EXPECT_EQ(text_at(evidence, "head"), "the-head");
    EXPECT_EQ(text_at(evidence, "answer"), "the-relays-answer");
    EXPECT_FALSE(text_at(evidence, "certificate").empty());
    const auto one = store->find(id).one;
    const auto claim = std::ranges::find(one.claims, Finding::agreed, &Claim::finding);
    ASSERT_NE(claim, one.claims.end());
    EXPECT_EQ(claim->decision, crypto::sha256(as_bytes(text_at(evidence, "mandate"))));
    // Once more it is nothing: no second outcome, and nobody is asked.
    EXPECT_EQ(text(post("/decision/finish", fields, cookies)), "/");
    EXPECT_TRUE(answer("/cases/returned", {}).empty());
    EXPECT_EQ(asked_of_relay.size(), 1U);
}

// Both keys of the card sign, and the clerk's log-in alone brings them back.
TEST_F(WindowTest, ACardOfAnotherAuthorityIsRegistered) {
    take_card_of("厚労　花子", "319860501");
    const auto number = open_existing();
    EXPECT_TRUE(is_to_do(case_of(number), Step::sign));
    EXPECT_EQ(outcome_of(proven(number)), "proven");
    const auto form = form_of(number);
    EXPECT_NE(text_at(form, "document").find(hex(log_in_card.serial())), std::string::npos);
    EXPECT_EQ(outcome_of(signed_answer(form)), "signed");
    const auto one = case_of(number);
    EXPECT_TRUE(one.requested);
    EXPECT_EQ(one.certificates.at(Use::authentication), base64url(log_in_card.der()));
    EXPECT_EQ(one.certificates.at(Use::signing), base64url(signing_card.der()));
    EXPECT_TRUE(is_to_do(one, Step::confirm)) << "the same writing but for a wide blank";
    const auto line = store->lines(*store->find(number)).back();
    EXPECT_EQ(line.clerk, "taro");
    const auto evidence = *parse_json_object(std::get<Requested>(line.what).application);
    EXPECT_EQ(text_at(evidence, "document"), text_at(form, "document"));
    EXPECT_EQ(text_at(evidence, "answer"), "the-relays-answer");
    EXPECT_TRUE(evidence.at("possession").as_object().contains("mandate"));
    EXPECT_EQ(nonces, 0) << "no nonce of the relay's, which would take it";
    EXPECT_EQ(ask("/cases/sign", {{"number", number}}).status, 409) << "once";
    const auto shown = answer("/cases/show", {{"number", number}});
    EXPECT_EQ(text_at(shown.at("card").as_object(), "finding"), "same");
}

TEST_F(WindowTest, ACardThatDoesNotCountIsNotRegistered) {
    take_card_of("厚労　花子", "319860501");
    const auto number = open_existing();
    const auto in_vain = [&](std::string_view of_log_in_key) {
        EXPECT_EQ(outcome_of(proven(number)), of_log_in_key);
        EXPECT_TRUE(answer("/cases/sign", {{"number", number}}).contains("to"));
    };
    for (const auto& [said, outcome] :
         {std::pair{"stopped", "stopped"}, {"expired", "stopped"}, {"unknown", "unlisted"}}) {
        standing_said = said;
        in_vain(outcome);
    }
    standing_said = "good";
    is_registered = true;
    in_vain("registered");
    is_registered = false;
    relay_refuses = wire::Code::unavailable;
    in_vain("unavailable");
    relay_refuses.reset();
    EXPECT_EQ(outcome_of(proven(number, [](auto& one) { one.nonce = "another"; })), "not_valid");
    EXPECT_EQ(outcome_of({{"error", "access_denied"}, {"state", proven(number).at("state")}}),
              "cancelled");
    // It was good, and ends before the signing key has signed.
    EXPECT_EQ(outcome_of(proven(number)), "proven");
    const auto form = form_of(number);
    standing_said = "stopped";
    EXPECT_EQ(outcome_of(signed_answer(form)), "stopped");
    EXPECT_FALSE(case_of(number).requested);
}

TEST_F(WindowTest, TheCardSaysWhoseItIs) {
    const auto number = open_existing();
    const auto signs = [&] {
        EXPECT_EQ(outcome_of(proven(number)), "proven");
        return outcome_of(signed_answer(form_of(number)));
    };
    EXPECT_EQ(signs(), "no_words");
    take_card_of("厚労 花子", "319860502");
    EXPECT_EQ(signs(), "not_theirs");
    EXPECT_TRUE(is_to_do(case_of(number), Step::sign));
    take_card_of("厚勞 花子", "319860501");
    EXPECT_EQ(signs(), "signed");
    EXPECT_TRUE(is_to_do(case_of(number), Step::settle)) << "a clerk looks";
    const auto shown = answer("/cases/show", {{"number", number}});
    const auto& card = shown.at("card").as_object();
    EXPECT_EQ(text_at(card, "finding"), "otherwise");
    EXPECT_TRUE(card.at("writing").at("current").as_bool());
    const auto to_sign =
        answer("/cases/decide", {{"number", number}, {"claim", card_place}, {"same_person", true}});
    const auto form = to_sign.at("form").as_object();
    EXPECT_NE(text_at(form, "document").find("氏名、電子証明書: 厚勞 花子"), std::string::npos);
    set_clerks({"window", "approver"});  // who decides with the card that the test has now
    EXPECT_EQ(outcome_of(signed_answer(form)), "decided");
    EXPECT_TRUE(is_to_do(case_of(number), Step::confirm));
}

// Who has one here goes on with it: the window says so before anybody is asked anything.
TEST_F(WindowTest, WhoHasACardThatCountsRegistersNoOther) {
    const auto first =
        store->open({.numbers = draw_numbers(schemes), .kind = Kind::existing}, {.at = 1});
    const auto happen = [&](const Happening& what) {
        EXPECT_TRUE(store->add(first, what, {.at = 2})) << happening_json(what);
    };
    happen(test_application(schemes));
    happen(Requested{.application = "{}",
                     .certificates = {{Use::authentication, base64url(log_in_card.der())}}});
    for (int claim = 0; claim < 2; ++claim) {
        happen(Sent{{OrderKind::confirm, claim}});
        happen(Confirmed{claim, "answer", 1, true});
    }
    happen(Sent{link_order});
    happen(Done{link_order});
    const auto number = text_at(answer("/cases/open", {{"kind", "existing"}}), "number");
    EXPECT_EQ(apply(number).body, "known_person") << "no card counts yet";
    happen(HandedOver{"123456789012"});  // from here on it may
    const auto other = text_at(answer("/cases/open", {{"kind", "existing"}}), "number");
    const auto refused = apply(other);
    EXPECT_EQ(refused.status, 409);
    EXPECT_EQ(refused.body, "has_card");
    EXPECT_EQ(ask("/cases/open", {{"kind", "existing"}, {"person", number}}).status, 400);
}

// In the session with the card PIN and password are set anew: whoever knows the PIN, and not the
// password, gets nowhere by a renewal that the card's owner has asked for and left.
TEST_F(WindowTest, OnlyTheLogInThatHasSignedWritesTheCard) {
    const auto person = person_with_card();
    const auto owner = log_in(10), other = log_in(11);
    EXPECT_EQ(stage(owner), "begin");
    sign_renewal(owner);
    const auto id = store->of_person(person).back();
    ASSERT_EQ(store->find(id).one.kind, Kind::renewal);
    ASSERT_TRUE(store->add(id, Sent{{OrderKind::confirm, 0}}, {.at = 2}));
    ASSERT_TRUE(store->add(id, Confirmed{0, "answer", 1, true}, {.at = 2}));
    EXPECT_EQ(stage(owner), "write");
    EXPECT_EQ(stage(other), "sign_again");
    EXPECT_FALSE(may_write(other));
    // What the one has signed is not what the other one signs, and a signature is by the card.
    const auto request = store->find(id).one.request;
    const auto form = renewal_form(other);
    EXPECT_NE(text_at(form, "document").find(store->find(id).number), std::string::npos);
    const auto elsewhere = [](wire::Mandate& one) { one.nonce = "nonce-of-another"; };
    post("/renew/finish", signed_answer(form, elsewhere), other);
    EXPECT_FALSE(may_write(other));
    EXPECT_EQ(store->find(id).one.request, request);
    sign_renewal(other);
    EXPECT_NE(store->find(id).one.request, request) << "the evidence is in the case";
    EXPECT_EQ(stage(other), "write");
    EXPECT_TRUE(may_write(other));
    EXPECT_TRUE(may_write(owner));
    // The key that could sign is gone: only who has signed goes on, or who has the slip.
    const auto late = log_in(12);
    const KeysMade keys{{{Use::authentication, "key"}, {Use::signing, "key"}}, "AAECAwQFBgc"};
    ASSERT_TRUE(store->add(id, keys, {.at = 3}));
    EXPECT_EQ(stage(late), "by_slip");
    EXPECT_FALSE(may_write(late));
    EXPECT_TRUE(renewal_form(late).empty());
    EXPECT_TRUE(may_write(owner));
}

// Not how it is for somebody else: the keys of the card may be gone, or the renewal done.
TEST_F(WindowTest, ARenewalThatGoesToAWindowSaysWhetherTheCardWorks) {
    const auto person = person_with_card();
    const auto owner = log_in(10);
    const auto id = renewal_to_write(person, owner);
    const auto page = [&] { return get("/renew", "lang=en", {{"Cookie", owner}}); };
    const std::string works = "Your card goes on working as it is.",
                      gone = "so your card cannot be used now",
                      renewed = "the new certificates count.";
    const auto happen = [&](const Happening& what) {
        ASSERT_TRUE(store->add(id, what, {.at = 3})) << what.index();
    };
    const auto refused = [&](OrderName order) {
        happen(Sent{order});
        happen(Refused{order, "no"});
        EXPECT_EQ(stage(owner), "at_window") << to_text(order.kind);
    };
    happen(KeysMade{{{Use::authentication, "key"}, {Use::signing, "key"}}, "AAECAwQFBgc"});
    const auto certify = of_use(OrderKind::certify, Use::authentication);
    refused(certify);
    expect_shown(page(), {gone}, {works, renewed});
    happen(TryAgain{certify});
    for (const auto use : {Use::authentication, Use::signing}) {
        done(id, of_use(OrderKind::certify, use));
        happen(Sent{of_use(OrderKind::collect, use)});
        happen(Certified{use, test_certificate(test_card_key())});
    }
    happen(Written{});
    done(id, activate_order);
    const auto ends = todo(store->find(id).one);
    ASSERT_FALSE(ends.empty());
    ASSERT_TRUE(ends.front().order);
    refused(*ends.front().order);
    expect_shown(page(), {renewed}, {works, gone});
}

TEST_F(WindowTest, ARenewalWhoseRegisterRefusesLeavesTheCardAsItIs) {
    const auto person = person_with_card();
    const auto owner = log_in(10);
    sign_renewal(owner);
    const auto id = store->of_person(person).back();
    ASSERT_TRUE(store->add(id, Sent{{OrderKind::confirm, 0}}, {.at = 2}));
    ASSERT_TRUE(store->add(id, Refused{{OrderKind::confirm, 0}, "no"}, {.at = 2}));
    EXPECT_EQ(stage(owner), "at_window");
    expect_shown(get("/renew", "lang=en", {{"Cookie", owner}}),
                 {"Your card goes on working as it is."}, {"cannot be used now"});
}

// What is no mistake of the person's is not said as one.
TEST_F(WindowTest, BySlipARenewalGoesOnOrSaysWhyNot) {
    const auto person = person_with_card();
    const auto code = slip_of(person);
    const auto owner = log_in(10);
    expect_shown(by_slip("/renew/on", code), {"There is no renewal that could go on"});
    const auto id = renewal_to_write(person, owner);
    expect_shown(by_slip("/renew/on", code), {"There is no renewal that could go on"});
    const KeysMade keys{{{Use::authentication, "key"}, {Use::signing, "key"}}, "AAECAwQFBgc"};
    ASSERT_TRUE(store->add(id, keys, {.at = 3}));
    EXPECT_TRUE(to(by_slip("/renew/on", code)).starts_with(site::test_agent));
    cards.emplace(*store, basis.directory.card_authorities, Secret(Bytes(32, 5)), [](CaseId) {});
    take_all_card_sessions();
    expect_shown(by_slip("/renew/on", code), {"There is too much to do just now"},
                 {"aria-invalid"});
    expect_shown(post("/renew/card", {{"lang", "en"}}, owner),
                 {"There is too much to do just now"});
    for (const auto use : {Use::authentication, Use::signing}) {
        done(id, of_use(OrderKind::certify, use));
        ASSERT_TRUE(store->add(id, Sent{of_use(OrderKind::collect, use)}, {.at = 3}));
        ASSERT_TRUE(store->add(id, Certified{use, test_certificate(test_card_key())}, {.at = 3}));
    }
    ASSERT_TRUE(store->add(id, Written{}, {.at = 3}));
    expect_shown(by_slip("/renew/on", code), {"There is nothing to write into your card now"},
                 {"aria-invalid"});
}

TEST_F(WindowTest, WhatBecameOfARenewalsSignatureIsSaid) {
    person_with_card();
    const auto owner = log_in(10);
    for (auto outcome = Outcome::decided; outcome <= Outcome::not_theirs;
         outcome = static_cast<Outcome>(static_cast<int>(outcome) + 1)) {
        const auto said = words_of(outcome).en;
        office->renewals.keep(wire::filled(10), {.id = 1, .outcome = outcome}, unix_now());
        const auto shown = get("/renew", "lang=en", {{"Cookie", owner}});
        EXPECT_EQ(shows(shown, R"(class="mistake")"), !said.empty()) << to_text(outcome);
        if (!said.empty()) expect_shown(shown, {std::string(said)});
        EXPECT_EQ(said.empty(), outcome == Outcome::decided || outcome == Outcome::signed_);
    }
}

// The relay's nonces and the places here are for everybody: a clerk's log-in needs one too.
TEST_F(WindowTest, ABeginOfARenewalIsBegunOnce) {
    person_with_card();
    const auto owner = log_in(10);
    const auto form = renewal_form(owner);
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(renewal_form(owner), form);
    EXPECT_EQ(nonces, 1);
    // Log-ins are many, the card is one.
    for (std::uint8_t i = 11; i < 15; ++i)
        EXPECT_FALSE(renewal_form(log_in(i)).empty()) << int{i};
    EXPECT_EQ(nonces, 5);
    const auto other = log_in(20);
    expect_shown(post("/renew/begin", {{"lang", "en"}}, other),
                 {"This was begun too often", R"(class="mistake")"});
    auto asked = site::SiteFixture::form("/renew/begin", {{"lang", "ja"}}, other);
    asked.headers.push_back({"Accept", "application/json"});
    EXPECT_EQ(send(std::move(asked)).status, 503);
    EXPECT_EQ(nonces, 5);
    EXPECT_EQ(renewal_form(owner), form) << "what is under way goes on";
    sign_renewal(owner);
    EXPECT_NE(stage(owner), "begin");
}

// A telephone stands wherever somebody is told to call.
TEST_F(WindowTest, WhereToAskHasATelephone) {
    const auto page = [this] { return get("/", "lang=en", {{"Cookie", cookies}}); };
    set_clerks({"window"}, "992011");
    expect_shown(page(), {R"(data-ask="A市 050-0000-0011、centre 050-0000-0000")"});
    set_clerks({"window"}, "992020");
    expect_shown(page(), {R"(data-ask="centre 050-0000-0000")"});
    set_clerks({"hotline"});
    expect_shown(page(), {R"(data-ask="centre 050-0000-0000")"});
    for (const auto* language : {"ja", "en", "easy"}) {
        for (const auto* path : {"/stop", "/renew/on", "/status"})
            expect_shown(get(path, std::string("lang=") + language), {"050-0000-0000"});
    }
}

TEST_F(WindowTest, TheStopPageSaysWhatBecameOfTheCard) {
    const auto person = person_with_card();
    const auto code = slip_of(person);
    const auto stop = stopped(person);
    expect_shown(by_slip("/stop", code),
                 {"The card is stopped. Nobody can use it", "If you find it", "apply for one"},
                 {"call the authority", "<form method=\"post\" action=\"/stop\""});
    ASSERT_TRUE(store->add(stop, GivenUp{}, {.at = 4}));
    expect_shown(by_slip("/stop", code),
                 {"There is no card that works: it has ended for good", "apply for one"},
                 {"If you find it", "it works again"});
}

TEST_F(WindowTest, ACardWhoseKeysWereMadeAnewDoesNotComeBack) {
    const auto person = person_with_card();
    const auto code = slip_of(person);
    const auto renewal = renewal_to_write(person, log_in(10));
    ASSERT_TRUE(store->add(
        renewal, KeysMade{{{Use::authentication, "key"}, {Use::signing, "key"}}, "AAECAwQFBgc"},
        {.at = 3}));
    stopped(person);
    expect_shown(by_slip("/stop", code), {"The card is stopped.", "it does not work any more"},
                 {"it works again"});
}

// Until the relay has said so.
TEST_F(WindowTest, ACardThatIsEndedIsNotSaidToBeEndedBefore) {
    const auto person = person_with_card();
    const auto code = slip_of(person);
    const auto end = store->open(person, {.kind = Kind::end, .reason = "returned"}, {.at = 3});
    ASSERT_TRUE(end);
    ASSERT_TRUE(store->add(*end, Sent{revoke_card_order}, {.at = 3}));
    expect_shown(by_slip("/stop", code), {"It was taken in"}, {"for good"});
}

// The authority whose card it is has not heard of it.
TEST_F(WindowTest, WhoStopsAnotherAuthoritysCardIsToldToCallThereToo) {
    const auto code = draw_digits(stop_code_digits, /*with_check=*/true);
    stopped(person_with_foreign_card(code));
    expect_shown(by_slip("/stop", code),
                 {"The card is stopped here.", "call the authority that issued it, too"},
                 {"Nobody can use it"});
    expect_shown(by_slip("/stop", code, "easy"), {"カードを つくった ところにも"});
}

// The eleventh person behind one address, too.
TEST_F(WindowTest, OnlyWhatFindsNobodyIsATryOfThatPage) {
    const auto person = person_with_card();
    const auto code = slip_of(person);
    stopped(person);
    const auto works = [&] { return shows(by_slip("/stop", code), "The card is stopped."); };
    const auto other = draw_digits(stop_code_digits, /*with_check=*/true);
    ASSERT_NE(other, code);
    for (int i = 0; i < 12; ++i)
        EXPECT_TRUE(works()) << i;
    for (int i = 0; i < 12; ++i)
        EXPECT_FALSE(shows(by_slip("/renew/on", code), "tried too often")) << i;
    for (int i = 0; i < 10; ++i)
        EXPECT_TRUE(shows(by_slip("/renew/on", other), "There is no renewal")) << i;
    expect_shown(by_slip("/renew/on", code), {"tried too often", "050-0000-0000"});
    EXPECT_TRUE(works()) << "each page for itself";
    for (int i = 0; i < 10; ++i)
        EXPECT_TRUE(shows(by_slip("/stop", other), "There is nobody with this")) << i;
    expect_shown(by_slip("/stop", code), {"tried too often", "050-0000-0000, day and night"});
}

// ---- how far it is, for the person ----

TEST_F(WindowTest, TheStatusPageSaysForWhomACaseWaitsAndSinceWhen) {
    const auto& file = store->find(case_since(2 * day_s));
    const auto shown = by_slip("/status", file.number);
    expect_shown(shown,
                 {"<h2>Your first card</h2>", "Waiting for the resident register", "(day 3).",
                  "You need not do anything now.", "② Application", "③④⑤ Check with the registers",
                  "Who: the resident register, the medical insurer", "⑪ Telling the insurers",
                  R"(<li class="waits" aria-current="step">)", "later</span>", "done (", ">online<",
                  ">in person<", "is over. Please call the issuing centre on 050-0000-0000"});
    const auto kept = std::ranges::find(shown.headers, "Cache-Control", &http::Header::name);
    ASSERT_NE(kept, shown.headers.end());
    EXPECT_EQ(kept->value, "no-store");
    EXPECT_TRUE(this->shown(file.number).empty()) << "nobody has looked but the person";
    for (const auto* path : {"/status", "/stop"}) {
        const auto to = std::string_view(path) == "/stop" ? "/status" : "/stop";
        expect_shown(get(path, "lang=en"), {R"(<a class="alone" href=")" + std::string(to)});
    }
}

// Whoever has found the slip sees the same.
TEST_F(WindowTest, TheStatusPageNamesNobodyAndNoNumber) {
    const auto id = case_since(2 * day_s);
    const auto person = test_application(schemes).person;
    const auto file = store->find(id);
    std::vector<std::string> not_these{person.name,
                                       person.kana,
                                       person.address,
                                       "1986",
                                       "06990014",
                                       "992011",
                                       "sato",
                                       file.number,
                                       "A市",
                                       "link_taken",
                                       "the-reason",
                                       file.one.numbers.issuing,
                                       file.one.numbers.health_care,
                                       file.one.numbers.certificate};
    for (const auto& claim : file.one.claims) {
        for (const auto& [name, value] : claim.number.fields)
            if (value.size() > 3) not_these.push_back(value);
    }
    for (const auto* language : {"ja", "en", "easy"})
        expect_shown(by_slip("/status", file.number, language), {"class=\"steps\""}, not_these);
    ASSERT_TRUE(store->add(id, Cancelled{"the-reason"}, {.at = unix_now(), .clerk = "sato"}));
    for (const auto* language : {"ja", "en", "easy"})
        expect_shown(by_slip("/status", file.number, language), {"050-0000-0000"}, not_these);
    expect_shown(by_slip("/status", file.number), {"It ended without a card.", "given up</span>"},
                 {"Waiting for"});
}

// What the window does for itself the person need not know.
TEST_F(WindowTest, TheStatusPageSaysWhatThePersonHasToDo) {
    const auto id = case_since(0);
    const auto number = store->find(id).number;
    const auto now = unix_now();
    ASSERT_TRUE(store->add(id, Sent{{OrderKind::confirm, 0}}, {.at = now}));
    ASSERT_TRUE(store->add(id, WritesOtherwise{0, writing}, {.at = now}));
    expect_shown(by_slip("/status", number),
                 {"Waiting for the window", "(today).", "Promised until", "You need not do"},
                 {"What you need to do", "厚勞"});
    ASSERT_TRUE(store->add(id, Decided{0, false, "{}"}, {.at = now, .clerk = "taro"}));
    expect_shown(by_slip("/status", number),
                 {"What you need to do", "A number that you gave was not found", "Waiting for you",
                  "Please by"},
                 {"You need not do"});
    // Whom nobody has seen yet.
    const auto invited = store
                             ->open_first({test_application(schemes)},
                                          [this] { return draw_numbers(schemes); }, {.at = now})
                             .front();
    expect_shown(by_slip("/status", store->find(invited).number),
                 {"① Invitation", "Please hand in the application", "Waiting for you"});
    // Of a newborn, by its parent's birth date until there is its own.
    const auto birth = store->open_birth(person_with_card(),
                                         [this] { return draw_numbers(schemes); }, {.at = now});
    ASSERT_TRUE(birth);
    expect_shown(by_slip("/status", store->find(*birth).number),
                 {"The parent who files it", "Waiting for the parent", "Notice of birth"});
    const auto nobodys = store->open({.numbers = draw_numbers(schemes)}, {.at = now});
    expect_shown(by_slip("/status", store->find(nobodys).number), {"There is nothing with this"});
}

// The slip of one case shows that one; the stop code that counts shows all of the person's.
TEST_F(WindowTest, AnOldSlipShowsNothingOfLaterCases) {
    const auto person = person_with_card();
    const auto code = slip_of(person);
    expect_shown(by_slip("/status", code), {"There is nothing to show"}, {"<h2>"});
    const auto number = store->find(person).number;
    const auto now = unix_now();
    const auto unlock = store->open(person, {.kind = Kind::unlock, .uses = {Use::authentication}},
                                    {.at = now, .clerk = "sato"});
    ASSERT_TRUE(unlock);
    const auto shows_it = [&](const std::string& typed) {
        return shows(by_slip("/status", typed), "<h2>A new PIN</h2>");
    };
    expect_shown(by_slip("/status", code), {"Waiting for a second clerk at the window"});
    EXPECT_TRUE(shows_it(store->find(*unlock).number));
    EXPECT_FALSE(shows_it(number));
    const auto newer = slip_of(person);
    EXPECT_TRUE(shows_it(newer));
    // Begun again, what was given up is not said any more.
    const auto given_up = "It was given up before its end.";
    ASSERT_TRUE(store->add(*unlock, Cancelled{"r"}, {.at = now}));
    EXPECT_TRUE(shows(by_slip("/status", newer), given_up));
    ASSERT_TRUE(
        store->open(person, {.kind = Kind::unlock, .uses = {Use::authentication}}, {.at = now}));
    EXPECT_FALSE(shows(by_slip("/status", newer), given_up));
    EXPECT_TRUE(shows(by_slip("/status", store->find(*unlock).number), given_up));
    expect_shown(by_slip("/status", code), {"There is nothing with this"});
}

TEST_F(WindowTest, WhatEndedLongAgoIsNotShownAnyMore) {
    const auto now = unix_now();
    for (const auto past : {std::int64_t{10}, status_ended_s + 10}) {
        const auto id = case_since(past);
        ASSERT_TRUE(store->add(id, Cancelled{"r"}, {.at = now - past, .clerk = "sato"}));
        EXPECT_EQ(shows(by_slip("/status", store->find(id).number), "It ended without a card"),
                  past == 10);
    }
    // Another slip begins nothing anew.
    const auto code = slip_of(test_card(*store, schemes, test_card_key()));
    expect_shown(by_slip("/status", code), {"There is nothing to show"});
}

// No more than the page says that stops it; of one that was found, what it waits for.
TEST_F(WindowTest, TheStatusPageSaysOfAStopWhatTheStopPageSays) {
    const auto person = person_with_card();
    const auto code = slip_of(person);
    const auto stop = stopped(person);
    expect_shown(
        by_slip("/status", code),
        {"<h2>Stop of a card</h2>", "The card is stopped. Nobody can use it", "If you find it"},
        {"class=\"steps\"", "Waiting for", "Taken in on"});
    ASSERT_TRUE(store->add(stop, Found{store->stop_index(code)}, {.at = unix_now()}));
    expect_shown(by_slip("/status", code),
                 {"<h2>Stop of a card</h2>", "Waiting for", "Lifting the"},
                 {"The card is stopped."});
    const auto again = store->open(person, {.kind = Kind::stop, .reason = "lost"}, {.at = 5});
    EXPECT_EQ(again, stop);
    expect_shown(by_slip("/status", code), {"It was taken in"}, {"The card is stopped."});
}

// Who mistypes at the one does not close the other, which stops cards.
TEST_F(WindowTest, MissesAtTheStatusPageDoNotCloseTheOneThatStopsCards) {
    const auto person = person_with_card();
    const auto code = slip_of(person);
    const auto other = draw_digits(stop_code_digits, /*with_check=*/true);
    const auto wrong_day = [&] {
        return post(
            "/status",
            {{"lang", "en"}, {"code", code}, {"year", "1986"}, {"month", "5"}, {"day", "2"}});
    };
    EXPECT_EQ(by_slip("/status", "12").status, 200);
    for (int i = 0; i < 12; ++i)
        expect_shown(by_slip("/status", "12"), {"Both numbers have 12 digits"});
    for (int i = 0; i < 3; ++i)
        expect_shown(wrong_day(), {"There is nothing with this number and birth date"});
    for (int i = 0; i < 3; ++i)
        expect_shown(by_slip("/status", other), {"There is nothing with this number and birth"});
    EXPECT_TRUE(shows(by_slip("/status", code), "There is nothing to show"));
    for (int i = 0; i < 4; ++i)
        expect_shown(by_slip("/status", other), {"There is nothing with this number and birth"});
    expect_shown(by_slip("/status", code), {"tried too often", "050-0000-0000"},
                 {"There is nothing to show"});
    EXPECT_FALSE(shows(by_slip("/stop", code), "tried too often")) << "that one for itself";
    EXPECT_FALSE(shows(by_slip("/renew/on", code), "tried too often")) << "that one for itself";
    auto elsewhere = form("/status", {{"code", code}}, "");
    elsewhere.headers = {{"Origin", "https://other.example"}};
    EXPECT_EQ(send(std::move(elsewhere)).status, 403);
}

// By an exact number everybody is found.
TEST_F(WindowTest, WhoTriesNumbersIsStoppedSoon) {
    set_clerks({"window"});
    const auto number = store->find(case_to_settle()).number;
    const auto show = [&](const std::string& of) {
        return ask("/cases/show", {{"number", of}}).status;
    };
    const auto says_why = [&](const std::string& path, const json::object& body) {
        const auto said = ask(path, body);
        return said.status == 409 && said.body == "searches_missed";
    };
    const auto nobodys = [] { return draw_digits(12, /*with_check=*/true); };
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(show(number), 200) << "whom it finds counts for nothing";
        EXPECT_EQ(show(nobodys()), 404);
        EXPECT_EQ(ask("/people/find", {{"number", nobodys()}}).status, 200);
    }
    EXPECT_TRUE(says_why("/cases/show", {{"number", number}}));
    EXPECT_TRUE(says_why("/people/find", {{"health_care_number", nobodys()}}));
    const json::object by_who{{"birth_date", "1950-01-01"}, {"kana", "ダレモ"}};
    EXPECT_EQ(ask("/people/find", by_who).status, 200);
    const auto opening = [](const std::string& of, const std::string& kind) {
        return json::object{{"person", of}, {"kind", kind}, {"reason", "lost"}};
    };
    const auto open = [&](const std::string& of, const std::string& kind) {
        return ask("/cases/open", opening(of, kind)).status;
    };
    EXPECT_TRUE(says_why("/cases/open", opening(number, "replacement")));
    const json::object parent{{"number", number},
                              {"happening", {{"what", "parent_named"}, {"parent", {}}}}};
    EXPECT_TRUE(says_why("/cases/act", parent));
    EXPECT_EQ(open(nobodys(), "stop"), 404);
    EXPECT_EQ(open(store->find(person_with_card()).number, "stop"), 200) << "goes always";
    EXPECT_EQ(ask("/cases/open", {}).status, 200);
    EXPECT_EQ(ask("/cases/day", {}).status, 200) << "what is about no number goes on";
}

// A clerk with a card in hand sees which certificates are in it.
TEST_F(WindowTest, EachCertificateSaysInWhichCardItIs) {
    const auto person = person_with_card();
    const auto& number = store->find(person).number;
    const auto found = [&] {
        const auto all = answer("/people/find", {{"number", number}}).at("people").as_array();
        return all.at(0).at("cards").as_array();
    };
    const auto cards = found();
    ASSERT_EQ(cards.size(), 2U);
    for (const auto& one : cards) {
        EXPECT_EQ(one.at("card").as_int64(), 1);
        EXPECT_EQ(text_at(one.as_object(), "chip"), "0001020304050607");
    }
    const auto id =
        store->open(person, {.kind = Kind::replacement, .reason = "lost", .signing = false},
                    {.at = 2, .clerk = "sato"});
    ASSERT_TRUE(id);
    const auto certify = of_use(OrderKind::certify, Use::authentication);
    const auto collect = of_use(OrderKind::collect, Use::authentication);
    for (const auto& what : std::vector<Happening>{
             Approved{}, KeysMade{{{Use::authentication, "key"}}, "AAAA"}, Sent{certify},
             Done{certify}, Sent{collect},
             Certified{Use::authentication, test_certificate(test_card_key())}, Written{},
             HandedOver{}, Sent{activate_order}, Done{activate_order}}) {
        const bool approves = std::holds_alternative<Approved>(what);
        ASSERT_TRUE(store->add(*id, what, {.at = 3, .clerk = approves ? "taro" : "sato"}))
            << what.index();
    }
    const auto both = found();
    ASSERT_EQ(both.size(), 3U);
    EXPECT_EQ(both[0].at("card").as_int64(), 1);
    EXPECT_EQ(both[2].at("card").as_int64(), 2);
    EXPECT_EQ(text_at(both[2].as_object(), "chip"), "000000");
}

// In the answer to what gives the person a slip, and nowhere else; the store has it blind.
// The clerk may be alone: the person finds it in My Page's notices.
TEST_F(WindowTest, WhoeverGetsAnotherSlipIsTold) {
    const auto person = person_with_card();
    const auto number = store->find(person).number;
    const auto slip = [&](const std::string& of) {
        return ask("/cases/act", {{"number", of}, {"happening", {{"what", "new_slip"}}}});
    };
    db::Connection told(folder.path("book.sqlite"), db::Access::read_only);
    auto notices = told.prepare(
        "select number, body, received, deadline from notice where subject like '%停止コード%'");
    const auto count = [&notices] {
        const db::ResetAtEnd reset(notices);
        int out = 0;
        while (notices.step())
            ++out;
        return out;
    };
    EXPECT_EQ(count(), 0);
    const auto first = text_at(*parse_json_object(slip(number).body), "stop_code");
    EXPECT_EQ(slip(number).status, 200);
    EXPECT_EQ(count(), 2) << "of each";
    {
        const db::ResetAtEnd reset(notices);
        ASSERT_TRUE(notices.step());
        EXPECT_EQ(notices.text(0), store->find(person).one.numbers.issuing);
        const auto body = notices.text(1);
        EXPECT_EQ(body.find(first), std::string::npos) << "no code in it";
        EXPECT_EQ(body.find(number), std::string::npos);
        EXPECT_NE(body.find("A new stop code for your card was given out"), std::string::npos);
        EXPECT_TRUE(notices.is_null(3)) << "nothing is to be done by a day";
        EXPECT_EQ(notices.text(2), to_text(basis.policy.day_of(unix_now())));
    }
    const auto open = text_at(answer("/cases/open", json::object{}), "number");
    EXPECT_EQ(slip(open).status, 409);
    EXPECT_EQ(count(), 2) << "there was no slip";
    // Whoever finds a card gets a slip with it.
    const auto stop =
        text_at(answer("/cases/open", {{"person", number}, {"kind", "stop"}, {"reason", "lost"}}),
                "number");
    const auto found = [&] {
        return ask("/cases/act", {{"number", stop}, {"happening", {{"what", "found"}}}}).status;
    };
    EXPECT_EQ(found(), 200);
    EXPECT_EQ(count(), 3);
    EXPECT_EQ(found(), 200);
    EXPECT_EQ(count(), 3) << "that changes nothing: there is no other code";
    // No slip without its notice.
    db::Connection(folder.path("book.sqlite"), db::Access::read_write)
        .run(
            "create trigger planted before insert on notice "
            "begin select raise(abort, 'planted'); end");
    const auto last = store->lines(person).size();
    EXPECT_EQ(slip(number).status, 500);
    EXPECT_EQ(store->lines(person).size(), last) << "the slip before still counts";
}

TEST_F(WindowTest, AStopCodeIsSaidOnceAndTheLastOneCounts) {
    const auto person = person_with_card();
    const auto number = store->find(person).number;
    const auto act = [this](const std::string& of, const std::string& what) {
        return text_at(answer("/cases/act", {{"number", of}, {"happening", {{"what", what}}}}),
                       "stop_code");
    };
    const auto first = act(number, "new_slip");
    EXPECT_EQ(first.size(), 12U);
    EXPECT_EQ(store->find_stop(first), person);
    const auto shown = ask("/cases/show", {{"number", number}}).body;
    EXPECT_EQ(shown.find(first), std::string::npos);
    EXPECT_EQ(shown.find("stop_"), std::string::npos) << shown;
    const auto second = act(number, "new_slip");
    EXPECT_NE(second, first);
    EXPECT_FALSE(store->find_stop(first));
    // Who has found the card may have found the slip.
    const auto stop =
        text_at(answer("/cases/open", {{"kind", "stop"}, {"person", number}, {"reason", "lost"}}),
                "number");
    EXPECT_EQ(ask("/cases/act", {{"number", stop}, {"happening", {{"what", "new_slip"}}}}).status,
              409)
        << "who is looking for the card";
    const auto third = act(stop, "found");
    EXPECT_EQ(store->find_stop(third), store->find(stop));
    EXPECT_FALSE(store->find_stop(second));
    EXPECT_EQ(act(stop, "found"), "") << "nothing is drawn the second time";
    EXPECT_EQ(store->find_stop(third), store->find(stop));
    set_clerks({"hotline"});
    EXPECT_EQ(ask("/cases/act", {{"number", number}, {"happening", {{"what", "new_slip"}}}}).status,
              403);
}

// What is signed later is read as it stands.
TEST_F(WindowTest, NobodyAppliesWithWhatNobodySees) {
    const auto applied = [&](const Attributes& person) {
        auto application = test_application(schemes);
        application.person = person;
        const auto number = text_at(answer("/cases/open", {{"kind", "existing"}}), "number");
        return ask("/cases/act",
                   {{"number", number}, {"happening", happening_json(Happening(application))}});
    };
    const auto good = test_application(schemes).person;
    for (const auto member : {&Attributes::name, &Attributes::kana, &Attributes::address}) {
        auto person = good;
        person.*member += "\u200b";
        const auto refused = applied(person);
        EXPECT_EQ(refused.status, 409);
        EXPECT_EQ(refused.body, "hidden_character");
    }
    auto person = good;
    person.name = "葛\U000E0100城 花子";
    EXPECT_EQ(applied(person).status, 200);
}

TEST_F(WindowTest, WhatIsNotTheDecisionDecidesNothing) {
    const auto id = case_to_settle();
    const auto other_nonce = [](wire::Mandate& one) { one.nonce = "nonce-of-another"; };
    EXPECT_EQ(outcome_of(signed_answer(begin_decision(id), other_nonce)), "not_valid");
    const auto old = [](wire::Mandate& one) { one.issued_at -= 1'000; };
    EXPECT_EQ(outcome_of(signed_answer(begin_decision(id), old)), "not_valid");
    const auto form = begin_decision(id);
    EXPECT_EQ(outcome_of({{"response", "none"}, {"state", text_at(form, "state")}}), "not_valid");
    EXPECT_EQ(
        outcome_of({{"error", "access_denied"}, {"state", text_at(begin_decision(id), "state")}}),
        "cancelled");
    EXPECT_TRUE(asked_of_relay.empty()) << "what is seen here, nobody is asked about";
    relay_refuses = wire::Code::card_revoked;
    EXPECT_EQ(outcome_of(signed_answer(begin_decision(id))), "stopped");
    relay_refuses = wire::Code::mandate_nonce;
    EXPECT_EQ(outcome_of(signed_answer(begin_decision(id))), "not_valid");
    relay_refuses = wire::Code::unavailable;
    EXPECT_EQ(outcome_of(signed_answer(begin_decision(id))), "unavailable");
    EXPECT_EQ(finding(id), "otherwise");
}

// What was signed for one case or verdict goes under no other one's state.
TEST_F(WindowTest, AnAnswerIsForItsOwnCaseOnly) {
    const auto first = case_to_settle();
    const auto second = case_to_settle();
    const auto form = begin_decision(first);
    auto of_second = begin_decision(second);
    auto swapped = signed_answer(form);
    swapped["state"] = text_at(of_second, "state");
    EXPECT_EQ(outcome_of(swapped), "not_valid") << "not sealed to that key";
    of_second = begin_decision(second);
    of_second["document"] = text_at(form, "document");
    EXPECT_EQ(outcome_of(signed_answer(of_second)), "not_valid") << "the first one's document";
    EXPECT_EQ(finding(first), "otherwise");
    EXPECT_EQ(finding(second), "otherwise");
}

TEST_F(WindowTest, OnlyTheLogInThatBeganItEndsIt) {
    const auto id = case_to_settle();
    const auto fields = signed_answer(begin_decision(id));
    EXPECT_EQ(text(post("/decision/finish", fields)), "/") << "nobody";
    EXPECT_EQ(text(post("/decision/finish", fields, cookie_in(3))), "/") << "another log-in";
    EXPECT_EQ(finding(id), "otherwise");
    EXPECT_EQ(outcome_of(fields), "decided") << "the others have taken nothing away";
}

TEST_F(WindowTest, WhatChangedMeanwhileIsNotDecided) {
    const auto id = case_to_settle();
    const auto fields = signed_answer(begin_decision(id));
    meanwhile = [&] { EXPECT_TRUE(store->add(id, Cancelled{"moved away"}, {.at = 3})); };
    EXPECT_EQ(outcome_of(fields), "changed");
    EXPECT_EQ(ask("/cases/decide",
                  {{"number", store->find(id).number}, {"claim", 0}, {"same_person", true}})
                  .status,
              409);
}

TEST_F(WindowTest, WhoIsNoApproverAnyMoreDecidesNothing) {
    const auto id = case_to_settle();
    const auto fields = signed_answer(begin_decision(id));
    set_clerks({"window"});
    EXPECT_EQ(text(post("/decision/finish", fields, cookies)), "/");
    EXPECT_EQ(finding(id), "otherwise");
}

// A person asks who it was: the name is in the case that the order is of, and opens the head.
TEST_F(WindowTest, ASupervisorAnswersAndTheNameIsOpened) {
    const auto id = store->open({.numbers = draw_numbers(schemes)}, {.at = 1, .clerk = "sato"});
    EXPECT_TRUE(store->add(id, test_application(schemes), {.at = 2, .clerk = "sato"}));
    const auto jti = base64url(Bytes(16, 5));
    const Operator by{.jti = jti, .name = "sato", .salt = wire::filled(6)};
    const ToSend what{.request = {.body = "{}",
                                  .seal_to = crypto::PrivateKey::generate(crypto::KeyType::p256),
                                  .expires = 100},
                      .by = by};
    ASSERT_TRUE(store->send(id, {OrderKind::confirm, 0}, what, {.at = 3}));
    set_clerks({"supervisor"});
    asked_of_us = {question_about(jti, wire::commit_operator(by.salt, "sato"))};
    const auto list = answer("/questions/list", {});
    const auto& one = list.at("questions").at(0).as_object();
    EXPECT_EQ(text_at(one, "operator"), "sato");
    EXPECT_EQ(text_at(one, "number"), store->find(id).number);
    EXPECT_EQ(text_at(one.at("request").as_object(), "service"), "existence");
    answer("/questions/answer", {{"id", "question-1"}, {"text", "To issue your card."}});
    ASSERT_EQ(answered.size(), 1U);
    EXPECT_EQ(answered[0].operator_name, "sato");
    EXPECT_TRUE(client::opens_operator(asked_of_us[0].request->head,
                                       {.text = {},
                                        .at = 0,
                                        .operator_name = "sato",
                                        .operator_salt = answered[0].operator_salt}));

    // Once more it is the same answer, and another one is none.
    asked_of_us[0].answer = {.text = "To issue your card.", .at = 77, .operator_name = "sato"};
    const json::object again{{"id", "question-1"}, {"text", "To issue your card."}};
    const auto before = answer("/questions/answer", again);
    EXPECT_EQ(before.at("answered_at").as_int64(), 77);
    EXPECT_EQ(text_at(before, "operator"), "sato");
    EXPECT_EQ(ask("/questions/answer", {{"id", "question-1"}, {"text", "Other."}}).body,
              "already_answered");
    EXPECT_EQ(answered.size(), 1U) << "nothing is sent again";

    // A head that says another operator is opened to nobody, nor one that this office did not sign.
    asked_of_us = {question_about(jti, wire::filled(1))};
    EXPECT_FALSE(
        answer("/questions/list", {}).at("questions").at(0).as_object().contains("operator"));
    asked_of_us[0].request.reset();
    answer("/questions/answer", {{"id", "question-1"}, {"text", "t"}});
    EXPECT_EQ(answered.back().operator_name, "");
    EXPECT_EQ(ask("/questions/answer", {{"id", "other"}, {"text", "t"}}).status, 404);
    EXPECT_EQ(ask("/questions/answer", {{"id", "question-1"}, {"text", ""}}).status, 400);
    EXPECT_EQ(ask("/questions/list", {{"more", 1}}).status, 400);
}

TEST_F(WindowTest, AnotherSitesFormEndsNothing) {
    auto foreign = form("/decision/finish", {{"state", "s"}}, cookies);
    std::erase_if(foreign.headers, [](const auto& one) { return one.name == "Origin"; });
    EXPECT_EQ(send(std::move(foreign)).status, 403);
    EXPECT_TRUE(shows(get("/decision/back"), "data-finish=\"/decision/finish\""));
}

}  // namespace
}  // namespace mado::issuer
