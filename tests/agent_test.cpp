// Each threat of docs/protocols/agent.md has its test here, or in tests/login_test.cpp.
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/json.hpp>
#include <future>

#include "agent/caller.hpp"
#include "agent_fixture.hpp"
#include "base/json.hpp"
#include "crypto/digest.hpp"
#include "crypto/jwe.hpp"
#include "crypto/test_command.hpp"

namespace mado::agent {
namespace {

using Agent = TestAgent;

TEST_F(Agent, SignsALogInAndReturnsToTheSite) {
    const auto page = authorize();
    EXPECT_EQ(page.status, 200);
    for (const auto* text :
         {"マイページ", "カードをカードリーダに挿し、暗証番号を入力してください。",
          "診療の明細（レセプト）", "あなたの記録を見た人", "あと3回"}) {
        EXPECT_TRUE(page.shows(text)) << text;
    }
    const auto done = enter(page, "1234");
    EXPECT_EQ(done.status, 303);
    const std::string location(done.response.header("location"));
    EXPECT_TRUE(location.starts_with(std::string(test_back) + "#certificate=")) << location;
    EXPECT_TRUE(location.ends_with("&state=a-state")) << location;
    const auto signed_mandate = mandate_in(done);
    const auto& mandate = signed_mandate.mandate;
    EXPECT_EQ(mandate.audience.text(), "relay");
    EXPECT_EQ(mandate.organisation.text(), "portal");
    EXPECT_EQ(mandate.kind, wire::MandateKind::login);
    EXPECT_EQ(mandate.scope.size(), 2U);
    EXPECT_EQ(mandate.nonce, "a-nonce");
    EXPECT_EQ(mandate.expires - mandate.issued_at, wire::login_lifetime_s);
    EXPECT_TRUE(mandate.stop.has_value());
    const auto key = readers_.open(test_reader).value()->authentication_certificate().value();
    EXPECT_TRUE(crypto::verify_jws(signed_mandate.jws, key.public_key()));
    EXPECT_EQ(signed_mandate.jws.certificate, key.thumbprint());
}

// Threat: a browser keeps the address that it returned to, on disk.
TEST_F(Agent, TheAnswerIsSealedToTheSite) {
    const auto key = crypto::PrivateKey::generate(crypto::KeyType::p256);
    const auto seal_to = base64url(as_bytes(key.public_key().jwk()));
    const auto done = enter(get("/authorize", query({{"seal_to", seal_to}})), "1234");
    ASSERT_EQ(done.status, 303) << done.body;
    const std::string location(done.response.header("location"));
    const auto fragment = location.substr(location.find('#') + 1);
    const auto form = http::parse_form(fragment);
    ASSERT_EQ(form->fields().size(), 2U) << location;
    EXPECT_EQ(form->text("state"), "a-state");
    const auto opened = wire::valid(crypto::decrypt_jwe(form->text("response"), key));
    const auto answer = wire::valid(http::parse_form(as_text(opened)));
    const auto mandate = wire::valid(wire::parse_mandate(answer.text("mandate")));
    const auto der = wire::valid(parse_base64url(answer.text("certificate")));
    EXPECT_EQ(mandate.jws.certificate, crypto::sha256(der));
    EXPECT_FALSE(crypto::decrypt_jwe(form->text("response"), test_sealing_key()).has_value());
}

TEST_F(Agent, SealsToAP256KeyOnly) {
    const auto jwk = [](crypto::KeyType type) {
        return crypto::PrivateKey::generate(type).public_key().jwk();
    };
    for (const auto& text : {std::string("{}"), std::string(600, ' '), std::string("x"),
                             jwk(crypto::KeyType::p384), jwk(crypto::KeyType::ed25519)}) {
        const auto page = get("/authorize", query({{"seal_to", base64url(as_bytes(text))}}));
        EXPECT_EQ(page.status, 403) << text;
    }
    EXPECT_EQ(get("/authorize", query({{"seal_to", jwk(crypto::KeyType::p256)}})).status, 403)
        << "not in base64url";
}

TEST_F(Agent, SpeaksThreeLanguages) {
    EXPECT_TRUE(get("/authorize", query({{"lang", "en"}})).shows("Log in to “マイページ”"));
    EXPECT_TRUE(get("/authorize", query({{"lang", "easy"}})).shows("４つの すうじ"));
    EXPECT_TRUE(get("/", "lang=en").shows("PIN: 3 tries left"));
    EXPECT_TRUE(get("/", "lang=xx").shows("<html lang=\"ja\""));
}

TEST_F(Agent, ShowsWrongPinsAndDemandsATickForTheLastTry) {
    auto page = enter(authorize(), "0000");
    EXPECT_TRUE(page.shows("暗証番号がちがいます。あと2回です。"));
    page = enter(page, "0000");
    EXPECT_TRUE(page.shows("あと1回"));
    EXPECT_TRUE(page.shows("name=\"last\""));
    page = enter(page, "0000");
    EXPECT_TRUE(page.shows("最後の1回です"));
    EXPECT_EQ(tries_left(), 1) << "the card was not asked";
    page = post("/authorize", {{"token", page.field("token")},
                               {"reader", test_reader},
                               {"pin", "0000"},
                               {"last", "yes"}});
    EXPECT_TRUE(page.shows("ロックされています"));
    EXPECT_EQ(tries_left(), 0);
    EXPECT_FALSE(authorize().shows("name=\"pin\"")) << "a locked card is asked for nothing";
}

// Threat: a false agent, or a program that reads along. With a keypad no program has the PIN.
TEST_F(Agent, ThePinIsTypedAtAReaderWithKeys) {
    chip::Hand hand{.digits = "1234"};
    readers_.insert(test_reader, card_.path(), &hand);
    EXPECT_TRUE(get("/", "").shows("カードリーダのキー"));
    const auto page = authorize();
    EXPECT_TRUE(page.shows("カードリーダのキーで入力してください"));
    EXPECT_FALSE(page.shows("type=\"password\""));
    EXPECT_EQ(enter(page, "").status, 303);
}

TEST_F(Agent, WhatIsTypedAtTheReaderCountsAlone) {
    chip::Hand hand{.digits = "0000"};
    readers_.insert(test_reader, card_.path(), &hand);
    auto page = enter(authorize(), "1234");
    EXPECT_TRUE(page.shows("暗証番号がちがいます。あと2回です。"));
    hand = {.cancels = true};
    page = enter(page, "");
    EXPECT_TRUE(page.shows("暗証番号が入力されませんでした。回数は減っていません。"));
    hand = {.digits = "123"};
    page = enter(page, "");
    EXPECT_TRUE(page.shows("回数は減っていません")) << page.body;
    EXPECT_EQ(tries_left(), 2);
    hand = {.digits = "0000"};
    page = enter(page, "");
    EXPECT_TRUE(page.shows("name=\"last\""));
    page = enter(page, "");
    EXPECT_TRUE(page.shows("最後の1回です"));
    EXPECT_EQ(tries_left(), 1) << "nobody was asked for it";
    hand = {.digits = "1234"};
    page = post("/authorize",
                {{"token", page.field("token")}, {"reader", test_reader}, {"last", "yes"}});
    EXPECT_EQ(page.status, 303);
}

// Threat: a program, or a second page, has a PIN typed that is meant for another site.
TEST_F(Agent, OnePageAtATimeAsksAtTheReader) {
    std::promise<void> typed;
    auto wait = typed.get_future().share();
    chip::Hand hand{.digits = "1234", .before = [wait] { wait.wait(); }};
    readers_.insert(test_reader, card_.path(), &hand);
    const auto first = authorize();
    const auto second = get("/authorize", query({{"nonce", "second"}}));
    std::optional<Page> done;
    http::asio::co_spawn(
        io_,
        [](auto& self, std::string token, std::optional<Page>& out) -> http::Task<void> {
            out = co_await self.posting("/authorize", {{"token", token}, {"reader", test_reader}});
        }(*this, first.field("token"), done),
        http::asio::detached);
    ASSERT_TRUE(becomes([&] { return shared_->at_reader.is_waiting(); }));
    for (const auto& page : {enter(second, ""), get("/", ""), authorize()}) {
        EXPECT_EQ(page.status, 409);
        EXPECT_TRUE(page.shows("「マイページ」のために暗証番号を待っています")) << page.body;
    }
    typed.set_value();
    ASSERT_TRUE(becomes([&] { return done.has_value(); }));
    EXPECT_EQ(done->status, 303);
    EXPECT_EQ(get("/", "").status, 200);
}

// Another card in the same reader, or fewer tries, than on the page.
TEST_F(Agent, APageSignsWithItsOwnCardOnly) {
    const chip::TestCard other({.kind = chip::CardKind::piv});
    const auto page = authorize();
    auto change = get("/pin", "use=pin&reader=Reader%200");
    readers_.insert(test_reader, other.path());
    EXPECT_TRUE(enter(page, "1234").shows("カードが抜かれたか")) << "another card";
    change = post(
        "/pin",
        {{"token", change.field("token")}, {"pin", "1234"}, {"fresh", "5678"}, {"again", "5678"}});
    EXPECT_TRUE(change.shows("カードが抜かれたか"));
    const auto third = get("/authorize", query({{"nonce", "third"}}));
    readers_.insert(test_reader, other.path());
    EXPECT_TRUE(enter(third, "1234").shows("カードが抜かれたか")) << "put in again meanwhile";
    const auto fourth = get("/authorize", query({{"nonce", "fourth"}}));
    EXPECT_EQ(enter(fourth, "1234").status, 303);
}

TEST_F(Agent, WarnsOfTheLastTryOnlyThen) {
    const chip::TestCard other;
    readers_.insert("Other", other.path());
    EXPECT_FALSE(authorize().shows("name=\"last\"")) << "both have three";
    for (int i = 0; i < 2; ++i) {
        EXPECT_FALSE(readers_.open("Other").value()->sign(card::KeyUse::authentication,
                                                          chip::secret("0000"), {}));
    }
    EXPECT_TRUE(authorize().shows("name=\"last\"")) << "one of them has one left";
}

// Between looking and signing another card can come into the reader, or tries be spent.
TEST_F(Agent, SignsWithTheCardThatWasShown) {
    const auto seen = cards_.look().cards.front();
    const auto use = card::KeyUse::authentication;
    const auto change = [&](const CardView& card) {
        return cards_.change_pin(card, use, chip::secret("1234"), chip::secret("1234"));
    };
    EXPECT_TRUE(change(seen));
    auto other = seen;
    other.thumbprint = crypto::random_hash();
    EXPECT_EQ(change(other).error().error, card::CardError::gone);
    EXPECT_FALSE(readers_.open(test_reader).value()->sign(use, chip::secret("0000"), {}));
    EXPECT_EQ(change(seen).error().error, card::CardError::gone) << "it has a try less";
    EXPECT_EQ(tries_left(), 2) << "and lost none by that";
}

// With cards in several readers it is chosen on the page, and one of them has keys.
TEST_F(Agent, OneOfSeveralReadersHasKeys) {
    chip::Hand hand{.digits = "1234"};
    const chip::TestCard other;
    readers_.insert("Keypad", other.path(), &hand);
    const auto page = authorize();
    EXPECT_TRUE(page.shows("type=\"password\""));
    EXPECT_FALSE(page.shows("autocomplete=\"off\" required inputmode"));
    const auto done =
        post("/authorize", {{"token", page.field("token")}, {"reader", "Keypad"}, {"pin", ""}});
    EXPECT_EQ(done.status, 303);
    EXPECT_TRUE(post("/authorize",
                     {{"token", get("/authorize", query({{"nonce", "second"}})).field("token")},
                      {"reader", test_reader},
                      {"pin", ""}})
                    .shows("回数は減っていません"));
}

// Threat: another user of this computer.
TEST(AgentCaller, IsWhoHoldsTheOtherEnd) {
    EXPECT_NO_THROW(demand_known_callers());
    http::asio::io_context io;
    using tcp = http::asio::ip::tcp;
    const auto loopback = http::asio::ip::address_v4::loopback();
    tcp::acceptor acceptor(io, {loopback, 0});
    const auto ours = acceptor.local_endpoint().port();
    tcp::socket caller(io);
    caller.connect(acceptor.local_endpoint());
    auto accepted = acceptor.accept();
    const auto port = caller.local_endpoint().port();
    EXPECT_EQ(calling_user({.caller = port, .ours = ours}), ::geteuid());
    EXPECT_EQ(calling_user({.caller = port, .ours = 1}), std::nullopt);
    EXPECT_EQ(calling_user({.caller = 1, .ours = ours}), std::nullopt);
    EXPECT_EQ(calling_user({.caller = ours, .ours = 0}), std::nullopt)
        << "who listens calls nobody";
    EXPECT_TRUE(is_own_user({.certificate = {}, .address = "127.0.0.1", .port = port}, ours));
    EXPECT_FALSE(is_own_user({.certificate = {}, .address = "127.0.0.2", .port = port}, ours))
        << "another computer's address would be found by its port";
    // Its sockets live on without an owner, which the kernel calls root.
    caller.close();
    EXPECT_EQ(calling_user({.caller = port, .ours = ours}), std::nullopt);
    accepted.close();
    EXPECT_EQ(calling_user({.caller = port, .ours = ours}), std::nullopt);
}

TEST_F(Agent, AnswersToItsOwnUserOnly) {
    EXPECT_EQ(get("/", "").status, 200);
    if (::geteuid() != 0) GTEST_SKIP() << "only root can call as another user";
    const auto url = origin() + "/";
    const auto curl = [&](const std::string& as) {
        auto said = std::async(std::launch::async, [&] {
            return crypto::run_well(as + " curl -s -o /dev/null -w %{http_code} " + url);
        });
        while (said.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) {
            io_.restart();
            io_.poll();
        }
        return said.get();
    };
    EXPECT_EQ(curl(""), "200");
    EXPECT_EQ(curl("setpriv --reuid=65534 --clear-groups"), "403");
}

TEST_F(Agent, NoTryForWhatCannotBeAPin) {
    for (const auto* pin : {"", "123", "12345", "abcd", "１２３４"}) {
        const auto page = enter(authorize(), pin);
        EXPECT_TRUE(page.shows("回数は減っていません")) << pin;
    }
    EXPECT_EQ(tries_left(), 3);
}

TEST_F(Agent, SaysWhatToDoNext) {
    for (const auto& [other, says] :
         std::vector<std::pair<std::map<std::string, std::string>, const char*>>{
             {{{"client_id", "evil"}}, "閉じてください"},
             {{{"redirect_uri", "https://evil.example/"}}, "閉じてください"},
             {{{"exp", std::to_string(unix_now() - 1)}}, "もう一度始めてください"},
             {{{"scope", "eligibility"}}, "知らせてください"},
             {{{"aud", "relay-2"}}, "知らせてください"}}) {
        const auto page = get("/authorize", query(other));
        for (const auto* text : {"閉じてください", "もう一度始めてください", "知らせてください"})
            EXPECT_EQ(page.shows(text), std::string_view(text) == says) << page.body;
    }
}

// It signs nothing, and a locked password does not lock the other key.
TEST_F(Agent, SaysWhichKeyIsLocked) {
    {
        const auto card = readers_.open(test_reader).value();
        for (int i = 0; i < 5; ++i)
            EXPECT_FALSE(card->signing_certificate(chip::secret("WRONG1")));
    }
    const auto page = get("/pin", "use=password&reader=Reader%200");
    EXPECT_TRUE(page.shows("署名の鍵はロックされています（ログインはできます）")) << page.body;
    EXPECT_EQ(enter(authorize(), "1234").status, 303);
}

TEST_F(Agent, ACardWithoutAPinIsForTheCounter) {
    const chip::TestCard counter({.has_pins = false});
    readers_.insert(test_reader, counter.path());
    for (const auto& page : {authorize(), get("/", ""), get("/pin", "use=pin&reader=Reader%200")}) {
        EXPECT_TRUE(page.shows("暗証番号のないカードです")) << page.body;
        EXPECT_FALSE(page.shows("type=\"password\""));
    }
}

TEST_F(Agent, RefusesBeforeThePinIsAsked) {
    struct Case {
        std::map<std::string, std::string> other;
        const char* says;
    };
    for (const auto& [other, says] : std::vector<Case>{
             {{{"client_id", "evil"}}, "名簿に載っていません"},
             {{{"client_id", "clinic-1"}}, "戻り先のアドレス"},
             {{{"redirect_uri", "https://evil.example:8450/login/back"}}, "戻り先のアドレス"},
             {{{"redirect_uri", std::string(test_back) + "/more"}}, "戻り先のアドレス"},
             {{{"redirect_uri", std::string(test_back) + "?x=1"}}, "戻り先のアドレス"},
             {{{"aud", "relay-2"}}, "ほかの中継センター"},
             {{{"scope", "claims questions"}}, "許されていないこと"},
             {{{"scope", "eligibility"}}, "許されていないこと"},
             {{{"kind", "check"}}, "許されていないこと"},
             {{{"exp", std::to_string(unix_now() - 1)}}, "期限が切れて"},
             {{{"exp", std::to_string(unix_now() + 3600)}}, "期限が切れて"},
             {{{"nonce", ""}}, "形が正しくありません"},
             {{{"nonce", std::string(65, 'n')}}, "形が正しくありません"},
             {{{"scope", ""}}, "形が正しくありません"},
             {{{"scope", "claims claims"}}, "形が正しくありません"},
             {{{"scope", "claims  entries"}}, "形が正しくありません"},
             {{{"response_mode", "query"}}, "形が正しくありません"},
             {{{"kind", "everything"}}, "形が正しくありません"},
             {{{"kind", "application"}, {"scope", "filing"}, {"to", "portal"}, {"document", "d"}},
              "形が正しくありません"},
             {{{"payload", "sign me"}}, "形が正しくありません"},
             {{{"state", std::string(257, 's')}}, "形が正しくありません"}}) {
        const auto page = get("/authorize", query(other));
        EXPECT_EQ(page.status, 403) << says;
        EXPECT_TRUE(page.shows(says)) << says << page.body;
        EXPECT_FALSE(page.shows("type=\"password\"")) << says;
        EXPECT_TRUE(page.shows("暗証番号は求められていません"));
    }
    EXPECT_EQ(get("/authorize", "client_id=portal&client_id=portal").status, 403);
    EXPECT_EQ(get("/authorize", query({{"state", std::string(5000, 's')}})).status, 414);
}

// Threat: origin spoofing.
TEST_F(Agent, WhoAsksComesFromTheDirectoryOnly) {
    const auto page = get("/authorize", query(),
                          {{"Referer", "https://tax-office.example/"},
                           {"Origin", "https://tax-office.example"},
                           {"Sec-Fetch-Site", "cross-site"},
                           {"Sec-Fetch-Mode", "navigate"},
                           {"Sec-Fetch-Dest", "document"}});
    EXPECT_EQ(page.status, 200);
    EXPECT_TRUE(page.shows("マイページ"));
    EXPECT_FALSE(page.shows("tax-office"));
}

// Threats: requests forged by another page, silent signing.
TEST_F(Agent, AFormOfAnotherPageSignsNothing) {
    const auto token = authorize().field("token");
    const std::map<std::string, std::string> form{
        {"token", token}, {"reader", test_reader}, {"pin", "0000"}};
    for (const auto& headers : std::vector<std::vector<http::Header>>{
             {},
             {{"Origin", origin()}},
             {{"Sec-Fetch-Site", "same-origin"}},
             {{"Origin", "https://portal.example:8450"}, {"Sec-Fetch-Site", "same-origin"}},
             {{"Origin", "null"}, {"Sec-Fetch-Site", "same-origin"}},
             {{"Origin", origin()}, {"Sec-Fetch-Site", "same-site"}},
             {{"Origin", origin()}, {"Sec-Fetch-Site", "cross-site"}}}) {
        EXPECT_EQ(post("/authorize", form, headers).status, 403);
        EXPECT_EQ(post("/pin", form, headers).status, 403);
    }
    EXPECT_EQ(tries_left(), 3) << "the card was not asked";
    EXPECT_TRUE(post("/authorize", form).shows("あと2回")) << "the token is still good";
}

// Threat: a form is sent again.
TEST_F(Agent, ATokenWorksOnce) {
    const auto page = authorize();
    EXPECT_EQ(enter(page, "1234").status, 303);
    EXPECT_EQ(enter(page, "1234").status, 403);
    const auto stale = get("/authorize", query());
    EXPECT_EQ(stale.status, 403) << "and a nonce is signed once";
    EXPECT_EQ(post("/authorize", {{"token", "invented"}, {"pin", "1234"}}).status, 403);
    EXPECT_EQ(post("/authorize", {{"pin", "1234"}}).status, 403);
    // Nor is a token for a PIN's change one for signing.
    const auto change = get("/pin", "use=pin&reader=Reader%200");
    EXPECT_EQ(enter(change, "1234").status, 403);
}

TEST(AgentNonces, AreSignedOnce) {
    Nonces nonces;
    const UnixTime now = 1'000;
    auto first = nonces.spend("n", now);
    ASSERT_TRUE(first);
    EXPECT_FALSE(nonces.spend("n", now)) << "one is being signed";
    first.reset();
    EXPECT_FALSE(nonces.spent("n")) << "nothing was signed";
    nonces.spend("n", now)->keep();
    EXPECT_FALSE(nonces.spend("n", now + 300));
    EXPECT_TRUE(nonces.spent("n"));
    EXPECT_TRUE(nonces.spend("other", now + 3'600));
    EXPECT_FALSE(nonces.spent("n")) << "the relay does not take it any more";
}

TEST_F(Agent, OfTwoPagesWithOneNonceOneIsSigned) {
    const auto first = authorize();
    const auto second = authorize();
    EXPECT_EQ(enter(first, "1234").status, 303);
    EXPECT_EQ(enter(second, "1234").status, 403);
}

// Threat: DNS rebinding.
TEST_F(Agent, AnswersToItsOwnAddressOnly) {
    const auto port = std::to_string(server_->port());
    for (const auto& host :
         std::vector<std::string>{"localhost:" + port, "evil.example:" + port, "127.0.0.1",
                                  "127.0.0.1:1", "127.0.0.1.:" + port, "[::1]:" + port}) {
        EXPECT_EQ(get("/", "", {{"Host", host}}).status, 421) << host;
        EXPECT_EQ(get("/authorize", query(), {{"Host", host}}).status, 421) << host;
    }
    const auto page = get("/", "", {{"Origin", "https://evil.example"}});
    for (const auto& header : page.response.headers) {
        EXPECT_FALSE(header.name.starts_with("Access-Control")) << header.name;
    }
}

// Threats: frames around the page, scripts that ask whether the agent runs.
TEST_F(Agent, IsNoPartOfAnotherPage) {
    const auto page = authorize();
    const auto policy = page.response.header("content-security-policy");
    EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string_view::npos);
    EXPECT_NE(policy.find("default-src 'none'"), std::string_view::npos) << "no script at all";
    EXPECT_NE(policy.find("form-action 'self' https://portal.example:8450"),
              std::string_view::npos);
    EXPECT_EQ(page.response.header("x-frame-options"), "DENY");
    EXPECT_EQ(page.response.header("cross-origin-opener-policy"), "same-origin");
    for (const auto* destination : {"iframe", "frame", "embed", "object", "image", "script"}) {
        EXPECT_EQ(get("/authorize", query(),
                      {{"Sec-Fetch-Mode", "navigate"}, {"Sec-Fetch-Dest", destination}})
                      .status,
                  403)
            << destination;
    }
    for (const auto* mode : {"cors", "no-cors", "same-origin", "websocket"}) {
        EXPECT_EQ(get("/", "", {{"Sec-Fetch-Mode", mode}, {"Sec-Fetch-Dest", "empty"}}).status,
                  403);
    }
    EXPECT_EQ(page.body.find("<script"), std::string::npos);
}

// Threat: whatever fills in passwords keeps the PIN.
TEST_F(Agent, NothingIsToKeepThePin) {
    const auto page = authorize();
    EXPECT_TRUE(page.shows(R"(type="password" autocomplete="off")"));
    EXPECT_EQ(page.response.header("cache-control"), "no-store");
    const auto wrong = enter(page, "9876");
    EXPECT_FALSE(wrong.shows("9876")) << "it is never shown again";
}

// Who acts is not what a site says, but a number that this person says too.
TEST_F(Agent, ToActForAnotherIsComparedByANumber) {
    Hash other{};
    std::ranges::copy(std::array{0x00, 0x00, 0x00, 0x00, 0x3a, 0xde, 0x68, 0xb1}, other.begin());
    const auto asked = [&](const char* kind, const std::string& delegate) {
        return get("/authorize",
                   query({{"kind", kind}, {"scope", "claims"}, {"delegate", delegate}}));
    };
    auto page = asked("delegate", base64url(other));
    EXPECT_EQ(page.status, 200);
    EXPECT_TRUE(page.shows("代わりの人")) << page.body;
    EXPECT_FALSE(page.shows("8765 4321")) << "it has to be heard from that person";
    const auto typed = [&](const char* number) {
        return post("/authorize", {{"token", page.field("token")},
                                   {"reader", test_reader},
                                   {"number", number},
                                   {"pin", "1234"}});
    };
    for (const auto* wrong : {"", "8765 4322", "4321", "098765432187654321"}) {
        page = typed(wrong);
        EXPECT_TRUE(page.shows("番号がちがいます")) << wrong;
    }
    const auto done = typed("87654321");
    ASSERT_EQ(done.status, 303);
    EXPECT_EQ(mandate_in(done).mandate.kind, wire::MandateKind::delegate);
    EXPECT_EQ(mandate_in(done).mandate.delegate, other);
    EXPECT_EQ(asked("delegate", "").status, 403);
    EXPECT_EQ(asked("delegate", "abc").status, 403);
    EXPECT_EQ(asked("login", base64url(other)).status, 403);
    const auto own = readers_.open(test_reader).value()->authentication_certificate().value();
    EXPECT_TRUE(get("/", "").shows(delegate_number(own.thumbprint()))) << "what one reads out";
}

TEST_F(Agent, ConsentSaysForHowLong) {
    const auto page = get("/authorize", query({{"kind", "consent"}, {"scope", "claims"}}));
    EXPECT_TRUE(page.shows("記録を見せる同意"));
    EXPECT_TRUE(page.shows("24時間"));
    const auto signed_mandate = mandate_in(enter(page, "1234"));
    EXPECT_EQ(signed_mandate.mandate.kind, wire::MandateKind::consent);
    EXPECT_EQ(signed_mandate.mandate.expires - signed_mandate.mandate.issued_at,
              wire::consent_lifetime_s);
    EXPECT_FALSE(signed_mandate.mandate.stop.has_value()) << "it stays when the card is pulled";
}

// --- documents ---

// What the relay was told, as it is written in a mandate.
Hash stop_of(const std::string& told) {
    const auto object = parse_json_object(told).value();
    const auto secret = parse_base64url(object.at("secret").as_string()).value();
    return crypto::sha256(secret);
}

TEST_F(Agent, PullingTheCardEndsItsLogIns) {
    const auto mandate = mandate_in(enter(authorize(), "1234")).mandate;
    const auto reader = readers_.list()->front();
    EXPECT_EQ(logins_->count(reader), 1U);
    logins_->cards_now(readers_.list());
    EXPECT_EQ(logins_->count(reader), 1U) << "it is still there";
    // Put back at once, it is another time.
    readers_.remove(test_reader);
    readers_.insert(test_reader, card_.path());
    logins_->cards_now(readers_.list());
    EXPECT_EQ(logins_->count(reader), 0U);
    ASSERT_TRUE(becomes([&] { return told_.size() == 1; }));
    EXPECT_EQ(stop_of(told_[0]), mandate.stop);
}

// A relay that does not answer yet, or does not know a log-in that was not used yet, is told again.
TEST_F(Agent, TheRelayIsToldUntilItHasHeard) {
    relay_says_ = {503, 404, 204};
    EXPECT_EQ(enter(authorize(), "1234").status, 303);
    readers_.remove(test_reader);
    logins_->cards_now(readers_.list());
    ASSERT_TRUE(becomes([&] { return told_.size() == 3; }));
    http::await(io_, http::pause(http::Milliseconds(500)));
    EXPECT_EQ(told_.size(), 3U) << "and then no more";
    EXPECT_EQ(told_[0], told_[2]);
}

TEST_F(Agent, ACardPulledWhileItSignsEndsTheLogInToo) {
    const auto before = readers_.list()->front();
    // The watching thread has noticed it before the signature is back.
    readers_.remove(test_reader);
    logins_->cards_now(readers_.list());
    logins_->add(Secret(crypto::random_bytes(32)), before, unix_now() + 100);
    EXPECT_TRUE(becomes([&] { return told_.size() == 1; }));
}

TEST_F(Agent, TheEndOfTheAgentEndsEveryLogIn) {
    const auto reader = readers_.list()->front();
    logins_->add(Secret(crypto::random_bytes(32)), reader, unix_now() - 1);
    logins_->add(Secret(crypto::random_bytes(32)), reader, unix_now() + 100);
    logins_->add(Secret(crypto::random_bytes(32)), reader, unix_now() + 100);
    http::await(io_, logins_->stop_all());
    EXPECT_EQ(told_.size(), 2U) << "one was over";
}

TEST_F(Agent, SaysWhatIsMissing) {
    readers_.remove(test_reader);
    EXPECT_TRUE(authorize().shows("カードリーダにカードがありません"));
    EXPECT_TRUE(get("/", "").shows("カードリーダにカードがありません"));
    EXPECT_EQ(enter(authorize(), "1234").status, 403) << "such a page has no form";
}

TEST_F(Agent, ChangesAPin) {
    auto page = get("/pin", "use=pin&reader=Reader%200");
    const auto change = [&](const char* old, const char* fresh, const char* again) {
        page = post(
            "/pin",
            {{"token", page.field("token")}, {"pin", old}, {"fresh", fresh}, {"again", again}});
    };
    change("1234", "56789", "56789");
    EXPECT_TRUE(page.shows("回数は減っていません"));
    change("1234", "5678", "5679");
    EXPECT_TRUE(page.shows("同じではありません"));
    change("0000", "5678", "5678");
    EXPECT_TRUE(page.shows("あと2回"));
    change("1234", "5678", "5678");
    EXPECT_TRUE(page.shows("変わりました")) << page.body;
    EXPECT_EQ(enter(authorize(), "5678").status, 303);
}

TEST_F(Agent, ChangesTheSigningPassword) {
    const auto page = get("/pin", "use=password&reader=Reader%200");
    EXPECT_TRUE(page.shows("6〜16文字"));
    EXPECT_TRUE(post("/pin", {{"token", page.field("token")},
                              {"pin", "ABC123"},
                              {"fresh", "NEWPASS1"},
                              {"again", "NEWPASS1"}})
                    .shows("変わりました"));
}

}  // namespace
}  // namespace mado::agent
