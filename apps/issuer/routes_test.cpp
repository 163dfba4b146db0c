// Who may ask what at a window, and what is shown to whom; the relay and the card are pretended.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>

#include "letters.hpp"
#include "numbers.hpp"
#include "stop_page.hpp"
#include "test_window.hpp"

namespace mado::issuer {
namespace {

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
        {"/cases/evidence", {{"number", number}}},
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
                        response.body == "no_question" || response.body == "no_decision")
                << path << role << response.body;
            if (response.status == 403) {
                EXPECT_NE(response.body.find("not_allowed"), std::string::npos) << response.body;
            }
        }
        return out;
    };
    EXPECT_EQ(allowed("hotline"), "find show ");
    EXPECT_EQ(allowed("supervisor"), "looks evidence list answer ");
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
        // Each time: it is a try, and the person may read of it.
        db::Connection(folder.path("book.sqlite"), db::Access::read_write).run("delete from look");
        EXPECT_EQ(act(theirs).body, "known_person");
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
    const auto letters = answer("/cases/letters", {{"batch", batch.at("batch")}});
    EXPECT_EQ(letters.at("letters").at(0).at("number"), batch.at("cases").at(0).at("number"));
    const json::array known{application_json(theirs)};
    EXPECT_FALSE(answer("/cases/invite", {{"people", known}}).contains("batch")) << "nobody's";
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
