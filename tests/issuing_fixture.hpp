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
    // Written into the country's folder: its place.
    [[nodiscard]] std::string file(const std::string& name, const json::object& what) const;
    // In the database of a holder of the country.
    void at(const std::string& holder, const std::string& sql) const;

    RunningCountry country;

  private:
    json::object wait_until(const std::string& number, std::string_view step,
                            const std::function<bool(const json::object&)>& is_so);
};

}  // namespace mado::tests
