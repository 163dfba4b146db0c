// Cards that are made by sessions (docs/protocols/card-session.md), with the chip of a virtual
// card.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/file.hpp"
#include "card/apdu.hpp"
#include "card_centre.hpp"
#include "client/card_pipe.hpp"

namespace mado::tests {
namespace {

using card::KeyUse;
using issuer::CardRefusal;

constexpr std::string_view pin = "2468";
constexpr std::string_view password = "ABC987";

// Where somebody pulls the card, or closes the program.
struct Break {
    int after_commands = -1;  // the answers are lost with it
    int after_calls = -1;     // the centre has done it, and nobody hears
};

// An agent without its pages.
class Hand {
  public:
    Hand(CardCentre& centre, card::Channel& chip) : centre_(centre), chip_(chip) {}
    // "done", why it failed, or "broken".
    std::string run(const std::string& session, Break at = {}) {
        json::array answers;
        for (;;) {
            const auto text = centre_.sessions.answer(
                json::serialize(json::object{{"session", session}, {"answers", answers}}),
                centre_.now);
            if (!text) return "refused";
            if (++calls == at.after_calls) return "broken";
            const auto step = client::read_pipe_step(*text).value();
            if (step.done) return "done";
            if (!step.failed.empty()) return step.failed;
            answers.clear();
            if (step.wait_ms > 0 && ++waits > 3) return "waits";
            for (const auto& bytes : commands_of(step)) {
                if (commands == at.after_commands) return "broken";
                ++commands;
                const auto answer = chip_.transmit(card::parse_command(bytes).value());
                answers.emplace_back(hex(card::response_bytes(answer.value())));
                if (answer->status != card::status::ok) break;
            }
        }
    }
    int calls = 0, commands = 0, waits = 0;
    std::string own_pin{pin}, own_password{password};

  private:
    std::vector<Bytes> commands_of(const client::PipeStep& step) {
        if (!step.pin) return step.commands;
        const auto& text = *step.pin == KeyUse::signing ? own_password : own_pin;
        Bytes out{0x00, 0x2c, 0x02,
                  *step.pin == KeyUse::signing ? card::issuing::signing_key
                                               : card::issuing::authentication_key,
                  static_cast<std::uint8_t>(text.size())};
        append(out, as_bytes(text));
        return {out};
    }
    CardCentre& centre_;
    card::Channel& chip_;
};

std::string run(CardCentre& centre, issuer::CaseId id, const std::string& path, Break at = {}) {
    chip::Inserted chip(path);
    const auto begun = centre.sessions.begin(id, CardCentre::clerk, centre.now);
    return begun ? Hand(centre, chip).run(begun->session, at) : "refused";
}

class CardSession : public ::testing::Test {
  protected:
    CardCentre centre;
};

TEST_F(CardSession, MakesACardOfEitherKind) {
    for (const auto kind : {chip::CardKind::piv, chip::CardKind::jpki}) {
        const auto id = centre.open_case();
        EXPECT_EQ(centre.step(id), "make_keys");
        const auto path = centre.blank(kind == chip::CardKind::piv ? "piv" : "jpki", kind);
        {
            chip::Inserted chip(path);
            Hand hand(centre, chip);
            EXPECT_EQ(hand.run(centre.begin(id)), "done");
            // Pieces travel together: docs/protocols/card-session.md says how many calls it takes.
            EXPECT_EQ(hand.calls, kind == chip::CardKind::piv ? 9 : 11);
            EXPECT_EQ(hand.waits, 1);
        }
        EXPECT_EQ(centre.step(id), "hand_over");
        expect_works(path, pin, password);
        EXPECT_EQ(centre.sessions.open(), 0U);
    }
    const auto plain = centre.open_case(false);
    const auto path = centre.blank("plain");
    EXPECT_EQ(run(centre, plain, path), "done");
    expect_works(path, pin, "");
}

TEST_F(CardSession, AHappeningHasTheClerksName) {
    const auto id = centre.open_case();
    const auto path = centre.blank("card");
    EXPECT_EQ(run(centre, id, path), "done");
    for (const auto& line : centre.store.lines(id)) {
        if (std::holds_alternative<issuer::KeysMade>(line.what) ||
            std::holds_alternative<issuer::Written>(line.what)) {
            EXPECT_EQ(line.clerk, CardCentre::clerk);
        }
    }
}

// The card is pulled after each command; another session ends it, and the card is whole.
TEST_F(CardSession, GoesOnWhereverTheCardWasPulled) {
    bool done = false;
    int broken = 0;
    for (; !done; ++broken) {
        const auto id = centre.open_case();
        const auto path = centre.blank("card-" + std::to_string(broken));
        const auto first = run(centre, id, path, {.after_commands = broken});
        done = first == "done";
        if (done) break;
        ASSERT_EQ(first, "broken");
        ASSERT_EQ(run(centre, id, path), "done") << "after " << broken << " commands";
        ASSERT_EQ(centre.step(id), "hand_over");
        expect_works(path, pin, password);
    }
    EXPECT_GT(broken, 20);
}

// A card in hand, by a case of its own.
std::string card_in_hand(CardCentre& centre, issuer::CaseId& first, const std::string& name) {
    first = centre.open_case();
    auto path = centre.blank(name);
    EXPECT_EQ(run(centre, first, path), "done");
    centre.add(first, issuer::HandedOver{"123456789012"});
    centre.settle(first);
    return path;
}

issuer::CaseId renewal_of(CardCentre& centre, issuer::CaseId first) {
    const auto id =
        centre.store.open(first, {.kind = issuer::Kind::renewal}, {.at = centre.now}).value();
    EXPECT_EQ(centre.step(id), "sign");
    centre.add(id, issuer::Requested{.application = "signed"});
    centre.settle(id);
    return id;
}

// In the person's own chip, and in no other one; wherever it breaks off it goes on.
TEST_F(CardSession, RenewsACardInItsChip) {
    bool done = false;
    for (int broken = 0; !done; ++broken) {
        issuer::CaseId first = 0;
        const auto path = card_in_hand(centre, first, "card-" + std::to_string(broken));
        const auto id = renewal_of(centre, first);
        if (broken == 0) EXPECT_EQ(run(centre, id, centre.blank("another")), "other_card");
        const auto outcome = run(centre, id, path, {.after_commands = broken});
        done = outcome == "done";
        if (!done) ASSERT_EQ(run(centre, id, path), "done") << "after " << broken << " commands";
        centre.settle(id);
        ASSERT_EQ(centre.step(id), "");
        expect_works(path, pin, password);
    }
}

// Another card in the place of one that broke, before it was handed over; and the same one again.
TEST_F(CardSession, KeysAreMadeAnew) {
    const auto id = centre.open_case();
    EXPECT_EQ(run(centre, id, centre.blank("broken")), "done");
    const auto anew = [&](const std::string& path) {
        chip::Inserted chip(path);
        const auto begun = centre.sessions.begin(id, CardCentre::clerk, centre.now, true);
        return begun ? Hand(centre, chip).run(begun->session) : "refused";
    };
    const auto path = centre.blank("whole");
    EXPECT_EQ(run(centre, id, path), "refused") << "there is nothing to do with a card";
    EXPECT_EQ(anew(path), "done");
    expect_works(path, pin, password);
    EXPECT_EQ(centre.store.find(id).one.dropped.size(), 2U);
    EXPECT_EQ(anew(path), "done") << "it is this case's own";
    issuer::CaseId other = 0;
    EXPECT_EQ(anew(card_in_hand(centre, other, "somebodys")), "used");
    centre.settle(id);
    EXPECT_EQ(centre.step(id), "hand_over");
    expect_works(path, pin, password);
    centre.add(id, issuer::HandedOver{"123456789012"});
    EXPECT_EQ(anew(path), "refused");
}

issuer::CaseId approved_unlock(CardCentre& centre) {
    const auto id =
        centre.store.open({.numbers = issuer::draw_numbers(centre.schemes),
                           .known = issuer::test_application(centre.schemes).person,
                           .kind = issuer::Kind::unlock,
                           .before = {{.use = issuer::Use::authentication, .certificate = "MII"}}},
                          {.at = centre.now, .clerk = "tanaka"});
    centre.add(id, issuer::Approved{}, "suzuki");
    centre.settle(id);
    EXPECT_EQ(centre.step(id), "reset");
    return id;
}

// Nobody knows which chip it is: none is opened.
TEST_F(CardSession, AnUnknownChipIsNotOpened) {
    const auto id = approved_unlock(centre);
    EXPECT_EQ(centre.sessions.begin(id, CardCentre::clerk, centre.now).error(),
              CardRefusal::no_card);
    EXPECT_EQ(centre.sessions.begin(id, CardCentre::clerk, centre.now + issuer::approval_s).error(),
              CardRefusal::too_early)
        << "the approval is over";
}

// The centre's answer is lost: what it did stays done, and is not done twice.
TEST_F(CardSession, GoesOnWhereverTheAgentEnded) {
    for (int broken = 1;; ++broken) {
        const auto id = centre.open_case();
        const auto path = centre.blank("card-" + std::to_string(broken));
        const auto first = run(centre, id, path, {.after_calls = broken});
        if (first == "done") break;
        if (centre.step(id) == "hand_over") {  // all but the last word was heard
            EXPECT_EQ(centre.sessions.begin(id, "sato", centre.now).error(),
                      CardRefusal::too_early);
        } else {
            ASSERT_EQ(run(centre, id, path), "done") << "after " << broken << " calls";
        }
        expect_works(path, pin, password);
        int made = 0;
        for (const auto& line : centre.store.lines(id))
            made += std::holds_alternative<issuer::KeysMade>(line.what) ? 1 : 0;
        EXPECT_EQ(made, 1);
    }
}

TEST_F(CardSession, WaitsForCertificatesAndEndsWithTheCase) {
    centre.certifies = false;
    const auto id = centre.open_case();
    const auto path = centre.blank("card");
    EXPECT_EQ(run(centre, id, path), "waits");
    EXPECT_EQ(centre.step(id), "certify");
    centre.add(id, issuer::Cancelled{"moved away"});
    EXPECT_EQ(centre.sessions.begin(id, "sato", centre.now).error(), CardRefusal::too_early);
}

TEST_F(CardSession, ACaseThatIsGivenUpEndsItsSession) {
    const auto id = centre.open_case();
    const auto session = centre.begin(id);
    centre.add(id, issuer::Cancelled{"moved away"});
    chip::Inserted chip(centre.blank("card"));
    EXPECT_EQ(Hand(centre, chip).run(session), "case_changed");
    EXPECT_EQ(centre.sessions.open(), 0U);
}

TEST_F(CardSession, NothingToDoWithACardYet) {
    const auto id = centre.store.open(
        {.numbers = issuer::draw_numbers(centre.schemes), .known = {}, .signing = false}, {});
    EXPECT_EQ(centre.sessions.begin(id, "sato", centre.now).error(), CardRefusal::too_early);
}

// ---- wrong chips ----

TEST_F(CardSession, AChipOfAnotherCentre) {
    const auto id = centre.open_case();
    const auto path = centre.folder.path("foreign");
    chip::CardFile::create(path, Secret{ByteView(crypto::random_hash())},
                           {.kind = chip::CardKind::piv});
    EXPECT_EQ(run(centre, id, path), "not_ours");
    EXPECT_EQ(centre.step(id), "make_keys");
    const chip::CardFile file(path);
    EXPECT_EQ(file.content.issuer_tries_left, chip::issuer_tries_max - 1);
    EXPECT_TRUE(file.content.authentication.key.empty());
}

TEST_F(CardSession, SomebodysCardIsLeftAsItIs) {
    const auto path = centre.blank("card");
    EXPECT_EQ(run(centre, centre.open_case(), path), "done");
    const auto before = read_file(path);
    EXPECT_EQ(run(centre, centre.open_case(), path), "used");
    EXPECT_EQ(read_file(path), before);
    expect_works(path, pin, password);
}

TEST_F(CardSession, TheKeysAreInAnotherCard) {
    centre.certifies = false;
    const auto id = centre.open_case();
    const auto path = centre.blank("card");
    EXPECT_EQ(run(centre, id, path), "waits");
    centre.settle(id);
    EXPECT_EQ(centre.step(id), "write");
    const auto other = centre.blank("other");
    {
        chip::Inserted chip(other);
        Hand hand(centre, chip);
        EXPECT_EQ(hand.run(centre.begin(id)), "other_card");
        EXPECT_EQ(hand.commands, 2) << "it was not opened";
    }
    EXPECT_EQ(run(centre, id, path), "done");
    expect_works(path, pin, password);
}

// A program that says that it is a chip: with a key of its own, or one that it has put in the place
// of the chip's.
class FalseChip final : public card::Channel {
  public:
    FalseChip(const std::string& path, std::size_t challenge_bytes)
        : chip_(path), challenge_bytes_(challenge_bytes) {}
    std::expected<card::Response, card::ChannelError> transmit(
        const card::Command& command) override {
        auto answer = chip_.transmit(command);
        if (command.ins == 0x84) answer->data.resize(challenge_bytes_);
        if (command.ins == 0xb0) {
            const auto own = crypto::PrivateKey::generate(crypto::KeyType::p256);
            const auto proof = to_bytes(ByteView(answer->data).last(sizeof(Hash)));
            answer->data = own.public_key().spki();
            append(answer->data, proof);
        }
        return answer;
    }

  private:
    chip::Inserted chip_;
    std::size_t challenge_bytes_;
};

TEST_F(CardSession, NoCertificateForAKeyThatIsInNoChip) {
    const auto id = centre.open_case();
    FalseChip chip(centre.blank("card"), 16);
    EXPECT_EQ(Hand(centre, chip).run(centre.begin(id)), "forged");
    EXPECT_EQ(centre.step(id), "make_keys");
}

// Else the centre's answer to a long "challenge" could be the proof of a key.
TEST_F(CardSession, NoProofOfAnythingButAChallenge) {
    const auto id = centre.open_case();
    for (const std::size_t size : {0U, 15U, 17U, 108U}) {
        FalseChip chip(centre.blank("card-" + std::to_string(size)), size);
        EXPECT_EQ(Hand(centre, chip).run(centre.begin(id)), "forged") << size;
    }
}

TEST_F(CardSession, APinThatIsNone) {
    const auto id = centre.open_case();
    const auto path = centre.blank("card");
    {
        chip::Inserted chip(path);
        Hand hand(centre, chip);
        hand.own_pin = "24680";
        EXPECT_EQ(hand.run(centre.begin(id)), "pin");
    }
    EXPECT_EQ(run(centre, id, path), "done");
    expect_works(path, pin, password);
}

// ---- sessions ----

std::string call(const std::string& session, std::string_view answers = "[]") {
    return fmt::format(R"({{"session":"{}","answers":{}}})", session, answers);
}

TEST_F(CardSession, OneForACase) {
    const auto id = centre.open_case();
    const auto first = centre.begin(id);
    EXPECT_TRUE(centre.sessions.answer(call(first), centre.now));
    const auto second = centre.begin(id);
    EXPECT_NE(first, second);
    EXPECT_EQ(centre.sessions.answer(call(first), centre.now).error(), CardRefusal::no_session);
    EXPECT_TRUE(centre.sessions.answer(call(second), centre.now));
    const auto other = centre.begin(centre.open_case());
    EXPECT_EQ(centre.sessions.open(), 2U);
    EXPECT_TRUE(centre.sessions.answer(call(other), centre.now));
}

TEST_F(CardSession, ALateOneIsNone) {
    const auto id = centre.open_case();
    const auto unused = centre.begin(id);
    EXPECT_EQ(
        centre.sessions.answer(call(unused), centre.now + issuer::card_session_unused_s).error(),
        CardRefusal::no_session);
    const auto late = centre.begin(id);
    EXPECT_TRUE(centre.sessions.answer(call(late), centre.now + 500)) << "a PIN takes its time";
    EXPECT_EQ(
        centre.sessions.answer(call(late, R"(["9000"])"), centre.now + 500 + issuer::card_session_s)
            .error(),
        CardRefusal::no_session);
    EXPECT_EQ(centre.sessions.open(), 0U);
}

TEST_F(CardSession, WhoHasApprovedBeginsNone) {
    const auto id = approved_unlock(centre);
    EXPECT_EQ(centre.sessions.begin(id, "suzuki", centre.now).error(), CardRefusal::same_hand);
}

TEST_F(CardSession, NotManyAtOnce) {
    for (int i = 0; i < 64; ++i)
        centre.begin(centre.open_case(false));
    const auto one_more = centre.open_case();
    EXPECT_EQ(centre.sessions.begin(one_more, "sato", centre.now).error(), CardRefusal::overloaded);
    centre.now += issuer::card_session_unused_s;
    EXPECT_TRUE(centre.sessions.begin(one_more, "sato", centre.now));
    EXPECT_EQ(centre.sessions.open(), 1U);
}

TEST_F(CardSession, WhatIsNoCall) {
    const auto id = centre.open_case();
    const auto session = centre.begin(id);
    std::string many;
    for (int i = 0; i < 33; ++i)
        many += (i == 0 ? "[\"9000\"" : ",\"9000\"");
    for (const auto& body :
         {std::string("{}"), std::string("x"), call(session).substr(1), call(session, "{}"),
          call(session, R"(["90"])"), call(session, R"(["xx00"])"), call(session, many + "]"),
          call(session, "[\"" + std::string(2 * 259, '0') + "\"]"), call(session, R"([9000])"),
          std::string(issuer::card_body_max + 1, ' '),
          R"({"answers":[],"more":1,"session":")" + session + "\"}"}) {
        EXPECT_EQ(centre.sessions.answer(body, centre.now).error(), CardRefusal::malformed) << body;
    }
    EXPECT_EQ(centre.sessions.answer(call(std::string(43, 'A')), centre.now).error(),
              CardRefusal::no_session);
    EXPECT_TRUE(centre.sessions.answer(call(session), centre.now)) << "none of these was for it";
}

// More answers than questions, or one behind a failure: nobody knows how the card is.
TEST_F(CardSession, AnswersToNothing) {
    const auto id = centre.open_case();
    auto session = centre.begin(id);
    EXPECT_EQ(centre.sessions.answer(call(session, R"(["9000"])"), centre.now).error(),
              CardRefusal::malformed);
    session = centre.begin(id);
    EXPECT_TRUE(centre.sessions.answer(call(session), centre.now));
    EXPECT_EQ(centre.sessions.answer(call(session, R"(["6a82","9000"])"), centre.now).error(),
              CardRefusal::malformed);
    session = centre.begin(id);
    EXPECT_TRUE(centre.sessions.answer(call(session), centre.now));
    EXPECT_EQ(centre.sessions.answer(call(session, R"(["9000"])"), centre.now).value(),
              R"({"failed":"gone"})")
        << "an answer is missing, and nothing failed";
}

// No program asks for ever.
TEST_F(CardSession, CallsAreCounted) {
    centre.certifies = false;
    const auto id = centre.open_case();
    const auto session = centre.begin(id);
    chip::Inserted chip(centre.blank("card"));
    EXPECT_EQ(Hand(centre, chip).run(session), "waits");
    int more = 0;
    while (centre.sessions.answer(call(session), centre.now))
        ASSERT_LT(++more, 601);
    EXPECT_EQ(centre.sessions.open(), 0U);
}

TEST_F(CardSession, TheClerkComesBackToTheCaseOnce) {
    const auto id = centre.open_case();
    const auto page = crypto::sha256(as_bytes("page")), terminal = crypto::sha256(as_bytes("cli"));
    centre.sessions.keep_return(page, id, centre.now);
    EXPECT_FALSE(centre.sessions.take_returned(terminal, centre.now)) << "another log-in's";
    EXPECT_EQ(centre.sessions.take_returned(page, centre.now), id);
    EXPECT_FALSE(centre.sessions.take_returned(page, centre.now));
    centre.sessions.keep_return(page, id, centre.now);
    EXPECT_FALSE(centre.sessions.take_returned(page, centre.now + 601));
}

}  // namespace
}  // namespace mado::tests
