#include "window.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/file.hpp"
#include "base/temp_folder.hpp"
#include "numbers.hpp"
#include "stop_page.hpp"
#include "test_issuer.hpp"

namespace mado::issuer {
namespace {

const wire::Schemes& schemes() {
    static const auto out = test_schemes();
    return out;
}

std::string act_text(const Happening& what) {
    return json::serialize(
        json::object{{"number", "123456789012"}, {"happening", happening_json(what)}});
}

TEST(Window, PeopleSayWhatPeopleDo) {
    const std::vector<Happening> all{
        test_application(schemes()),
        Corrected{1, Role::medical, test_application(schemes()).claims[1].number},
        TakenOut{1},
        TryAgain{{OrderKind::link, 0}},
        Waived{{OrderKind::tell, 1}},
        HandedOver{},
        Cancelled{"moved away"},
        Found{},
        GivenUp{},
        Approved{}};
    for (const auto& what : all) {
        const auto act = read_act(act_text(what), schemes());
        ASSERT_TRUE(act) << act_text(what) << act.error().why;
        EXPECT_EQ(act->number, "123456789012");
        EXPECT_EQ(act->what.index(), what.index());
    }
}

// The relay would refuse it when everybody has answered.
TEST(Window, NobodyAppliesWithOneNumberTwice) {
    auto application = test_application(schemes());
    application.claims.push_back(application.claims.back());
    EXPECT_FALSE(read_act(act_text(application), schemes()));
    application.claims.back().number.fields.back().second = "07";
    EXPECT_TRUE(read_act(act_text(application), schemes()));
}

// What registers, relay and authority answer, no page can say; nor what the centre did with
// a chip; and no decision without a signature.
TEST(Window, NobodyElsesWordComesFromAPage) {
    const std::vector<Happening> none{Opened{.numbers = {"1", "2", "3"}},
                                      Sent{{OrderKind::link, 0}},
                                      Confirmed{0, "answer", 1, true},
                                      WritesOtherwise{0, "{}"},
                                      NotHere{0},
                                      Done{{OrderKind::link, 0}},
                                      Certified{Use::signing, "MII"},
                                      NotIssued{Use::signing, "too-young"},
                                      Refused{{OrderKind::link, 0}, "link_taken"},
                                      Lapsed{{OrderKind::link, 0}},
                                      Decided{0, true, "unsigned"},
                                      Gone{0},
                                      KeysMade{{{Use::authentication, "key"}}},
                                      TakenOn{.person = test_application(schemes()).person,
                                              .claims = test_application(schemes()).claims,
                                              .certificates = {{Use::authentication, "MII"}}},
                                      Written{},
                                      PinSet{},
                                      StoppedAgain{},
                                      Overtaken{}};
    for (const auto& what : none)
        EXPECT_FALSE(read_act(act_text(what), schemes())) << act_text(what);
    EXPECT_FALSE(read_act("{}", schemes()));
    EXPECT_FALSE(read_act(R"({"number":"1","happening":{"what":"written"},"more":1})", schemes()));
    EXPECT_FALSE(read_act(std::string(window_body_max + 1, ' '), schemes()));
}

TEST(Window, ACaseIsOpenedByItsKind) {
    const auto read = [](std::string_view text) { return read_open(text, schemes()); };
    EXPECT_EQ(read("{}")->asked.kind, Kind::first) << "as pages of before ask";
    const auto stop = read(R"({"kind":"stop","person":"123456789012","reason":"lost"})");
    ASSERT_TRUE(stop);
    EXPECT_EQ(stop->person, "123456789012");
    EXPECT_EQ(stop->asked.kind, Kind::stop);
    const auto unlock =
        read(R"({"kind":"unlock","person":"123456789012","uses":["authentication","signing"]})");
    ASSERT_TRUE(unlock);
    EXPECT_EQ(unlock->asked.uses.size(), 2U);
    const json::object invited{{"kind", "first"},
                               {"invited", application_json(test_application(schemes()))}};
    EXPECT_EQ(read(json::serialize(invited))->invited, test_application(schemes()));
    for (const auto* text :
         {R"({"kind":"gift"})", R"({"kind":"stop","reason":"lost"})",
          R"({"kind":"stop","person":"1"})", R"({"kind":"stop","person":"1","reason":"damaged"})",
          R"({"kind":"first","person":"1"})", R"({"kind":"unlock","person":"1"})",
          R"({"kind":"unlock","person":"1","uses":["door"]})",
          R"({"kind":"change","person":"1","uses":["signing"]})", R"({"kind":"first","more":1})",
          R"({"kind":"first","invited":{}})", "[]"}) {
        EXPECT_FALSE(read(text)) << text;
    }
}

TEST(StopPage, ReadsWhatIsTypedInAHurry) {
    const auto read = [](const char* body) { return read_stop(*http::parse_form(body)); };
    const auto code = draw_digits(12, true);
    const auto typed = "code=" + code.substr(0, 4) + "-" + code.substr(4, 4) + "+" +
                       code.substr(8) + "&year=1988&month=12&day=5";
    const auto asked = read(typed.c_str());
    ASSERT_TRUE(asked);
    EXPECT_EQ(asked->code, code);
    EXPECT_EQ(asked->birth_date, Date(std::chrono::year(1988) / 12 / 5));
    EXPECT_EQ(read("year=1988&month=12&day=5").error(), StopMistake::code);
    EXPECT_EQ(read("code=000000000001&year=1988&month=12&day=5").error(), StopMistake::code);
    for (const auto* date : {"", "&year=1988&month=2&day=30", "&year=x&month=2&day=3",
                             "&year=-1&month=2&day=3", "&year=1988&month=2"}) {
        EXPECT_EQ(read(("code=" + code + date).c_str()).error(), StopMistake::birth_date) << date;
    }
}

TEST(StopPage, ShowsWhatWasTypedAgain) {
    auto typed = http::parse_form("code=123&year=%22%3E%3Cb%3E").value();
    const auto form = slip_form(page::Language::en, stop_path, {"", "", ""}, typed);
    EXPECT_NE(form.find(R"(value="123" )"), std::string::npos) << form;
    EXPECT_EQ(form.find("<b>"), std::string::npos) << form;
    EXPECT_EQ(form.find("aria-invalid"), std::string::npos) << form;
    const auto wrong =
        slip_form(page::Language::en, stop_path, {"", "", ""}, typed, {.birth_date = true});
    EXPECT_NE(wrong.find(R"(value="123" required aria-describedby="code-hint"></p>)"),
              std::string::npos)
        << wrong;
    EXPECT_NE(wrong.find(R"(autocomplete="bday-year" maxlength="4")"), std::string::npos) << wrong;
    EXPECT_NE(wrong.find(R"(required aria-invalid="true" aria-describedby="mistake"></p>)"),
              std::string::npos)
        << wrong;
    EXPECT_NE(wrong.find(R"(aria-describedby="year-hint mistake"></p>)"), std::string::npos)
        << wrong;
    EXPECT_NE(wrong.find(R"(<p class="hint" id="year-hint">Four digits.)"), std::string::npos);
}

TEST(Tries, SoOftenByOneAndByAll) {
    const Tries::Limits limits{.window_s = 100, .of_one_max = 3, .in_all_max = 5};
    Tries tries(limits);
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(tries.may_try("a", 100));
        tries.count("a", 100);
    }
    EXPECT_FALSE(tries.may_try("a", 199));
    EXPECT_TRUE(tries.may_try("b", 199)) << "looking counts for nothing";
    tries.count("a", 199);
    EXPECT_TRUE(tries.may_try("a", 200)) << "what was not allowed is not counted";
    Tries all(limits);
    for (int i = 0; i < 5; ++i)
        all.count(std::to_string(i), 100);
    EXPECT_FALSE(all.may_try("x", 100));
    EXPECT_TRUE(all.may_try("x", 200));
    auto forgetting = limits;
    forgetting.forgets = true;
    Tries open(forgetting);
    for (int i = 0; i < 3; ++i)
        open.count("0", 100);
    EXPECT_FALSE(open.may_try("0", 100));
    for (int i = 1; i < 4; ++i)
        open.count(std::to_string(i), 100);
    EXPECT_TRUE(open.may_try("x", 100)) << "nobody closes it for everybody";
    EXPECT_TRUE(open.may_try("0", 100)) << "the oldest is forgotten";
}

Telephones telephones_in(const std::string& toml) {
    const TempFolder folder;
    replace_file(folder.path("issuer.toml"), as_bytes(toml));
    auto config = Config::load(folder.path("issuer.toml"));
    auto out = read_telephones(config);
    config.finish();
    return out;
}

TEST(Telephones, AreOfTheWindowOrElseOfTheCentre) {
    const std::string window =
        "[[window]]\nmunicipality = \"992011\"\nname = \"A市\"\ntelephone = \"050-0000-0011\"\n";
    const auto all = telephones_in("hotline = \"+81 50 0000 0000\"\n" + window);
    EXPECT_EQ(all.of_window("992011", "centre"), "A市 050-0000-0011、centre +81 50 0000 0000");
    EXPECT_EQ(all.of_window("992020", "centre"), "centre +81 50 0000 0000");
    EXPECT_EQ(all.of_window("", "centre"), "centre +81 50 0000 0000");
    const auto why = [](const std::string& toml) -> std::string {
        try {
            telephones_in(toml);
            return "";
        } catch (const OperatorError& error) {
            return error.what();
        }
    };
    const auto has = [&](const std::string& toml, const std::string& words) {
        return why(toml).find(words) != std::string::npos;
    };
    EXPECT_TRUE(has("", "hotline is missing")) << why("");
    EXPECT_TRUE(has("hotline = \"\"\n", "hotline must be a telephone number"));
    EXPECT_TRUE(has("hotline = \"call us\"\n", "hotline must be a telephone number"));
    EXPECT_TRUE(has("hotline = \"119\"\n" + window + window, "is the same as"));
    EXPECT_TRUE(has("hotline = \"119\"\n[[window]]\nmunicipality = \"992011\"\nname = \"\"\n",
                    "name must be"));
}

TEST(Window, ManyAreInvitedAtOnce) {
    const auto batch = [](std::size_t count) {
        json::array people;
        for (std::size_t i = 0; i < count; ++i)
            people.push_back(application_json(test_application(schemes())));
        return json::serialize(json::object{{"people", std::move(people)}});
    };
    const auto text = batch(invited_max);
    EXPECT_LE(text.size(), invite_body_max);
    const auto read = read_invite(text, schemes());
    ASSERT_TRUE(read);
    EXPECT_EQ(read->size(), invited_max);
    EXPECT_EQ(read->back(), test_application(schemes()));
    EXPECT_FALSE(read_invite(batch(invited_max + 1), schemes()));
    EXPECT_FALSE(read_invite(batch(0), schemes()));
    EXPECT_FALSE(read_invite(R"({"people":[{"name":"x"}]})", schemes()));
}

TEST(Window, ASearchIsByNumberOrByWhoItIs) {
    const auto by_number = read_search(R"({"number":"123456789012"})");
    ASSERT_TRUE(by_number);
    EXPECT_EQ(std::get<std::string>(*by_number), "123456789012");
    const auto by_who = read_search(R"({"birth_date":"1986-05-01","kana":"コウロウ ハナコ"})");
    ASSERT_TRUE(by_who);
    EXPECT_EQ(std::get<Who>(*by_who).kana, "コウロウ ハナコ");
    for (const auto* text : {"{}", R"({"kana":"コウロウ"})", R"({"birth_date":"1986-05-01"})",
                             R"({"birth_date":"1986-02-30","kana":"コ"})",
                             R"({"number":"1","kana":"コ"})", "[]", "x"}) {
        EXPECT_FALSE(read_search(text)) << text;
    }
}

// Each waits since it is to do, whatever else happens to the case.
TEST(Window, AWaitIsAsOldAsItIs) {
    const OrderName resident{OrderKind::confirm, 0}, medical{OrderKind::confirm, 1};
    CaseFile file;
    const auto happen = [&file](const Happening& what, UnixTime at) {
        file.one = *after(file.one, what, at);
    };
    happen(Opened{.numbers = {"1", "2", "3"}}, 100);
    auto application = test_application(schemes());
    auto another = application.claims[1];
    another.number.fields.back().second = "07";
    application.claims.push_back(another);
    happen(application, 200);
    happen(Sent{resident}, 201);
    happen(Confirmed{0, "", 0, false}, 300);
    happen(Sent{medical}, 301);
    happen(Sent{{OrderKind::confirm, 2}}, 302);
    happen(Refused{{OrderKind::confirm, 2}, "holder_refused"}, 400);
    const auto todo = summary_json(file, 500).at("todo").as_array();
    ASSERT_EQ(todo.size(), 2U);
    EXPECT_EQ(todo[0].at("since"), 300);
    EXPECT_EQ(todo[1].at("since"), 400) << "since it is a clerk's turn";
}

TEST(Window, AClaimsNumberIsOneOfItsRole) {
    const auto applied = happening_json(test_application(schemes()));
    ASSERT_TRUE(read_happening(applied, schemes()));
    auto other = applied;
    other["claims"].as_array()[0].as_object()["number"] = applied.at("claims").at(1).at("number");
    EXPECT_FALSE(read_happening(other, schemes())) << "an insured person's is no resident's";
    auto one = *after({}, Opened{.numbers = {"1", "2", "3"}}, 1);
    auto twice = test_application(schemes());
    twice.claims.push_back(twice.claims.front());
    EXPECT_FALSE(after(one, twice, 2)) << "nobody lives in two places";
    one = *after(one, test_application(schemes()), 2);
    const auto resident = one.claims.front().number;
    EXPECT_FALSE(after(one, Corrected{1, Role::resident, resident}, 3));
}

TEST(Window, ACaseShowsNoNumberThatIsNobodysBusiness) {
    CaseFile file;
    file.number = "123456789012";
    std::vector<Line> lines{{.at = 1,
                             .clerk = "sato",
                             .what = Opened{.numbers = {"issuing-1", "certificate-1", "health-1"}}},
                            {.at = 2, .clerk = "sato", .what = test_application(schemes())}};
    for (const auto& line : lines)
        file.one = *after(file.one, line.what, line.at);
    const auto text = json::serialize(case_json(file, lines, 3));
    for (const auto* secret : {"issuing-1", "certificate-1", "health-1"})
        EXPECT_EQ(text.find(secret), std::string::npos) << text;
    EXPECT_NE(text.find("厚労 花子"), std::string::npos);
    file.one.handed_over = true;  // then it stands on the slip
    EXPECT_NE(json::serialize(case_json(file, lines, 3)).find("health-1"), std::string::npos);
}

TEST(Window, AHistorySaysOfWhatHappenedOnlyWhatItMay) {
    const std::vector<Line> lines{
        {.at = 1, .clerk = "", .what = Confirmed{.claim = 1, .answer = "signed", .index = 7}},
        {.at = 2, .clerk = "", .what = Refused{.order = link_order, .code = "no_match"}},
        {.at = 3, .clerk = "sato", .what = Decided{.claim = 1, .decision = "signed"}},
        {.at = 4, .clerk = "", .what = HandedOver{.stop_index = "12345"}},
        {.at = 5, .clerk = "sato", .what = Cancelled{"moved away"}}};
    const json::object order{{"kind", "link"}, {"item", 0}};
    const json::array expected{
        json::object{{"at", 1}, {"what", "confirmed"}, {"claim", 1}},
        json::object{{"at", 2}, {"what", "refused"}, {"order", order}, {"code", "no_match"}},
        json::object{{"at", 3},
                     {"what", "decided"},
                     {"claim", 1},
                     {"same_person", false},
                     {"clerk", "sato"}},
        json::object{{"at", 4}, {"what", "handed_over"}},
        json::object{
            {"at", 5}, {"what", "cancelled"}, {"reason", "moved away"}, {"clerk", "sato"}}};
    EXPECT_EQ(case_json({}, lines, 6).at("lines"), expected);
}

TEST(Window, ACaseSaysWhoDoesNotApproveIt) {
    CaseFile file;
    file.one = *after({}, Opened{.numbers = {"1", "2", "3"}}, 1, "sato");
    file.one = *after(file.one, test_application(schemes()), 2, "abe");
    file.one = *after(file.one, Cancelled{"moved away"}, 3, "ueno");
    EXPECT_EQ(case_json(file, {}, 4).at("hands"), (json::array{"abe", "sato"}));
    EXPECT_EQ(case_json({}, {}, 4).at("hands"), json::array());
}

TEST(Window, SaysWhetherACaseMayBeGivenUp) {
    CaseFile file;
    const auto can = [&file] { return case_json(file, {}, 3).contains("can_cancel"); };
    const auto known = test_application(schemes()).person;
    file.one = *after({}, Opened{.numbers = {"1", "2", "3"}}, 1);
    EXPECT_TRUE(can());
    file.one = *after(file.one, Cancelled{"moved away"}, 2);
    EXPECT_FALSE(can()) << "once is enough";
    file.one = *after({},
                      Opened{.numbers = {"1", "2", "3"},
                             .known = known,
                             .kind = Kind::stop,
                             .reason = "lost",
                             .before = {{.use = Use::signing, .certificate = "x"}}},
                      1);
    EXPECT_FALSE(can()) << "a stop is found or not";
    file.one.kind = Kind::unlock;
    EXPECT_TRUE(can());
    file.one.open.insert(activate_order);
    EXPECT_FALSE(can()) << "such a card is stopped, not taken back";
}

TEST(Window, AnUnlockSaysWhosePinsItIsAbout) {
    CaseFile file;
    file.one = *after(file.one,
                      Opened{.numbers = {"1", "2", "3"},
                             .known = test_application(schemes()).person,
                             .kind = Kind::unlock,
                             .before = {{.use = Use::signing, .certificate = "x"}}},
                      1);
    EXPECT_EQ(case_json(file, {}, 2).at("uses"), (json::array{"signing"}));
    file.one.kind = Kind::stop;
    EXPECT_FALSE(case_json(file, {}, 2).contains("uses"));
}

TEST(Window, SaysForWhomItWaitsAndWhatIsLate) {
    CaseFile file;
    file.one = *after(file.one, Opened{.numbers = {"1", "2", "3"}}, 100);
    const auto first = summary_json(file, 100).at("todo").at(0).as_object();
    EXPECT_EQ(text_at(first, "step"), "apply");
    EXPECT_EQ(text_at(first, "actor"), "person");
    EXPECT_FALSE(first.at("late").as_bool());
    EXPECT_EQ(first.at("since"), 100);
    const auto later = summary_json(file, 100 + 31 * 86'400).at("todo").at(0).as_object();
    EXPECT_TRUE(later.at("late").as_bool());
}

}  // namespace
}  // namespace mado::issuer
