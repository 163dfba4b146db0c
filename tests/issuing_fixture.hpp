// A demo country with a clerk at the command line of its issuing centre, for tests that lead a case
// from the window to its end.
#pragma once

#include <functional>

#include "country_fixture.hpp"

namespace mado::tests {

class AtTheWindow : public ::testing::Test {
  protected:
    ~AtTheWindow() override { EXPECT_EQ(country.complaints(), ""); }

    // `mado-cli issue words…` as the clerk at the window.
    Finished issue(std::vector<std::string> words);
    // What the window answers, after what is shown to whoever signs; the case is kept.
    json::object done(const std::vector<std::string>& words);
    // What is to do first; "": nothing.
    static std::string step_of(const json::object& one);
    // Whether that is among what is to do; "": whether nothing is.
    static bool has_step(const json::object& one, std::string_view step);
    // Until that is to do first, or among the rest.
    json::object wait_for_step(const std::string& number, std::string_view step);
    json::object wait_for_any(const std::string& number, std::string_view step);
    // Of 厚労次郎, who has no card yet.
    [[nodiscard]] std::string application() const;
    // Of 厚労節子, whom the demo country does not have: from here on she lives in a home in A市, is
    // in its 国保 and has a pension; her care insurer is B市, where she lived before (住所地特例).
    [[nodiscard]] json::object elder() const;
    // Written into the country's folder: its place.
    [[nodiscard]] std::string file(const std::string& name, const json::object& what) const;
    // In the database of a holder of the country.
    void at(const std::string& holder, const std::string& sql) const { country.at(holder, sql); }
    // Of such a database: the first text that is selected; "": none.
    [[nodiscard]] std::string text_of(const std::string& holder, const std::string& sql) const;
    // Of a database of the country: the first number that is selected.
    [[nodiscard]] std::int64_t counted(const std::string& database, const std::string& sql) const;

    // What the person asks with their card.
    Finished look(std::vector<std::string> words, const std::string& card = "jiro",
                  const std::string& pin = "2468");
    bool works(const std::string& card, const std::string& pin = "2468");
    // The relay reads the authority's new list once a second.
    bool works_soon(const std::string& card, const std::string& pin = "2468");
    // At the authority: of those that the country did not begin with, or are good no more.
    [[nodiscard]] std::int64_t certificates(const std::string& status,
                                            const std::string& reason = {}) const;
    // What the authority has accepted it does soon.
    void expect_certificates(const std::string& status, std::int64_t count,
                             const std::string& reason = {});
    // What the page for everybody says, when a browser has sent its form; in English.
    [[nodiscard]] std::string post_stop(const std::string& code, const std::string& year,
                                        const std::string& month, const std::string& day) const;
    static std::size_t count_of(std::string_view text, std::string_view what);

    RunningCountry country;

  private:
    std::int64_t good_before_ =
        counted("state/ca/ca.sqlite", "select count(*) from certificate where status = 'good'");

    json::object wait_until(const std::string& number, std::string_view step,
                            const std::function<bool(const json::object&)>& is_so);
};

}  // namespace mado::tests
