// A card of another authority's from the window to the log-in, by the real programs: relay,
// registers, issuing centre, a clerk at the command line and the chip of a virtual card in JPKI's
// form, which no authority of this country's makers has issued.
#include <boost/json.hpp>

#include "base/file.hpp"
#include "cli/card_authority.hpp"
#include "cli/card_office.hpp"
#include "cli/cards.hpp"
#include "db/db.hpp"
#include "issuing_fixture.hpp"

namespace mado::tests {
namespace {

class RegisteringTest : public AtTheWindow {
  protected:
    // As the certificate does not write it: the name with a variation selector.
    std::string otherwise() {
        auto object = *parse_json_object(read_file(application()).value_or(""));
        object.at("person").as_object()["name"] = "厚労\U000E0100 次郎";
        return file("otherwise", object);
    }
    std::string begun(const std::string& applied) {
        const auto number = text_at(done({"open", "--kind", "existing"}), "number");
        EXPECT_EQ(step_of(done({"apply", number, applied})), "sign");
        return number;
    }
    Finished sign(const std::string& number, const std::string& card,
                  const std::string& password = "ABC123") {
        return issue(
            {"sign", number, "--card", card, "--card-pin", "1234", "--password", password});
    }
    Finished look(std::vector<std::string> words, const std::string& card = "jiro-jpki") {
        words.insert(words.end(), {"--card", card, "--pin", "1234"});
        return country.cli(words);
    }
    bool works(const std::string& card = "jiro-jpki") {
        return look({"records", "claims"}, card).status == 0;
    }
    std::int64_t at_ca(const std::string& what) {
        db::Connection ca(country.path("state/ca/ca.sqlite"), db::Access::read_only);
        auto row = ca.prepare("select count(*) from " + what);
        return row.step() ? row.integer(0) : 0;
    }
    // As its authority says, with a list that the relay reads within a second.
    void revoke(const crypto::Certificate& certificate) {
        cli::CardAuthority(country.places(), cli::jpki_authority).revoke(certificate);
        cli::write_card_lists(country.places());
    }
    void take_back_revocations(const std::optional<std::string>& before) {
        const auto file = country.places().keys_of(std::string(cli::jpki_authority)) + "/revoked";
        replace_file(file, as_bytes(before.value_or("")));
        cli::write_card_lists(country.places());
    }
    void what_does_not_count_is_not_taken();
    void what_is_written_otherwise();
    void registration();
    void next_card();
    void stop_and_finding();

    std::string person;
};

void RegisteringTest::what_does_not_count_is_not_taken() {
    const auto number = begun(application());
    const auto of_somebody = sign(number, "hanako");
    EXPECT_NE(of_somebody.output.find("registered already"), std::string::npos)
        << of_somebody.output;
    EXPECT_NE(sign(number, "jiro-jpki", "WRONG1").status, 0);

    const auto certificate = [&] {  // and the card is free again
        const auto held = cli::hold_card(country.places(), "jiro-jpki");
        return held.value()->authentication_certificate().value();
    }();
    const auto list = country.places().keys_of(std::string(cli::jpki_authority)) + "/revoked";
    const auto before = read_file(list);
    revoke(certificate);
    // The relay reads the list within a second; who is written otherwise is not linked meanwhile.
    Finished stopped;
    for (int i = 0; i < 8 && stopped.output.find("revoked the card") == std::string::npos; ++i) {
        pause_ms(500);
        stopped = sign(begun(otherwise()), "jiro-jpki");
    }
    EXPECT_NE(stopped.output.find("revoked the card"), std::string::npos) << stopped.output;
    take_back_revocations(before);
    done({"cancel", number, "another card"});
}

// Never silently: the clerk sees both, and signs what they mean.
void RegisteringTest::what_is_written_otherwise() {
    const auto number = begun(otherwise());
    Finished signed_by;  // until the relay has read the list that is good again
    for (int i = 0; i < 8; ++i) {
        signed_by = sign(number, "jiro-jpki");
        if (signed_by.status == 0) break;
        pause_ms(500);
    }
    ASSERT_EQ(signed_by.status, 0) << signed_by.output;
    const auto waits = wait_for_step(number, "settle");
    EXPECT_EQ(waits.at("todo").at(0).at("claim").as_int64(), 16);
    const auto decided =
        country.cli({"issue", "--clerk", "taro", "--pin", "1234", "decide", number, "--claim", "16",
                     "--different", "--clerk-password", "ABC123"});
    EXPECT_EQ(decided.status, 0) << decided.output;
    EXPECT_NE(decided.output.find("氏名、電子証明書: 厚労 次郎"), std::string::npos)
        << decided.output;
    EXPECT_EQ(step_of(done({"show", number})), "sign") << "by another card, or nobody's";
    done({"cancel", number, "another person's card"});
}

void RegisteringTest::registration() {
    const auto orders = at_ca("ordered");
    person = begun(application());
    const auto signed_by = sign(person, "jiro-jpki");
    ASSERT_EQ(signed_by.status, 0) << signed_by.output;
    EXPECT_NE(signed_by.output.find("持っているカードの登録の申込み"), std::string::npos);
    wait_for_step(person, "hand_over");
    EXPECT_FALSE(works()) << "not before the person has been seen";
    done({"hand-over", person});
    const auto ended = wait_for_step(person, "");
    EXPECT_TRUE(ended.contains("health_care_number"));
    EXPECT_TRUE(works());
    EXPECT_EQ(at_ca("ordered"), orders) << "mado-ca has nothing to do with it";
    const auto looked = look({"log", "show", "--compare"});
    EXPECT_EQ(looked.status, 0) << looked.output;
    for (const auto* what :
         {"existence", "link first", "card activate", "health-care-number", "nothing is missing"}) {
        EXPECT_NE(looked.output.find(what), std::string::npos) << what << "\n" << looked.output;
    }
    EXPECT_EQ(looked.output.find("certificate issue"), std::string::npos) << looked.output;
    // Nobody is new twice: the window says where to begin.
    const auto again = text_at(done({"open", "--kind", "existing"}), "number");
    const auto known = issue({"apply", again, application()});
    EXPECT_NE(known.output.find("known_person"), std::string::npos) << known.output;
    EXPECT_NE(known.output.find("exchange"), std::string::npos) << known.output;
    done({"cancel", again, "is known"});
}

// Renewed at its authority: the card has other keys in another chip, and takes the place of the one
// before at once.
void RegisteringTest::next_card() {
    const auto applied = *parse_json_object(read_file(application()).value_or(""));
    cli::make_card_of_elsewhere(country.places(), "jiro-jpki-2", applied.at("person").as_object());
    const auto orders = at_ca("ordered");
    const auto number_before = text_at(done({"show", person}), "health_care_number");
    const auto number = text_at(done({"open", "--person", person, "--kind", "exchange"}), "number");
    const auto same = sign(number, "jiro-jpki");
    EXPECT_NE(same.output.find("registered already"), std::string::npos) << same.output;
    const auto signed_by = sign(number, "jiro-jpki-2");
    ASSERT_EQ(signed_by.status, 0) << signed_by.output;
    EXPECT_NE(signed_by.output.find("これまでに登録したカード: 使えなくする"), std::string::npos);
    wait_for_step(number, "approve");
    EXPECT_FALSE(works("jiro-jpki-2")) << "not before another clerk has approved it";
    EXPECT_TRUE(works()) << "nobody is without a card meanwhile";
    const auto approved =
        country.cli({"issue", "--clerk", "taro", "--pin", "1234", "approve", number});
    EXPECT_EQ(approved.status, 0) << approved.output;
    wait_for_step(number, "");
    EXPECT_TRUE(works("jiro-jpki-2"));
    EXPECT_FALSE(works()) << "one card";
    EXPECT_EQ(at_ca("ordered"), orders);
    EXPECT_EQ(text_at(done({"show", person}), "health_care_number"), number_before);
    const auto looked = look({"log", "show", "--compare"}, "jiro-jpki-2");
    EXPECT_EQ(looked.status, 0) << looked.output;
    EXPECT_NE(looked.output.find("nothing is missing"), std::string::npos) << looked.output;
    EXPECT_EQ(count_of(looked.output, "card activate"), 2U) << looked.output;
    EXPECT_EQ(count_of(looked.output, "link first"), 1U) << looked.output;
}

void RegisteringTest::stop_and_finding() {
    const auto orders = at_ca("ordered");
    const auto stop =
        text_at(done({"open", "--person", person, "--kind", "stop", "--reason", "lost"}), "number");
    wait_for_step(stop, "look_for");
    EXPECT_FALSE(works("jiro-jpki-2"));
    done({"found", stop});
    wait_for_step(stop, "");
    EXPECT_TRUE(works("jiro-jpki-2"));
    EXPECT_FALSE(works()) << "the one before has ended for good";
    const auto end = text_at(
        done({"open", "--person", person, "--kind", "end", "--reason", "returned"}), "number");
    wait_for_step(end, "");
    EXPECT_FALSE(works("jiro-jpki-2"));
    EXPECT_EQ(at_ca("ordered"), orders) << "a card of another authority's is not its to end";
}

TEST_F(RegisteringTest, ACardOfAnotherAuthorityFromTheWindowToItsEnd) {
    what_does_not_count_is_not_taken();
    what_is_written_otherwise();
    registration();
    next_card();
    stop_and_finding();
}

}  // namespace
}  // namespace mado::tests
