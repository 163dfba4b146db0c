// ./mado log verify, follow, prove, check, stats, with the real programs.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <set>
#include <thread>

#include "client/questions.hpp"
#include "crypto/digest.hpp"
#include "log_tools_fixture.hpp"
#include "tlog/tlog.hpp"

namespace mado::tests {
namespace {

std::string replaced(std::string text, std::string_view part, std::string_view by) {
    const auto at = text.find(part);
    if (at == std::string::npos) throw Failure("a test's text lacks what it replaces");
    return text.replace(at, part.size(), by);
}

TEST_F(LogToolsTest, TheWholeLogIsGood) {
    witnessed_receipt();
    const auto done = log({"verify"});
    EXPECT_EQ(done.status, 0) << done.output;
    for (const auto* part :
         {"すべて根と一致 all fit the root", "directory", "is in the log",
          "規則 policy    名簿の通り", "規則 schemes   名簿の通り", "witness-1.mado.example: ",
          "witness-2.mado.example: ", "the same tree", "all good: ", " s\n"}) {
        EXPECT_TRUE(has(done.output, part)) << part << "\n" << done.output;
    }
    EXPECT_EQ(log({"verify", "--log", access_log().key.name()}).status, 0);
    const auto other = log({"verify", "--log", "log.other/1"});
    EXPECT_EQ(other.status, 2);
    EXPECT_TRUE(has(other.output, access_log().key.name())) << other.output;
}

// A directory that only this reader was given.
TEST_F(LogToolsTest, DirectoryThatIsNotInTheLog) {
    witnessed_receipt();
    const auto path = country().places().directory();
    const auto good = read_file(path).value();
    const auto key =
        crypto::PrivateKey::load(country().places().keys_of("authority") + "/directory.key");
    const auto jws = valid(crypto::parse_jws(good, {.bytes_max = wire::directory_bytes_max}));
    auto content = valid(parse_json_object(as_text(jws.payload),
                                           {.text_bytes_max = 1U << 20U, .values_max = 100'000}));
    content["version"] = content["version"].as_int64() + 1;
    content["policy"] = base64url(crypto::sha256(as_bytes("other rules")));
    replace_file(path, as_bytes(crypto::sign_jws(wire::directory_type,
                                                 {.key_id = jws.key_id, .certificate = {}},
                                                 as_bytes(json::serialize(content)), key)));
    const auto done = log({"verify"});
    replace_file(path, as_bytes(good));
    EXPECT_EQ(done.status, 1) << done.output;
    EXPECT_TRUE(has(done.output, "directory_not_logged")) << done.output;
    EXPECT_TRUE(has(done.output, "rules_differ")) << done.output;
    EXPECT_TRUE(has(done.output, "規則 schemes   名簿の通り")) << done.output;
}

// ---- prove and check ----

TEST_F(LogToolsTest, PublicEntryByItsIndex) {
    witnessed_receipt();
    const auto directory_entry = base64url(country().directory().entry);
    bool found = false;
    for (const auto* index : {"0", "1", "2"}) {
        const auto done = log({"prove", index, "-o", file("public")});
        ASSERT_EQ(done.status, 0) << done.output;
        const bool is_directory = has(done.output, directory_entry);
        EXPECT_TRUE(has(done.output, "./mado log check " + file("public") + " --entry "))
            << done.output;
        found = found || is_directory;
        const auto unsaid = log({"check", file("public")});
        EXPECT_EQ(unsaid.status, 3) << unsaid.output;
        EXPECT_TRUE(has(unsaid.output, "--entry")) << unsaid.output;
        EXPECT_EQ(log({"check", file("public"), "--entry", directory_entry}).status,
                  is_directory ? 0 : 1);
    }
    EXPECT_TRUE(found) << "the directory's version is one of the first entries";
    const auto printed = log({"prove", "0"});
    EXPECT_EQ(printed.status, 0);
    EXPECT_TRUE(has(printed.output, "c2sp.org/tlog-proof@v1\nindex 0\n")) << printed.output;
    const auto beyond = log({"prove", "1000000"});
    EXPECT_EQ(beyond.status, 3);
    EXPECT_TRUE(has(beyond.output, "not_yet")) << beyond.output;
    EXPECT_EQ(log({"check", file("public"), "--entry", "short"}).status, 2);
}

TEST_F(LogToolsTest, ReceiptIsProvenAnewUnderWitnesses) {
    const auto given = witnessed_receipt();
    // As the clinic got it: the log's signature alone.
    for (const auto* name : {"receipt.json", "bundle.json"}) {
        const auto before = log({"check", file(name)});
        EXPECT_EQ(before.status, 5) << before.output;
        EXPECT_TRUE(has(before.output, "not yet witnessed")) << before.output;
    }
    const auto proof = valid(tlog::parse_log_proof(read("proof")));
    EXPECT_EQ(proof.index, given.index);
    const auto done = log({"check", file("proof")});
    EXPECT_EQ(done.status, 0) << done.output;
    for (const auto* part :
         {"証明済み proven", "log.mado.example/1", "witness-1.mado.example 20",
          "witness-2.mado.example 20", "(clinic-1)  署名あり signed by it",
          "A市国民健康保険 (990010)", "eligibility, treatment, card-pin", "時刻 time         20"}) {
        EXPECT_TRUE(has(done.output, part)) << part << "\n" << done.output;
    }
    EXPECT_FALSE(has(done.output, "花子")) << "nobody is named in an order";
    // A Bundle with one receipt will do as well.
    EXPECT_EQ(log({"prove", "--receipt", file("bundle.json"), "-o", file("again")}).status, 0);
    EXPECT_EQ(log({"check", file("again"), file("proof")}).status, 0);
    EXPECT_EQ(log({"check", file("proof"), file("receipt.json")}).status, 5) << "the worst counts";
    EXPECT_EQ(log({"check", file("proof"), file("none")}).status, 3);
}

// Anybody can check it: with the directory and its authority's key, without this country.
TEST_F(LogToolsTest, ElsewhereWithAnothersDirectory) {
    witnessed_receipt();
    const auto& places = country().places();
    const auto elsewhere = [&places](std::vector<std::string> words) {
        words.insert(words.begin(),
                     {places.programs + "/mado-cli", "--root", file("elsewhere"), "log"});
        words.insert(words.end(),
                     {"--directory", places.directory(), "--authority", places.authority_key()});
        return run_program(words);
    };
    const auto done = elsewhere({"check", file("proof")});
    EXPECT_EQ(done.status, 0) << done.output;
    EXPECT_TRUE(has(done.output, "署名あり signed by it")) << done.output;
    EXPECT_EQ(elsewhere({"verify"}).status, 0);
    EXPECT_EQ(elsewhere({"follow", "--once", "--state", file("follow.json")}).status, 0);
    EXPECT_EQ(elsewhere({"stats"}).status, 0);
    EXPECT_EQ(elsewhere({"follow", "--once"}).status, 2) << "whose state would it be?";
    EXPECT_EQ(log({"check", file("proof"), "--directory", places.directory()}).status, 2)
        << "a directory that nobody's key has signed";
}

// Altered anywhere, it is not shown as proven.
TEST_F(LogToolsTest, AlteredProofs) {
    witnessed_receipt();
    const auto text = read("proof");
    std::vector<std::string> words{"check"};
    for (std::size_t at = 0; at < text.size(); at += 11) {
        auto altered = text;
        altered[at] = static_cast<char>(altered[at] ^ 1);
        words.push_back(write("altered-" + std::to_string(at), altered));
    }
    const auto done = log(words);
    EXPECT_EQ(done.status, 1) << done.output;
    EXPECT_FALSE(has(done.output, "証明済み proven")) << done.output;

    const auto proof = valid(tlog::parse_log_proof(text));
    const auto wrong = [](const Finished& finished, std::string_view why) {
        EXPECT_EQ(finished.status, 1) << finished.output;
        EXPECT_TRUE(has(finished.output, why)) << why << "\n" << finished.output;
    };
    auto other = proof;
    other.index = proof.index - 1;
    wrong(check(tlog::to_text(other)), "not in the signed tree at this index");
    other = proof;
    other.proof.pop_back();
    wrong(check(tlog::to_text(other)), "not in the signed tree at this index");
    other = proof;
    other.extra->back() ^= 1;
    wrong(check(tlog::to_text(other)), "not in the signed tree at this index");
    wrong(check(text, {"--entry", base64url(country().directory().entry)}), "--entry");
    wrong(check(replaced(text, "\n\nlog.mado.example/1\n", "\n\nlog.other.example/1\n")),
          "the directory does not name");
    wrong(check("c2sp.org/tlog-proof@v2\n"), "another first line");
    wrong(check("nonsense"), "neither a tlog-proof nor a JSON object");
    wrong(check("{}"), "");
    wrong(check(R"({"resourceType":"Bundle","entry":[]})"), "a Bundle has no receipts");
}

TEST_F(LogToolsTest, MissingAndForeignSignatures) {
    const auto given = witnessed_receipt();
    const auto proof = valid(tlog::parse_log_proof(read("proof")));
    // Without the last witness's line the quorum is not there.
    auto less = proof;
    less.checkpoint.resize(less.checkpoint.rfind("\u2014"));
    const auto missing = check(tlog::to_text(less));
    EXPECT_EQ(missing.status, 5) << missing.output;
    EXPECT_TRUE(has(missing.output,
                    "signed by the log and 1 of the 2 witnesses that are needed, "
                    "not yet witnessed"))
        << missing.output;
    // The same tree under another log key of the same name: every demo has a log of this name.
    const auto key = crypto::PrivateKey::generate(crypto::KeyType::ed25519);
    const auto impostor =
        valid(tlog::NoteVerifier::make(access_log().key.name(), key.public_key()));
    auto foreign = proof;
    foreign.checkpoint =
        tlog::sign_note(valid(tlog::parse_note(proof.checkpoint)).text, impostor, key);
    const auto wrong = check(tlog::to_text(foreign));
    EXPECT_EQ(wrong.status, 1) << wrong.output;
    EXPECT_TRUE(has(wrong.output, "another key of this name")) << wrong.output;
    auto receipt = given;
    receipt.salt[0] ^= 1;
    EXPECT_EQ(check(wire::receipt_json(receipt)).status, 1);
    const auto path = write("wrong.json", wire::receipt_json(receipt));
    EXPECT_EQ(log({"prove", "--receipt", path}).status, 2);
    EXPECT_EQ(log({"prove", "--receipt", file("none")}).status, 2);
}

TEST_F(LogToolsTest, PersonsOwnEntry) {
    witnessed_receipt();
    const auto done =
        log({"prove", "--card", "hanako", "--pin", "1234", "--entry", "1", "-o", file("own")});
    ASSERT_EQ(done.status, 0) << done.output;
    const auto proof = valid(tlog::parse_log_proof(read("own")));
    const auto entries = country().entries("hanako");
    ASSERT_TRUE(entries);
    EXPECT_EQ(proof.index, entries->entries.front().index);
    EXPECT_EQ(crypto::sha256(*proof.extra), entries->entries.front().entry);
    const auto checked = log({"check", file("own")});
    EXPECT_EQ(checked.status, 0) << checked.output;
    EXPECT_TRUE(has(checked.output, "(clinic-1)")) << checked.output;
    EXPECT_EQ(log({"prove", "--card", "hanako", "--pin", "1234", "--entry", "9999"}).status, 2);
    EXPECT_EQ(log({"prove", "--card", "nobody", "--pin", "1234", "--entry", "1"}).status, 3);
}

// What somebody can mend is said in words, and is neither a lie nor a fault.
TEST_F(LogToolsTest, FoldersAndFilesThatCannotBeUsed) {
    witnessed_receipt();
    const auto folder = country().path("state");
    const auto says = [](const Finished& done, int status, std::string_view words) {
        EXPECT_EQ(done.status, status) << done.output;
        EXPECT_TRUE(has(done.output, words)) << words << "\n" << done.output;
        EXPECT_FALSE(has(done.output, "fault")) << done.output;
    };
    says(log({"check", folder}), 3, "is a folder");
    says(log({"check", folder, file("proof")}), 3, "proven");
    says(log({"prove", "--receipt", folder}), 2, "is a folder");
    says(log({"prove", "0", "-o", folder}), 2, "is a folder");
    says(log({"prove", "0", "-o", file("no/such/folder")}), 2, "there is no such folder");
    says(log({"follow", "--once", "--state", folder}), 2, "is a folder");
    says(log({"follow", "--once", "--state", file("proof") + "/state"}), 2, "proof");
    EXPECT_FALSE(read_file(folder + ".new"));
}

// ./mado goes to its own folder; what the user names is meant from where the user stands.
TEST_F(LogToolsTest, FilesAreThoseOfTheUsersFolder) {
    witnessed_receipt();
    const auto from = [](std::vector<std::string> words) {
        words.insert(words.begin(), {"/usr/bin/env", "MADO_CWD=" + country().places().root,
                                     country().places().programs + "/mado-cli", "--root",
                                     country().places().root, "log"});
        return run_program(words);
    };
    EXPECT_EQ(from({"check", "proof"}).status, 0);
    EXPECT_EQ(from({"prove", "--receipt", "receipt.json", "-o", "here"}).status, 0);
    EXPECT_EQ(from({"check", file("here")}).status, 0);
    EXPECT_EQ(from({"follow", "--once", "--state", "state.json"}).status, 0);
    EXPECT_TRUE(read_file(file("state.json")));
}

TEST_F(LogToolsTest, FilterThatLeavesNone) {
    witnessed_receipt();
    for (const auto& words :
         std::vector<std::vector<std::string>>{{"--who", "clinic-9"},
                                               {"--service", "claim"},
                                               {"--from", "2026-02-01", "--to", "2026-01-01"}}) {
        std::vector<std::string> show{"show", "--card", "hanako", "--pin", "1234"};
        show.insert(show.end(), words.begin(), words.end());
        const auto done = log(show);
        EXPECT_EQ(done.status, 0) << done.output;
        EXPECT_TRUE(has(done.output, "the filter leaves none of them")) << done.output;
    }
}

// The first question stays, and the first answer; both are said. Nobody's text steers the
// terminal of another.
TEST_F(LogToolsTest, QuestionsAndAnswersAreShownAsTheyAre) {
    witnessed_receipt();
    const std::string forged = "なぜ𠮷田を\x1b[2J\n   1  forged\u202E";
    const auto ask = [](const std::string& text) {
        return log(
            {"question", "--card", "hanako", "--pin", "1234", "--entry", "1", "--text", text});
    };
    for (const std::string blank : {"", " \t", "\n\u3000 "}) {
        const auto done = ask(blank);
        EXPECT_EQ(done.status, 2) << done.output;
        EXPECT_TRUE(has(done.output, "--text is empty")) << done.output;
    }
    const auto first = ask(forged);
    EXPECT_EQ(first.status, 0) << first.output;
    EXPECT_EQ(ask(forged).status, 0) << "the same again is the same question";
    const auto second = ask("もう一つ");
    EXPECT_EQ(second.status, 1) << second.output;
    const std::string shown = "なぜ𠮷田を\uFFFD[2J ⏎    1  forged\uFFFD";
    EXPECT_TRUE(has(second.output, "the first question about this entry stays")) << second.output;
    EXPECT_TRUE(has(second.output, shown)) << second.output;
    const auto asked = log({"questions", "--as", "clinic-1"});
    EXPECT_TRUE(has(asked.output, "  " + shown + "\n")) << asked.output;
    EXPECT_FALSE(has(asked.output, "\x1b")) << asked.output;
    const auto id = asked.output.substr(0, asked.output.find(' '));
    const auto answer = [&id](const std::string& text) {
        return log({"answer", "--as", "clinic-1", "--question", id, "--text", text});
    };
    EXPECT_EQ(answer(" ").status, 2);
    const std::string told = "確認\rのため";
    EXPECT_TRUE(has(answer(told).output, "回答しました"));
    EXPECT_EQ(answer(told).status, 0) << "the same again is the same answer";
    const auto another = answer("取り違え");
    EXPECT_EQ(another.status, 1) << another.output;
    EXPECT_TRUE(has(another.output, "the first answer to this question stays")) << another.output;
    const auto seen = log({"questions", "--card", "hanako", "--pin", "1234"});
    EXPECT_TRUE(has(seen.output, "確認\uFFFDのため\n")) << seen.output;
}

// Issuing asks the insurer whether the number is his.
client::Ask question_of_existence(const wire::Directory& directory) {
    const auto& holder = *directory.find("06990014");
    return {.to = {.holder = holder.id, .kind = {}, .position = 1},
            .service = service("existence"),
            .purpose = code_id("issuing"),
            .parameters = {},
            .subject = to_bytes(R"({"number":{"scheme":"insured-number","insurer":"06990014",)"
                                R"("symbol":"52","number":"63","branch":"00",)"
                                R"("birth_date":"1978-06-18"}})"),
            .payload = client::seal_payload(holder, R"({"name":"西川 亮介"})").value()};
}

bool asked_by(const client::PersonEntries& entries, std::string_view requester) {
    return std::ranges::any_of(entries.entries,
                               [&](const auto& entry) { return entry.requester == requester; });
}

// Whoever an entry can name as its requester can be asked about it, and can answer.
TEST_F(LogToolsTest, EveryKindOfRequesterAnswers) {
    const auto policy = valid(
        parse_json_object(read_file(country().places().policy()).value(),
                          {.text_bytes_max = 1U << 20U, .depth_max = 4, .values_max = 65'536}));
    std::set<std::string> to_ask, to_look;
    for (const auto& row : policy.at("policies").as_array()) {
        const std::string kind(row.at("requester_kind").as_string());
        to_look.insert(kind);
        if (row.at("holder_kinds").at(0) == "relay") continue;  // few of these are entries
        to_ask.insert(kind);
    }
    // Holders tell the relay only: none of them is asked here, and each can look.
    for (const auto& one : country().directory().participants) {
        if (to_ask.contains(one.kind.text()) || to_look.erase(one.kind.text()) == 0) continue;
        const auto nothing = log({"questions", "--as", one.id.text()});
        EXPECT_EQ(nothing.status, 0) << one.id.text() << nothing.output;
    }
    const std::vector<std::string> futae{"--card", "futae", "--pin", "1234"};
    for (const auto* requester : {"clinic-1", "care-provider-1", "police-1"}) {
        const auto done =
            country().cli({"check", "--as", requester, "--insurer", "06990014", "--symbol", "52",
                           "--number", "63", "--branch", "00", "--birth-date", "1978-06-18"});
        ASSERT_EQ(done.status, 0) << requester << done.output;
    }
    ASSERT_TRUE(wait_for(ask_once(country().directory(), country().office("issuer"),
                                  question_of_existence(country().directory()))));
    ASSERT_EQ(country().cli({"records", "claims", futae[0], futae[1], futae[2], futae[3]}).status,
              0);
    // His register says by itself that he has another name.
    country().at("992011", "update 住民 set 氏名 = '西川 亮' where 氏名 = '西川 亮介'");
    auto entries = country().entries("futae");
    for (int i = 0; i < 100 && !(entries && asked_by(*entries, "992011")); ++i) {
        pause_ms(200);
        entries = country().entries("futae");
    }
    ASSERT_TRUE(entries);
    for (const auto& entry : entries->entries) {
        const auto& requester = entry.requester;
        std::vector<std::string> ask{"question", "--entry", std::to_string(entry.seq), "--text",
                                     "なぜ"};
        ask.insert(ask.end(), futae.begin(), futae.end());
        EXPECT_EQ(log(ask).status, 0) << requester;
        const auto asked = log({"questions", "--as", requester});
        EXPECT_EQ(asked.status, 0) << requester << asked.output;
        const auto id = asked.output.substr(0, asked.output.find(' '));
        const auto answered =
            log({"answer", "--as", requester, "--question", id, "--text", "回答 of " + requester});
        EXPECT_EQ(answered.status, 0) << requester << answered.output;
        to_ask.erase(country().directory().find(participant(requester))->kind.text());
    }
    EXPECT_TRUE(to_ask.empty()) << "nobody of kind " << *to_ask.begin() << " was asked";
    const auto seen = log({"questions", futae[0], futae[1], futae[2], futae[3]});
    for (const auto& entry : entries->entries)
        EXPECT_TRUE(has(seen.output, "回答 of " + entry.requester)) << seen.output;
}

// ---- bells ----

class BellsTest : public LogToolsTest {
  protected:
    static json::array bells(const std::string& card) {
        const auto done = log({"bells", "--card", card, "--pin", "1234", "--json"});
        EXPECT_EQ(done.status, 0) << done.output;
        return valid(parse_json_object(done.output,
                                       {.text_bytes_max = 4U << 20U, .values_max = 200'000}))
            .at("bells")
            .as_array();
    }
    // Of which entry, when and why each rang; not whether the entry is witnessed by now.
    static std::string rung(const std::string& card) {
        std::string out;
        for (const auto& bell : bells(card)) {
            out += fmt::format("{} {} {}\n", bell.at("seq").as_int64(), bell.at("at").as_int64(),
                               json::serialize(bell.at("why")));
        }
        return out;
    }
    static std::string log_in(const std::string& card) {
        auto mandate = country().mandate("portal");
        mandate.kind = wire::MandateKind::login;
        mandate.scope = {service("question")};
        mandate.expires = mandate.issued_at + wire::login_lifetime_s;
        return country().sign(mandate, card);
    }
    // A relay that has just started has no gateways yet.
    static void check_as(const std::string& clinic, std::vector<std::string> who) {
        who.insert(who.begin(), {"check", "--as", clinic});
        auto done = country().cli(who);
        for (int i = 0; i < 100 && has(done.output, "absent"); ++i) {
            pause_ms(100);
            done = country().cli(who);
        }
        EXPECT_EQ(done.status, 0) << done.output;
    }
};

TEST_F(BellsTest, OneForAFirstLookAndForEachCheckByNumber) {
    const std::vector<std::string> by_card{"--card", "taro", "--pin", "1234"};
    const auto none = log({"bells", "--card", "taro", "--pin", "1234"});
    EXPECT_EQ(none.status, 0) << none.output;
    EXPECT_TRUE(has(none.output, "閲覧通知はありません no bells")) << none.output;
    check_as("clinic-1", by_card);
    const auto first = rung("taro");
    EXPECT_TRUE(first.starts_with("1 ") && first.ends_with(" [\"first_look\"]\n")) << first;
    check_as("clinic-1", by_card);
    EXPECT_EQ(rung("taro"), first) << "a second look of the same clinic";
    check_as("clinic-1", {"--health-number", "170907095849", "--birth-date", "1984-03-15"});
    const auto second = rung("taro");
    EXPECT_TRUE(second.starts_with(first + "3 ") && second.ends_with(" [\"by_number\"]\n"))
        << second;
    EXPECT_EQ(rung("taro"), second) << "asked again, also after the bells were seen";

    country().kill9("relay");
    country().start("relay");
    EXPECT_EQ(rung("taro"), second);
    check_as("clinic-1", by_card);
    EXPECT_EQ(rung("taro"), second) << "whom the relay has seen, it knows after a restart";
    check_as("clinic-2", {"--health-number", "170907095849", "--birth-date", "1984-03-15"});
    const auto shown = log({"bells", "--card", "taro", "--pin", "1234"});
    EXPECT_EQ(shown.status, 0) << shown.output;
    for (const auto* part :
         {"\n   1  ", "\n   3  ", "\n   5  ", "花みずき内科クリニック → まどか電機",
          "      通知 20", "  この機関による初めての照会", "its first look at",
          "records、カードではなく番号による照会", "by number, without your card",
          "根拠：健康保険法第63条第3項"}) {
        EXPECT_TRUE(has(shown.output, part)) << part << "\n" << shown.output;
    }
    EXPECT_FALSE(has(shown.output, "\n   2  ")) << shown.output;
    EXPECT_EQ(bells("taro").at(2).at("entry").at("requester"), "clinic-2");
}

// The entry that closes a path for the day rings too.
TEST_F(BellsTest, AClosedPath) {
    for (int i = 0; i < 3; ++i) {
        const auto missed = country().cli(
            {"check", "--health-number", "251864975796", "--birth-date", "2022-07-08"});
        EXPECT_TRUE(has(missed.output, "no_match")) << missed.output;
    }
    const auto all = bells("mei");
    ASSERT_EQ(all.size(), 4U);
    const auto why = [&all](std::size_t i) { return json::serialize(all[i].at("why")); };
    EXPECT_EQ(why(0), R"(["first_look","by_number"])");
    EXPECT_EQ(why(2), R"(["by_number"])");
    EXPECT_EQ(why(3), R"(["path_closed"])");
    EXPECT_EQ(all[3].at("entry").at("kind"), "refused");
}

// More than the relay gives at once.
TEST_F(BellsTest, ManyComeInPages) {
    constexpr std::size_t checks = 208;
    const auto subject = number_subject("379492236696", "1947-06-15");
    const auto ask_many = [&subject](const client::Identity& clinic) {
        for (std::size_t i = 0; i < checks / 4; ++i) {
            const auto reply = country().ask(clinic, country().head(clinic.id.text()), subject);
            EXPECT_EQ(reply.status, 200) << reply.body;
        }
    };
    {
        std::vector<std::jthread> side_by_side;  // of one clinic two by number may be under way
        for (const auto* clinic : {"clinic-1", "clinic-2", "clinic-1", "clinic-2"})
            side_by_side.emplace_back(ask_many, std::cref(country().office(clinic)));
    }
    const auto all = bells("haru");
    ASSERT_EQ(all.size(), checks);
    for (std::size_t i = 0; i < checks; ++i) {
        EXPECT_EQ(all[i].at("seq"), i + 1);
        EXPECT_EQ(all[i].at("entry").at("seq"), i + 1);
    }
    // More than one answer takes: in JSON each has six bytes for every one here.
    constexpr std::size_t questions = 64;
    const std::string text(3'000, '\x01');
    const auto login = log_in("haru");
    for (std::size_t i = 0; i < questions; ++i) {
        const auto index = all[i].at("entry").at("index").to_number<std::uint64_t>();
        const auto state = wait_for(client::ask_question(
            country().directory(), country().office("portal"), login, index, text));
        ASSERT_TRUE(state) << wire::info(state.error().code).name;
    }
    const auto asked = log({"questions", "--card", "haru", "--pin", "1234"}).output;
    EXPECT_EQ(std::ranges::count(asked, '\n'), 2 * questions);
    EXPECT_TRUE(asked.starts_with("   1  ")) << asked.substr(0, 40);
    EXPECT_TRUE(has(asked, fmt::format("\n{:>4}  ", questions)));
}

TEST_F(LogToolsTest, WordsThatDoNotFit) {
    EXPECT_EQ(log({"prove"}).status, 2);
    EXPECT_EQ(log({"prove", "1", "--receipt", "file"}).status, 2);
    EXPECT_EQ(log({"prove", "--card", "hanako"}).status, 2);
    EXPECT_EQ(log({"prove", "-1"}).status, 2);
    EXPECT_EQ(log({"check"}).status, 2);
    EXPECT_EQ(log({"bells"}).status, 2);
    EXPECT_EQ(log({"bells", "--card", "nobody", "--pin", "1234"}).status, 3);
    EXPECT_EQ(log({"follow", "--every", "0"}).status, 2);
    for (const auto* one : {"bells", "verify", "follow", "prove", "check", "stats"}) {
        const auto help = log({one, "--help"});
        EXPECT_EQ(help.status, 0);
        EXPECT_TRUE(has(help.output, "Usage")) << help.output;
    }
}

// ---- stats ----

TEST_F(LogToolsTest, PublicCounts) {
    witnessed_receipt();
    const auto few = log({"stats"});
    EXPECT_EQ(few.status, 0) << few.output;
    EXPECT_TRUE(has(few.output, "eligibility           clinic               treatment"))
        << few.output;
    EXPECT_TRUE(has(few.output, "sealed entries: 0\n")) << few.output;
    for (int i = 0; i < 10; ++i)
        receipt();
    pause_ms(2'100);  // they are counted every 2 s
    const auto many = log({"stats"});
    EXPECT_FALSE(has(many.output, "clinic               treatment            10 未満"))
        << many.output;
    const auto page = valid(parse_json_object(log({"stats", "--json"}).output));
    EXPECT_EQ(page.at("smallest_count").as_int64(), 10);
    const auto& cells = page.at("counts").as_array();
    const auto clinics = std::ranges::find_if(
        cells, [](const json::value& cell) { return cell.at("requester_kind") == "clinic"; });
    ASSERT_NE(clinics, cells.end());
    EXPECT_GE(clinics->at("orders").as_int64(), 10);
}

// ---- follow ----

TEST_F(LogToolsTest, FollowRemembers) {
    const auto given = witnessed_receipt();
    const auto state = file("monitor/state.json");
    const auto follow = [&state] { return log({"follow", "--once", "--state", state}); };
    const auto first = follow();
    EXPECT_EQ(first.status, 0) << first.output;
    EXPECT_TRUE(has(first.output, "Z  ok  log.mado.example/1  ")) << first.output;
    EXPECT_EQ(follow().status, 0);
    EXPECT_EQ(log({"follow", "--once"}).status, 0);
    EXPECT_TRUE(read_file(country().places().run() + "/follow.json"));

    // While no witness runs, the log goes on; what it signed meanwhile was seen by somebody.
    country().kill9("witness-1");
    country().kill9("witness-2");
    const auto newer = receipt();
    const auto remember = [&](const std::string& note) {
        json::object one{
            {"origin", access_log().key.name()}, {"note", note}, {"witnessed_at", unix_now()}};
        replace_file(state, as_bytes(json::serialize(json::object{{"form", "mado-log-follow/1"},
                                                                  {"logs", json::array{one}}})));
    };
    remember(newer.checkpoint);
    const auto older = follow();
    EXPECT_EQ(older.status, 1) << older.output;
    EXPECT_TRUE(has(older.output, "  older_checkpoint  ")) << older.output;
    // A history that was shown to nobody else.
    tlog::Edge tree;
    tree.append(tlog::leaf_hash(as_bytes("another entry")));
    remember(tlog::sign_note(
        tlog::checkpoint_text({.origin = access_log().key.name(), .size = 1, .root = tree.root()}),
        access_log().key, log_key()));
    const auto fork = follow();
    country().up();
    EXPECT_EQ(fork.status, 1) << fork.output;
    EXPECT_TRUE(has(fork.output, "  fork  ")) << fork.output;
    const auto at = fork.output.find(country().places().evidence());
    ASSERT_NE(at, std::string::npos) << fork.output;
    const auto evidence = fork.output.substr(at, fork.output.find('\n', at) - at);
    const auto proven = log({"check", evidence});
    EXPECT_EQ(proven.status, 0) << proven.output;
    EXPECT_TRUE(has(proven.output, "contradiction proven")) << proven.output;
    EXPECT_TRUE(has(proven.output, "two histories")) << proven.output;
    const auto contradiction = read_file(evidence).value();
    EXPECT_EQ(check(replaced(contradiction, "log.mado", "log.made")).status, 1);
    EXPECT_EQ(check(replaced(contradiction, "\"root\":\"", "\"root\":\"A")).status, 1);

    replace_file(state, as_bytes("{}"));
    const auto broken = follow();
    EXPECT_EQ(broken.status, 2);
    EXPECT_TRUE(has(broken.output, "remove it")) << broken.output;
    EXPECT_LT(given.index, newer.index);
}

// ---- The relay is away ----

TEST_F(LogToolsTest, NothingCanBeRead) {
    witnessed_receipt();
    country().kill9("relay");
    for (const auto& words :
         std::vector<std::vector<std::string>>{{"verify"},
                                               {"follow", "--once"},
                                               {"prove", "0"},
                                               {"stats"},
                                               {"prove", "--receipt", file("receipt.json")}}) {
        const auto done = log(words);
        EXPECT_EQ(done.status, 3) << done.output;
        EXPECT_TRUE(has(done.output, "unreachable")) << done.output;
        EXPECT_TRUE(has(done.output, "./mado status")) << done.output;
    }
    EXPECT_EQ(log({"check", file("proof")}).status, 0) << "offline";
    country().up();
    country().kill9("witness-2");
    const auto done = log({"verify"});
    EXPECT_EQ(done.status, 3) << done.output;
    EXPECT_TRUE(has(done.output, "unreachable: witness-2")) << done.output;
    country().up();
}

}  // namespace
}  // namespace mado::tests
