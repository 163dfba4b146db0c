// How long a stop takes until the relay refuses the card: by the page for everybody, as a browser
// posts it, and by a hotline clerk on the telephone; measured with the real programs.
#include <algorithm>
#include <boost/json.hpp>
#include <thread>

#include "base/clock.hpp"
#include "issuing_fixture.hpp"

namespace mado::tests {
namespace {

constexpr std::int64_t two_seconds_ms = 2'000;
constexpr std::int64_t patience_us = 20'000'000;

// Of the demo's people: whose card, and who they are.
struct Holder {
    std::string card, health_care_number, year, month, day;
};
const std::vector<Holder> by_page{{"hanako", "621874998319", "1986", "5", "1"},
                                  {"sango", "517420933889", "1969", "10", "10"},
                                  {"futae", "720961544309", "1978", "6", "18"}};
const std::vector<Holder> by_telephone{{"taro", "170907095849", "1984", "3", "15"},
                                       {"kikin", "659133078247", "1990", "6", "14"},
                                       {"tokubetsu", "183653462173", "1979", "9", "9"}};

class StoppingTest : public AtTheWindow {
  protected:
    std::string person_of(const Holder& holder) {
        const auto people = done({"find", "--health-number", holder.health_care_number});
        return text_at(people.at("people").at(0).as_object(), "person");
    }
    std::string log_in(const std::string& card) {
        auto mandate = country.mandate("portal");
        mandate.kind = wire::MandateKind::login;
        mandate.scope = {service("bells")};
        mandate.expires = mandate.issued_at + wire::login_lifetime_s;
        return country.sign(mandate, card);
    }
    // "ok", or why it was refused.
    std::string use(const std::string& login) {
        const auto bells =
            wait_for(client::fetch_bells(country.directory(), country.office("portal"), login));
        return bells ? "ok" : std::string(wire::info(bells.error().code).name);
    }
    // Until the relay refuses that log-in.
    std::int64_t refused_at_us(const std::string& login, std::string& why) {
        const auto until = monotonic_us() + patience_us;
        for (why = "ok"; why == "ok" && monotonic_us() < until;)
            why = use(login);
        return monotonic_us();
    }
    std::int64_t cases() {
        return counted("state/issuer/issuer.sqlite", "select count(*) from issue");
    }
    void expect_refused(const Holder& holder, const std::string& login, const std::string& why) {
        EXPECT_EQ(why, "card_revoked") << holder.card;
        EXPECT_NE(use(login), "ok") << "and stays refused";
        EXPECT_NE(use(log_in(holder.card)), "ok") << "nor is there another log-in";
    }
};

// One of three may wait for what the machine does besides.
void expect_fast(const char* way, std::vector<std::int64_t> after_ms) {
    std::ranges::sort(after_ms);
    std::printf("%s: refused after %lld, %lld, %lld ms\n", way,
                static_cast<long long>(after_ms.at(0)), static_cast<long long>(after_ms.at(1)),
                static_cast<long long>(after_ms.at(2)));
    EXPECT_LE(after_ms.at(1), two_seconds_ms) << way;
    EXPECT_LE(after_ms.back(), 5 * two_seconds_ms) << way;
}

TEST_F(StoppingTest, TheRelayRefusesACardTwoSecondsAfterItsStop) {
    std::vector<std::int64_t> page_ms, telephone_ms;
    for (const auto& holder : by_page) {
        const auto person = person_of(holder);
        const auto code = text_at(done({"slip", person}), "stop_code");
        const auto login = log_in(holder.card);
        ASSERT_EQ(use(login), "ok") << holder.card;
        std::string said, why;
        const auto begin = monotonic_us();
        std::thread browser([&] { said = post_stop(code, holder.year, holder.month, holder.day); });
        page_ms.push_back((refused_at_us(login, why) - begin) / 1'000);
        browser.join();
        EXPECT_NE(said.find("The card is stopped."), std::string::npos) << said;
        expect_refused(holder, login, why);
    }
    expect_fast("by the page", page_ms);
    // From when the window has the case: before that the clerk logs in, which they have done when
    // the telephone rings.
    for (const auto& holder : by_telephone) {
        const auto person = person_of(holder);
        const auto login = log_in(holder.card);
        ASSERT_EQ(use(login), "ok") << holder.card;
        const auto before = cases();
        std::string why;
        std::thread clerk([&] {
            done({"--clerk", "kiroku", "open", "--person", person, "--kind", "stop", "--reason",
                  "lost"});
        });
        const auto until = monotonic_us() + patience_us;
        while (cases() == before && monotonic_us() < until)
            pause_ms(1);
        const auto begin = monotonic_us();
        telephone_ms.push_back((refused_at_us(login, why) - begin) / 1'000);
        clerk.join();
        expect_refused(holder, login, why);
    }
    expect_fast("by telephone", telephone_ms);
}

}  // namespace
}  // namespace mado::tests
