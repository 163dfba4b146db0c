#include "test_window.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "base/file.hpp"
#include "crypto/digest.hpp"
#include "crypto/jwe.hpp"
#include "crypto/other_names.hpp"
#include "http/form.hpp"
#include "numbers.hpp"
#include "orders.hpp"
#include "site/pages.hpp"

namespace mado::issuer {
namespace {

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

}  // namespace

WindowTest::WindowTest() {
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

std::vector<http::Route> WindowTest::begin(site::Site& of) {
    clerks.emplace(folder.path("clerks.json"));
    parties.emplace(Parties{
        .directory = basis.directory, .schemes = schemes, .authority = wire::participant_id("ca")});
    worker.emplace(io, *store, *parties, basis.policy, Sender{}, log);
    cards.emplace(*store, basis.directory.card_authorities, Secret(Bytes(32, 5)), [](CaseId) {});
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
    office.emplace(Office{
        .site = of,
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
        .telephones = {.hotline = "050-0000-0000", .windows = {{"992011", "A市 050-0000-0011"}}}});
    return routes(*office);
}

std::multiset<LookWay> WindowTest::shown(const std::string& number) {
    std::multiset<LookWay> out;
    for (const auto& look : book->looks(store->find(*store->find(number)).one.numbers.issuing, 100))
        out.insert(*wire::look_way_from(look.way));
    return out;
}

void WindowTest::set_clerks(const std::vector<std::string>& roles,
                            const std::string& municipality) {
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

http::Task<client::Result<std::string>> WindowTest::next_nonce() {
    co_return "nonce-" + std::to_string(++nonces);
}

Sender WindowTest::relay_of_test() {
    return {.prepare =
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

client::Task<client::Result<client::Answered>> WindowTest::said_by_relay() {
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

json::object WindowTest::standings_of(const std::string& payload) {
    const auto opened = crypto::decrypt_jwe(payload, relay_sealing_key);
    json::array out;
    for (const auto& value : parse_json_object(as_text(*opened))->at("certificates").as_array()) {
        const auto der = parse_base64url(std::string_view(value.as_string()));
        out.push_back(json::object{{"certificate", base64url(crypto::sha256(*der))},
                                   {"standing", standing_said},
                                   {"registered", is_registered}});
    }
    return {{"cards", std::move(out)}};
}

client::Task<client::Result<std::vector<client::Question>>> WindowTest::questions_of_test() {
    co_return asked_of_us;
}

client::Task<client::Result<client::QuestionState>> WindowTest::take_answer(
    client::AnswerToQuestion answer) {
    answered.push_back(answer);
    co_return client::QuestionState{.id = answer.question, .deadline = 9};
}

client::Question WindowTest::question_about(const std::string& jti, const Hash& commitment) {
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

Response WindowTest::ask(const std::string& path, const json::object& body) {
    Request request;
    request.method = "POST";
    request.path = path;
    request.content_type = "application/json";
    request.body = json::serialize(body);
    request.headers = {
        {"Origin", site::test_origin}, {"Sec-Fetch-Site", "same-origin"}, {"Cookie", cookies}};
    return send(std::move(request));
}

json::object WindowTest::answer(const std::string& path, const json::object& body) {
    const auto response = ask(path, body);
    EXPECT_EQ(response.status, 200) << path << response.body;
    return *parse_json_object(response.body, {.text_bytes_max = 1024 * 1024, .values_max = 10'000});
}

void WindowTest::break_case(CaseId id) {
    db::Connection(folder.path("issuer.sqlite"), db::Access::read_write)
        .run("update happening set line = line + 100 where issue = " + std::to_string(id));
    // Until then it is remembered.
    store.emplace(folder.path("issuer.sqlite"), folder.path(""), schemes);
}

CaseId WindowTest::case_to_settle() {
    const auto id = store->open({.numbers = draw_numbers(schemes)}, {.at = 1});
    for (const auto& what :
         std::vector<Happening>{test_application(schemes), Sent{{OrderKind::confirm, 0}},
                                WritesOtherwise{0, writing}}) {
        EXPECT_TRUE(store->add(id, what, {.at = 2}));
    }
    return id;
}

json::object WindowTest::begin_decision(CaseId id, bool same_person) {
    const auto out =
        answer("/cases/decide",
               {{"number", store->find(id).number}, {"claim", 0}, {"same_person", same_person}});
    EXPECT_EQ(text_at(out, "agent"), std::string(site::test_agent) + "/sign");
    return out.at("form").as_object();
}

Fields WindowTest::signed_answer(const json::object& form,
                                 const std::function<void(wire::Mandate&)>& change) const {
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
    inner.set("mandate", crypto::sign_jws(wire::mandate_type,
                                          {.key_id = {}, .certificate = signing_card.thumbprint()},
                                          as_bytes(wire::mandate_payload(mandate)), signing_key));
    inner.set("payload", payload);
    inner.set("certificate", base64url(signing_card.der()));
    const auto jwk = parse_base64url(text_at(form, "seal_to"));
    const auto key = crypto::PublicKey::from_jwk(*parse_json_object(as_text(*jwk)));
    return {{"response", crypto::encrypt_jwe(as_bytes(http::form_text(inner)), *key)},
            {"state", text_at(form, "state")}};
}

std::string WindowTest::outcome_of(const Fields& fields) {
    EXPECT_EQ(text(post("/decision/finish", fields, cookies)), "/");
    const auto back = answer("/cases/returned", {});
    EXPECT_TRUE(answer("/cases/returned", {}).empty()) << "once";
    return text_at(back, "outcome");
}

std::string WindowTest::finding(CaseId id) {
    return std::string(to_text(store->find(id).one.claims[0].finding));
}

std::string WindowTest::open_existing() {
    const auto number = text_at(answer("/cases/open", {{"kind", "existing"}}), "number");
    EXPECT_EQ(apply(number).status, 200);
    return number;
}

Response WindowTest::apply(const std::string& number) {
    auto happening = happening_json(test_application(schemes));
    return ask("/cases/act", {{"number", number}, {"happening", std::move(happening)}});
}

Fields WindowTest::proven(const std::string& number,
                          const std::function<void(wire::Mandate&)>& change) {
    const auto to = text_at(answer("/cases/sign", {{"number", number}}), "to");
    const auto at = to.find('?');
    EXPECT_EQ(to.substr(0, at), std::string(site::test_agent) + "/authorize");
    const auto form = *http::parse_form(to.substr(at + 1));
    const auto now = unix_now();
    wire::Mandate mandate{.audience = wire::participant_id(std::string(form.text("aud"))),
                          .organisation = wire::participant_id(std::string(form.text("client_id"))),
                          .kind = *wire::parse_mandate_kind(form.text("kind")),
                          .scope = {wire::service_id(std::string(form.text("scope")))},
                          .nonce = std::string(form.text("nonce")),
                          .issued_at = now,
                          .expires = now + 100,
                          .stop = {}};
    if (change) change(mandate);
    http::Form inner;
    inner.set("mandate", crypto::sign_jws(wire::mandate_type,
                                          {.key_id = {}, .certificate = log_in_card.thumbprint()},
                                          as_bytes(wire::mandate_payload(mandate)), log_in_key));
    inner.set("certificate", base64url(log_in_card.der()));
    const auto jwk = parse_base64url(form.text("seal_to"));
    const auto key = crypto::PublicKey::from_jwk(*parse_json_object(as_text(*jwk)));
    return {{"response", crypto::encrypt_jwe(as_bytes(http::form_text(inner)), *key)},
            {"state", std::string(form.text("state"))}};
}

json::object WindowTest::form_of(const std::string& number) {
    return answer("/cases/sign", {{"number", number}}).at("form").as_object();
}

void WindowTest::take_card_of(const std::string& name, const std::string& day) {
    const std::string arc = "1.2.392.200149.8.5.5.";
    signing_card = crypto::issue_with_names(request_for(crypto::CertificateUse::signing),
                                            {{arc + "1", name},
                                             {arc + "3", "2"},
                                             {arc + "4", day},
                                             {arc + "5", "九十九県A市本町1丁目2番3号"}},
                                            signing_key.public_key(), authority, authority_key);
}

CaseId WindowTest::person_with_card() {
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

std::string WindowTest::log_in(std::uint8_t mandate) {
    return "__Host-mado=" + in(mandate, log_in_card.thumbprint());
}

std::string WindowTest::stage(const std::string& login) {
    const auto shown = get("/renew", {}, {{"Cookie", login}, {"Accept", "application/json"}});
    const auto object = parse_json_object(shown.body);
    return object ? text_at(*object, "stage") : shown.body;
}

json::object WindowTest::renewal_form(const std::string& login) {
    auto request = form("/renew/begin", {{"lang", "ja"}}, login);
    request.headers.push_back({"Accept", "application/json"});
    const auto begun = parse_json_object(send(std::move(request)).body);
    return begun ? begun->at("form").as_object() : json::object();
}

void WindowTest::sign_renewal(const std::string& login) {
    EXPECT_EQ(text(post("/renew/finish", signed_answer(renewal_form(login)), login)), "/renew");
}

bool WindowTest::may_write(const std::string& login) {
    return to(post("/renew/card", {{"lang", "ja"}}, login)).starts_with(site::test_agent);
}

std::string WindowTest::slip_of(CaseId person) {
    const json::object body{{"number", store->find(person).number},
                            {"happening", {{"what", "new_slip"}}}};
    return text_at(answer("/cases/act", body), "stop_code");
}

CaseId WindowTest::case_since(std::int64_t past_s) {
    const By by{.at = unix_now() - past_s, .clerk = "sato"};
    const auto id = store->open({.numbers = draw_numbers(schemes)}, by);
    EXPECT_TRUE(store->add(id, test_application(schemes), by));
    return id;
}

Response WindowTest::by_slip(const std::string& path, const std::string& code,
                             const std::string& lang) {
    return post(path,
                {{"lang", lang}, {"code", code}, {"year", "1986"}, {"month", "5"}, {"day", "1"}});
}

void WindowTest::expect_shown(const Response& response, const std::vector<std::string>& words,
                              const std::vector<std::string>& not_these) {
    for (const auto& one : words)
        EXPECT_TRUE(shows(response, one)) << one << "\n" << response.body;
    for (const auto& one : not_these)
        EXPECT_FALSE(shows(response, one)) << one << "\n" << response.body;
}

void WindowTest::done(CaseId id, OrderName order) {
    EXPECT_TRUE(store->add(id, Sent{order}, {.at = 3})) << to_text(order.kind);
    EXPECT_TRUE(store->add(id, Done{order}, {.at = 3})) << to_text(order.kind);
}

CaseId WindowTest::person_with_foreign_card(const std::string& code) {
    const auto id =
        store->open({.numbers = draw_numbers(schemes), .kind = Kind::existing}, {.at = 1});
    const Requested signed_by{
        .application = "{}", .certificates = {{Use::authentication, base64url(log_in_card.der())}}};
    for (const auto& what :
         std::vector<Happening>{test_application(schemes), signed_by, Sent{{OrderKind::confirm, 0}},
                                Confirmed{0, "answer", 1, true}, Sent{{OrderKind::confirm, 1}},
                                Confirmed{1, "answer", 1, true}}) {
        EXPECT_TRUE(store->add(id, what, {.at = 2})) << what.index();
    }
    done(id, link_order);
    EXPECT_TRUE(store->add(id, HandedOver{store->stop_index(code)}, {.at = 3}));
    done(id, activate_order);
    return id;
}

CaseId WindowTest::stopped(CaseId person) {
    const auto id = store->open(person, {.kind = Kind::stop, .reason = "lost"}, {.at = 2});
    EXPECT_TRUE(id);
    const auto count = store->find(*id).one.before.size();
    for (std::size_t i = 0; i < count; ++i)
        done(*id, of_place(OrderKind::stop, i));
    return *id;
}

CaseId WindowTest::renewal_to_write(CaseId person, const std::string& login) {
    sign_renewal(login);
    const auto id = store->of_person(person).back();
    EXPECT_EQ(store->find(id).one.kind, Kind::renewal);
    EXPECT_TRUE(store->add(id, Sent{{OrderKind::confirm, 0}}, {.at = 2}));
    EXPECT_TRUE(store->add(id, Confirmed{0, "answer", 1, true}, {.at = 2}));
    return id;
}

void WindowTest::take_all_card_sessions() {
    for (int i = 0; i < 64; ++i) {
        const auto id = store->open({.numbers = draw_numbers(schemes)}, {.at = 1});
        auto application = test_application(schemes);
        application.claims.resize(1);
        application.claims[0].number = test_resident(schemes, "992011");
        for (const auto& what : std::vector<Happening>{application, Sent{{OrderKind::confirm, 0}},
                                                       Confirmed{0, "answer", 1, true},
                                                       Sent{link_order}, Done{link_order}}) {
            ASSERT_TRUE(store->add(id, what, {.at = 2})) << what.index();
        }
        ASSERT_TRUE(cards->begin(id, "taro", unix_now()));
    }
}

crypto::CertificateRequest WindowTest::request_for(crypto::CertificateUse use) {
    return {.use = use,
            .common_name = "test",
            .not_before = unix_now() - 100,
            .not_after = unix_now() + 10'000};
}

}  // namespace mado::issuer
