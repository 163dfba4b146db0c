// A clerk at a window of the demo's issuing centre, for what is measured there.
#pragma once

#include <boost/json/fwd.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "../tests/country_fixture.hpp"
#include "cli/window.hpp"

namespace mado::bench {

constexpr std::string_view clerks_pin = "1234";

// The window, with a log-in that may still ask. The country outlives it.
class Clerk {
  public:
    Clerk(const tests::RunningCountry& country, std::string card)
        : country_(country), card_(std::move(card)) {}
    json::object ask(const std::string& path, const json::object& body);
    json::object act(const std::string& number, json::object happening);
    // Until all of them are there, or need a clerk; those that are there.
    std::vector<std::string> wait_for(const std::vector<std::string>& cases, std::string_view step);

  private:
    const tests::RunningCountry& country_;
    std::string card_;
    std::unique_ptr<cli::Window> window_;
    int asked_ = 0;
};

}  // namespace mado::bench
