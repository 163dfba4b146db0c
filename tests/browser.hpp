// A browser that a test clicks through: headless Chromium by chromedriver (W3C WebDriver), with a
// profile of its own. Ended with the test.
#pragma once

#include <boost/json/fwd.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "base/temp_folder.hpp"
#include "child.hpp"

namespace mado {

class Browser {
  public:
    // `log`: what chromedriver says goes there.
    explicit Browser(const std::string& log);
    ~Browser();
    Browser(const Browser&) = delete;
    Browser& operator=(const Browser&) = delete;

    void go(const std::string& url);
    void back();
    [[nodiscard]] std::string url();
    [[nodiscard]] std::string title();
    // By CSS selector, the first that fits; Failure when there is none.
    void click(std::string_view selector);
    // Clicks, and waits until another page stands there.
    void submit(std::string_view selector);
    void type(std::string_view selector, std::string_view text);
    // To whatever has the focus, as from the keyboard.
    void press(std::string_view keys);
    [[nodiscard]] std::string text(std::string_view selector);
    [[nodiscard]] bool has(std::string_view selector);
    // As assistive technology has it (WAI-ARIA): role and name.
    [[nodiscard]] std::string role(std::string_view selector);
    [[nodiscard]] std::string label(std::string_view selector);
    // What a script of the page's own would get.
    [[nodiscard]] boost::json::value run(std::string_view script);
    void resize(int width, int height);
    void screenshot(const std::string& path);
    // Until the text stands on the page, at most so long; false when it does not.
    [[nodiscard]] bool shows(std::string_view text, int milliseconds = 5'000);
    [[nodiscard]] std::string focused();  // the id of the element that has the focus

  private:
    boost::json::value call(std::string_view method, const std::string& path,
                            const boost::json::object& body);
    std::string element(std::string_view selector);

    TempFolder folder_;
    std::uint16_t port_;
    std::unique_ptr<Child> driver_;
    std::string session_;
};

}  // namespace mado
