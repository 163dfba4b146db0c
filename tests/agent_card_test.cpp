// A card that its issuing centre writes: what the agent shows, what it lets through, and that a PIN
// goes nowhere but to the card (docs/protocols/card-session.md).
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "agent_fixture.hpp"
#include "base/file.hpp"
#include "card_centre.hpp"

namespace mado::agent {
namespace {

constexpr const char* pin = "2468";
constexpr const char* password = "ABC987";

class AgentCard : public TestAgent {
  protected:
    AgentCard() {
        http::ServerOptions options;
        options.tls = &tls_;
        window_ = std::make_unique<http::Server>(
            io_, options,
            std::vector<http::Route>{{"POST", "/card", issuer::card_body_max,
                                      [this](http::Request request) -> http::Task<http::Response> {
                                          co_return co_await answer(std::move(request));
                                      }}});
        back_ = fmt::format("https://127.0.0.1:{}/login/back", window_->port());
        const auto& portal = *directory_.find("portal");
        auto centre = portal;
        centre.id = wire::valid(wire::ParticipantId::parse("issuer"));
        centre.name = "発行センター";
        centre.kind = wire::valid(wire::CodeId::parse("issuer"));
        centre.certificates = {identity_.hash};
        centre.redirect_uris = {back_};
        auto& all = directory_.participants;
        const auto place = std::ranges::find_if(
            all, [](const auto& one) { return one.id.text() > std::string("issuer"); });
        all.insert(place, centre);
        blank_ = centre_.blank("blank");
        readers_.insert(test_reader, blank_);
        session_ = centre_.begin(centre_.open_case());
    }

    http::Task<http::Response> answer(http::Request request) {
        heard_ += request.body;
        ++calls_;
        if (before_) co_await before_();
        http::Response out;
        out.content_type = "application/json";
        if (!says_.empty()) {
            out.body = says_;
            co_return out;
        }
        const auto text = centre_.sessions.answer(request.body, centre_.now);
        out.status = text ? 200 : 404;
        out.body = text.value_or("no_session");
        co_return out;
    }
    std::string card_query(std::map<std::string, std::string> other = {}) {
        std::map<std::string, std::string> fields{{"client_id", "issuer"},
                                                  {"redirect_uri", back_},
                                                  {"session", session_},
                                                  {"pins", "authentication signing"}};
        for (auto& [name, text] : other)
            fields[name] = text;
        http::Form form;
        for (auto& [name, text] : fields) {
            if (text != "-") form.set(name, text);
        }
        return http::form_text(form);
    }
    Page page(std::map<std::string, std::string> other = {}) {
        return get("/card", card_query(std::move(other)));
    }
    std::map<std::string, std::string> typed(const Page& page,
                                             std::map<std::string, std::string> other = {}) {
        std::map<std::string, std::string> fields{{"token", page.field("token")},
                                                  {"reader", test_reader},
                                                  {"fresh", pin},
                                                  {"again", pin},
                                                  {"fresh_password", password},
                                                  {"again_password", password}};
        for (auto& [name, text] : other)
            fields[name] = text;
        return fields;
    }
    Page write(const Page& page, std::map<std::string, std::string> other = {}) {
        return post("/card", typed(page, std::move(other)));
    }

    tests::CardCentre centre_;
    http::Identity identity_{"issuer"};
    http::TlsContext tls_ = http::TlsContext::server(identity_.tls(), false);
    std::unique_ptr<http::Server> window_;
    std::string back_, blank_, session_;
    std::string heard_;  // all that the centre was sent
    std::string says_;   // instead of the truth
    int calls_ = 0;
    std::function<http::Task<void>()> before_;
};

TEST_F(AgentCard, WritesACardAndReturnsToTheWindow) {
    const auto shown = page();
    EXPECT_EQ(shown.status, 200);
    for (const auto* text : {"「発行センター」がカードに書き込みます", "Reader 0", "新しい暗証番号",
                             "新しい署名用パスワード", "autocomplete=\"off\"",
                             "<label for=\"fresh\">", "<label for=\"again_password\">"}) {
        EXPECT_TRUE(shown.shows(text)) << text;
    }
    EXPECT_TRUE(shown.shows(back_)) << "where it returns to";
    EXPECT_FALSE(shown.shows("<script"));
    EXPECT_EQ(calls_, 0) << "a page only shows";
    const auto done = write(shown);
    ASSERT_EQ(done.status, 303) << done.body;
    EXPECT_EQ(done.response.header("location"), back_ + "#card=done");
    tests::expect_works(blank_, pin, password);
    EXPECT_EQ(calls_, 9);
}

// Threat: the centre, or whoever reads what it gets, learns a PIN.
TEST_F(AgentCard, ThePinGoesToTheCardOnly) {
    const auto done = write(page());
    ASSERT_EQ(done.status, 303);
    for (const auto& secret :
         {std::string(pin), std::string(password), hex(as_bytes(pin)), hex(as_bytes(password))}) {
        EXPECT_EQ(heard_.find(secret), std::string::npos);
        EXPECT_EQ(done.body.find(secret), std::string::npos);
    }
}

TEST_F(AgentCard, SpeaksThreeLanguages) {
    EXPECT_TRUE(page({{"lang", "en"}}).shows("writes into a card"));
    EXPECT_TRUE(page({{"lang", "easy"}}).shows("カードに かきます"));
}

// An unlock makes no keys: the page says so, and the centre cannot have any made.
TEST_F(AgentCard, ANewPinAloneIsNamedAsThatAndIsNoMore) {
    const std::map<std::string, std::string> only_pin{{"work", "pin"}, {"pins", "authentication"}};
    auto shown = page(only_pin);
    EXPECT_EQ(shown.status, 200);
    for (const auto* text : {"「発行センター」で新しい暗証番号を決めます",
                             "鍵も電子証明書もそのままです", "新しい暗証番号を設定する"}) {
        EXPECT_TRUE(shown.shows(text)) << text;
    }
    EXPECT_FALSE(shown.shows("カードの中で鍵を作り"));
    EXPECT_FALSE(shown.shows("カードに書き込む"));
    EXPECT_EQ(page({{"work", "pin"}, {"pins", ""}}).status, 403);
    EXPECT_EQ(page({{"work", "card"}}).status, 403);
    const auto id = centre_.open_case();  // wants keys
    session_ = centre_.begin(id);
    shown = page(only_pin);
    const auto refused = post(
        "/card",
        {{"token", shown.field("token")}, {"reader", test_reader}, {"fresh", pin}, {"again", pin}});
    EXPECT_EQ(refused.status, 409);
    EXPECT_TRUE(refused.shows("設定は終わっていません"));
    EXPECT_TRUE(refused.shows("してはいけないことを求めました"));
    EXPECT_EQ(centre_.step(id), "make_keys");
    session_ = centre_.begin(id);
    EXPECT_EQ(write(page()).status, 303) << "the card is as it was";
}

TEST_F(AgentCard, AsksForWhatTheCaseHas) {
    EXPECT_FALSE(page({{"pins", "authentication"}}).shows("name=\"fresh_password\""));
    EXPECT_FALSE(page({{"pins", ""}}).shows("type=\"password\""));
}

// Threat: a site that is none of an issuing centre.
TEST_F(AgentCard, RefusesBeforeThePinIsAsked) {
    for (const auto& wrong : std::vector<std::map<std::string, std::string>>{
             {{"client_id", "nobody"}},
             {{"client_id", "portal"}, {"redirect_uri", test_back}},
             {{"redirect_uri", "https://127.0.0.1:1/login/back"}},
             {{"session", "-"}},
             {{"session", "short"}},
             {{"pins", "signing authentication"}},
             {{"pins", "PIN"}},
             {{"more", "1"}}}) {
        const auto shown = page(wrong);
        EXPECT_EQ(shown.status, 403) << wrong.begin()->first;
        EXPECT_FALSE(shown.shows("type=\"password\""));
    }
    EXPECT_EQ(calls_, 0);
}

TEST_F(AgentCard, SaysWhatIsWrongWithAPin) {
    const auto before = read_file(blank_);
    auto shown = write(page(), {{"fresh", "246"}});
    EXPECT_TRUE(shown.shows("暗証番号は数字4けたです"));
    shown = write(shown, {{"again", "2469"}});
    EXPECT_TRUE(shown.shows("新しいものが2回で同じではありません"));
    shown = write(shown, {{"fresh_password", "abc"}});
    EXPECT_TRUE(shown.shows("署名用パスワードは英大文字と数字で6〜16文字です"));
    shown = write(shown, {{"again_password", "ABC988"}});
    EXPECT_TRUE(shown.shows("新しいものが2回で同じではありません"));
    EXPECT_EQ(calls_, 0);
    EXPECT_EQ(read_file(blank_), before);
    EXPECT_EQ(write(shown).status, 303);
}

TEST_F(AgentCard, AFormOfAnotherPageWritesNothing) {
    const auto shown = page();
    EXPECT_EQ(post("/card", typed(shown), {{"Origin", "https://evil.example"}}).status, 403);
    EXPECT_EQ(write(shown).status, 303) << "the token was not used";
    EXPECT_EQ(write(shown).status, 403) << "now it was";
}

// Threat: a dishonest centre. Nothing of what it sends reaches the card, not even what stands
// before it.
TEST_F(AgentCard, LetsNothingThroughThatIsNotOnTheList) {
    const auto before = read_file(blank_);
    for (const auto* command :
         {"002000800431323334", "002c02010430303030", "00240080083132333435363738",
          "00a4040c0ad392f000260100000001", "00a4040009a0000003080000100000",
          "0087119a047c02820000", "00ff0000", "00"}) {
        says_ = fmt::format(R"({{"commands":["00a4040c06f04d41444f01","{}"]}})", command);
        const auto shown = write(page());
        EXPECT_EQ(shown.status, 409) << command;
        EXPECT_TRUE(shown.shows("してはいけないことを求めました")) << command;
        EXPECT_TRUE(shown.shows(back_ + "#card=failed"));
    }
    EXPECT_EQ(read_file(blank_), before);
}

TEST_F(AgentCard, GivesNoPinThatNobodyWasAskedFor) {
    says_ = R"({"pin":"signing"})";
    const auto shown = post("/card", {{"token", page({{"pins", "authentication"}}).field("token")},
                                      {"reader", test_reader},
                                      {"fresh", pin},
                                      {"again", pin}});
    EXPECT_TRUE(shown.shows("してはいけないことを求めました"));
    says_ = "<html>";
    EXPECT_TRUE(write(page()).shows("してはいけないことを求めました"));
}

// Threat: somebody between the agent and the centre, or in its place.
TEST_F(AgentCard, CallsTheCentreOfTheDirectoryOnly) {
    auto& centre = *std::ranges::find(directory_.participants, std::string("issuer"),
                                      [](const auto& one) { return one.id.text(); });
    centre.certificates = {relay_identity_.hash};
    const auto shown = write(page());
    EXPECT_EQ(shown.status, 409);
    EXPECT_TRUE(shown.shows("発行窓口とつながりません"));
    EXPECT_EQ(calls_, 0);
}

TEST_F(AgentCard, SaysWhyACardIsNotWritten) {
    readers_.insert(test_reader, card_.path());  // somebody's, of another centre
    EXPECT_TRUE(write(page()).shows("もうだれかのものになっているカード"));
    const auto foreign = centre_.folder.path("foreign");
    chip::CardFile::create(foreign, Secret{ByteView(crypto::random_hash())});
    session_ = centre_.begin(centre_.open_case());
    readers_.insert(test_reader, foreign);
    EXPECT_TRUE(write(page()).shows("この発行窓口のカードではありません"));
    session_ = std::string(43, 'A');
    readers_.insert(test_reader, blank_);
    EXPECT_TRUE(write(page()).shows("時間が過ぎたか"));
    auto shown = page();
    readers_.insert(test_reader, blank_);
    shown = write(shown);
    EXPECT_TRUE(shown.shows("カードが抜かれたか")) << "put in again meanwhile";
    readers_.remove(test_reader);
    EXPECT_TRUE(page().shows("カードリーダにカードがありません"));
}

// With one reader the clerk's card is exchanged when the page is there: nothing has begun yet.
TEST_F(AgentCard, TheCardIsExchangedBeforeItBegins) {
    readers_.insert(test_reader, card_.path());
    auto shown = page();
    EXPECT_TRUE(shown.shows("証明書の入っているカード"));
    readers_.insert(test_reader, blank_);
    shown = write(shown);
    EXPECT_EQ(shown.status, 200);
    EXPECT_TRUE(shown.shows("まだだれも使っていないカード"));
    EXPECT_EQ(calls_, 0);
    EXPECT_EQ(write(shown).status, 303);
    tests::expect_works(blank_, pin, password);
}

// The clerk's card is in another reader: the one that nobody uses is offered.
TEST_F(AgentCard, OffersTheCardThatNobodyUses) {
    readers_.insert("Clerk", card_.path());
    const auto shown = page();
    EXPECT_TRUE(shown.shows("value=\"Reader 0\" required checked"));
    EXPECT_FALSE(shown.shows("value=\"Clerk\" required checked"));
    EXPECT_TRUE(shown.shows("<fieldset><legend>"));
    EXPECT_EQ(write(shown).status, 303);
}

// A card that is broken off goes on with another session, from another page.
TEST_F(AgentCard, GoesOnInAnotherSession) {
    const auto id = centre_.open_case();
    session_ = centre_.begin(id);
    before_ = [this]() -> http::Task<void> {
        if (calls_ == 4) session_ = "over", says_ = R"({"failed":"gone"})";
        co_return;
    };
    EXPECT_TRUE(write(page()).shows("カードが抜かれたか"));
    says_.clear();
    before_ = nullptr;
    session_ = centre_.begin(id);
    EXPECT_EQ(write(page()).status, 303);
    tests::expect_works(blank_, pin, password);
}

TEST_F(AgentCard, NothingElseUsesTheCardMeanwhile) {
    bool may_go_on = false;
    before_ = [&may_go_on]() -> http::Task<void> {
        while (!may_go_on)
            co_await http::pause(http::Milliseconds(5));
    };
    const auto shown = page();
    std::optional<Page> done;
    http::asio::co_spawn(
        io_,
        [](auto& self, std::map<std::string, std::string> fields,
           std::optional<Page>& out) -> http::Task<void> {
            out = co_await self.posting("/card", std::move(fields));
        }(*this, typed(shown), done),
        http::asio::detached);
    ASSERT_TRUE(becomes([&] { return calls_ > 0; }));
    for (const auto& other : {get("/", ""), page(), authorize()}) {
        EXPECT_EQ(other.status, 409);
        EXPECT_TRUE(other.shows("「発行センター」がカードに書き込んでいます"));
    }
    may_go_on = true;
    ASSERT_TRUE(becomes([&] { return done.has_value(); }));
    EXPECT_EQ(done->status, 303) << done->body;
    EXPECT_EQ(get("/", "").status, 200);
}

}  // namespace
}  // namespace mado::agent
