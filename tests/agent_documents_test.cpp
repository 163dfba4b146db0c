// Documents that the signing key signs: what is signed is what was shown.
#include "agent_fixture.hpp"
#include "crypto/jwe.hpp"

namespace mado::agent {
namespace {

class AgentDocuments : public TestAgent {
  protected:
    static constexpr const char* text = "届出\n氏名　厚労 花子\n<b>100 & more</b>\n";
    // As a form of the portal's leads there.
    Page hand_in(std::map<std::string, std::string> other = {}) {
        std::map<std::string, std::string> fields{
            {"kind", "application"}, {"scope", "filing"}, {"to", "portal"}, {"document", text}};
        for (auto& [name, value] : other)
            fields[name] = value;
        const auto form = http::parse_form(query(fields));
        return post("/sign", form->fields(),
                    {{"Origin", "https://portal.example:8450"},
                     {"Sec-Fetch-Site", "cross-site"},
                     {"Sec-Fetch-Mode", "navigate"},
                     {"Sec-Fetch-Dest", "document"}});
    }
    // The page that it leads to.
    Page read(const Page& handed_in) {
        const std::string location(handed_in.response.header("location"));
        const auto question = location.find('?');
        return get(location.substr(0, question), location.substr(question + 1));
    }
};

TEST_F(AgentDocuments, IsSignedAsItIsShown) {
    const auto handed_in = hand_in();
    EXPECT_EQ(handed_in.status, 303) << handed_in.body;
    const auto page = read(handed_in);
    EXPECT_TRUE(page.shows("届出\n氏名　厚労 花子\n&lt;b&gt;100 &amp; more&lt;/b&gt;\n"));
    EXPECT_TRUE(page.shows("署名用パスワード"));
    EXPECT_TRUE(page.shows("あと5回"));
    const auto done = enter(page, "ABC123");
    ASSERT_EQ(done.status, 303) << done.body;
    const auto mandate = mandate_in(done);
    EXPECT_EQ(mandate.mandate.kind, wire::MandateKind::application);
    const std::string location(done.response.header("location"));
    const auto fragment = location.substr(location.find('#') + 1);
    const auto form = http::parse_form(fragment);
    const auto payload = form->text("payload");
    ASSERT_EQ(mandate.mandate.payload_hashes.size(), 1U);
    EXPECT_EQ(mandate.mandate.payload_hashes[0], crypto::sha256(as_bytes(payload)));
    const auto opened = crypto::decrypt_jwe(payload, test_sealing_key());
    EXPECT_EQ(as_text(opened.value()), text);
    const auto certificate =
        readers_.open(test_reader).value()->signing_certificate(chip::secret("ABC123")).value();
    EXPECT_TRUE(crypto::verify_jws(mandate.jws, certificate.public_key()));
    EXPECT_EQ(read(handed_in).status, 403) << "it was signed";
    EXPECT_EQ(tries_left(), 3) << "the PIN was not asked";
}

// A card of another authority's proves both of its keys: two people's cards do not.
TEST_F(AgentDocuments, OnlyTheCardThatHasLoggedInSigns) {
    const auto own = readers_.open(test_reader).value()->authentication_certificate().value();
    const auto card = base64url(own.thumbprint());
    const auto other = base64url(crypto::sha256(as_bytes(std::string_view("another"))));
    const auto refused = enter(read(hand_in({{"card", other}})), "ABC123");
    EXPECT_EQ(refused.status, 200);
    EXPECT_TRUE(refused.shows("はじめのカードを入れて")) << refused.body;
    EXPECT_TRUE(refused.shows("あと5回")) << "no try was spent";
    EXPECT_EQ(enter(read(hand_in({{"nonce", "another"}, {"card", card}})), "ABC123").status, 303);
    EXPECT_EQ(hand_in({{"nonce", "a third"}, {"card", "abc"}}).status, 403);
}

// A browser sends every end of a line as CRLF, whatever the page has put there.
TEST_F(AgentDocuments, EndsOfLinesAreSignedAsThePageHasThem) {
    const auto done = enter(read(hand_in({{"document", "届出\r\n氏名\r\n"}})), "ABC123");
    ASSERT_EQ(done.status, 303) << done.body;
    const std::string location(done.response.header("location"));
    const auto form = http::parse_form(location.substr(location.find('#') + 1));
    EXPECT_EQ(as_text(crypto::decrypt_jwe(form->text("payload"), test_sealing_key()).value()),
              "届出\n氏名\n");
    EXPECT_EQ(hand_in({{"document", "届\r出"}}).status, 403) << "it would not show";
}

// Who signed is told to whom the document is for, and never by an address.
TEST_F(AgentDocuments, TheSignersCertificateComesBackSealedOnly) {
    const auto open = enter(read(hand_in()), "ABC123");
    EXPECT_EQ(std::string(open.response.header("location")).find("certificate"), std::string::npos);
    const auto key = crypto::PrivateKey::generate(crypto::KeyType::p256);
    const auto jwk = base64url(as_bytes(key.public_key().jwk()));
    const auto done = enter(read(hand_in({{"nonce", "another"}, {"seal_to", jwk}})), "ABC123");
    const std::string location(done.response.header("location"));
    const auto form = http::parse_form(location.substr(location.find('#') + 1));
    const auto answer =
        http::parse_form(as_text(crypto::decrypt_jwe(form->text("response"), key).value()));
    const auto certificate =
        readers_.open(test_reader).value()->signing_certificate(chip::secret("ABC123")).value();
    EXPECT_EQ(answer->text("certificate"), base64url(certificate.der()));
    const auto mandate = wire::valid(wire::parse_mandate(answer->text("mandate")));
    EXPECT_EQ(mandate.jws.certificate, certificate.thumbprint());
    EXPECT_FALSE(answer->text("payload").empty());
}

// What others get beside it is shown word for word, sealed for each, and signed with it.
TEST_F(AgentDocuments, WhatIsHandedOnIsShownAndSigned) {
    const auto page =
        read(hand_in({{"handed_on", R"([{"to":"portal","text":"{\"a\":\"葵\"}"}])"}}));
    EXPECT_TRUE(page.shows("葵")) << page.body;
    EXPECT_TRUE(page.shows("ほかの届け先に渡す内容"));
    const auto done = enter(page, "ABC123");
    ASSERT_EQ(done.status, 303) << done.body;
    const auto hashes = mandate_in(done).mandate.payload_hashes;
    const std::string location(done.response.header("location"));
    const auto form = http::parse_form(location.substr(location.find('#') + 1));
    const auto seal = form->text("handed_on");
    ASSERT_EQ(hashes.size(), 2U);
    EXPECT_EQ(hashes[1], crypto::sha256(as_bytes(seal)));
    EXPECT_EQ(as_text(crypto::decrypt_jwe(seal, test_sealing_key()).value()), R"({"a":"葵"})");
    for (const auto* bad :
         {"[]", "{}", R"([{"to":"portal"}])", R"([{"to":"nobody","text":"a"}])",
          R"([{"to":"portal","text":"pay \u202e001"}])", R"([{"to":"portal","text":"a\nb"}])",
          R"([{"to":"portal","text":"厚労\u200b葵"}])",
          R"([{"to":"portal","text":"{\"a\":\"\\u202e1\"}"}])",
          R"([{"to":"portal","text":"{\"a\":\"\\u8475\"}"}])",
          R"([{"to":"portal","text":"a","more":1}])", R"([{"to":"06990014","text":"a"}])"}) {
        EXPECT_EQ(hand_in({{"nonce", "another"}, {"handed_on", bad}}).status, 403) << bad;
    }
}

TEST_F(AgentDocuments, AWrongPasswordIsCounted) {
    auto page = enter(read(hand_in()), "WRONG1");
    EXPECT_TRUE(page.shows("署名用パスワードがちがいます。あと4回です。")) << page.body;
    EXPECT_TRUE(page.shows("届出")) << "the document stays before the eye";
    page = enter(page, "1234");
    EXPECT_TRUE(page.shows("回数は減っていません"));
    EXPECT_EQ(enter(page, "ABC123").status, 303);
}

TEST_F(AgentDocuments, WhatDoesNotShowItselfIsRefused) {
    for (const auto& document :
         std::vector<std::string>{"pay \u202e001 yen", "a\u2066b", "1\u2060000 yen", "a\U000E0100",
                                  "\u3164", std::string(16 * 1024 + 1, 'x'), ""}) {
        EXPECT_EQ(hand_in({{"document", document}}).status, 403) << document.substr(0, 20);
    }
    EXPECT_EQ(hand_in({{"document", "葛\U000E0100飾区"}}).status, 303)
        << "a variation selector is part of a name";
    EXPECT_TRUE(hand_in({{"to", "06990014"}}).shows("届け先")) << "it has no sealing key";
    EXPECT_EQ(hand_in({{"to", "nobody"}}).status, 403);
    EXPECT_EQ(hand_in({{"kind", "login"}, {"scope", "claims"}}).status, 403)
        << "only applications have a document";
    EXPECT_EQ(hand_in({{"scope", "claims"}}).status, 403);
    EXPECT_EQ(get("/sign", "request=invented").status, 403);
}

}  // namespace
}  // namespace mado::agent
