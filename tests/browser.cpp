#include "browser.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <boost/json.hpp>

#include <chrono>
#include <thread>

#include "base/file.hpp"
#include "base/json.hpp"
#include "country_fixture.hpp"

namespace mado {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::size_t answer_bytes_max = std::size_t{64} * 1024 * 1024;
// WebDriver section 12.3: the member that holds an element's name.
constexpr std::string_view element_key = "element-6066-11e4-a52e-4f735466cecf";

std::uint16_t free_port() {
    const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const bool found = ::bind(probe, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                       ::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    ::close(probe);
    if (!found) throw Failure("there is no free port");
    return ntohs(address.sin_port);
}

http::Task<std::expected<http::Response, http::NetError>> exchange(std::uint16_t port,
                                                                   http::Request request) {
    auto connection =
        co_await http::Connection::connect({"127.0.0.1", port}, nullptr, http::Milliseconds(2000));
    if (!connection) co_return std::unexpected(connection.error());
    co_return co_await connection->exchange(std::move(request), answer_bytes_max,
                                            http::Milliseconds(60'000));
}

json::object capabilities(const std::string& profile) {
    json::array arguments{"--headless=new",
                          "--no-sandbox",
                          "--disable-gpu",
                          "--disable-background-networking",
                          "--disable-component-update",
                          "--disable-sync",
                          "--no-first-run",
                          "--disable-quic",
                          "--disable-dev-shm-usage",
                          "--user-data-dir=" + profile};
    return {{"acceptInsecureCerts", true},
            {"goog:chromeOptions", {{"binary", "/usr/bin/chromium"}, {"args", arguments}}}};
}

}  // namespace

Browser::Browser(const std::string& log) : port_(free_port()) {
    driver_ = std::make_unique<Child>(
        std::vector<std::string>{"/usr/bin/chromedriver", fmt::format("--port={}", port_)}, log);
    for (int i = 0; i < 200; ++i) {
        http::Request status;
        status.path = "/status";
        const auto ready = tests::wait_for(exchange(port_, std::move(status)));
        if (ready) break;
        if (!driver_->runs()) throw Failure("chromedriver is missing or ended, see " + log);
        std::this_thread::sleep_for(50ms);
    }
    const auto made =
        call("POST", "/session",
             {{"capabilities", {{"alwaysMatch", capabilities(folder_.path("profile"))}}}});
    session_ = "/session/" + std::string(made.at("sessionId").as_string());
}

Browser::~Browser() {
    try {
        call("DELETE", session_, {});
    } catch (const std::exception&) {
        // It ends with chromedriver.
    }
}

json::value Browser::call(std::string_view method, const std::string& path,
                          const json::object& body) {
    http::Request request;
    request.method = method;
    request.path = path;
    if (method == "POST") {
        request.content_type = "application/json";
        request.body = json::serialize(body);
    }
    const auto response = tests::wait_for(exchange(port_, std::move(request)));
    if (!response) throw Failure("chromedriver does not answer");
    auto value = json::parse(response->body).as_object().at("value");
    if (response->status != 200) {
        throw Failure(fmt::format("the browser: {} {}: {}", method, path,
                                  json::serialize(value).substr(0, 300)));
    }
    return value;
}

std::string Browser::element(std::string_view selector) {
    const auto found =
        call("POST", session_ + "/element", {{"using", "css selector"}, {"value", selector}});
    return session_ + "/element/" + std::string(found.at(element_key).as_string());
}

void Browser::go(const std::string& url) {
    call("POST", session_ + "/url", {{"url", url}});
}

void Browser::back() {
    call("POST", session_ + "/back", {});
}

std::string Browser::url() {
    return std::string(call("GET", session_ + "/url", {}).as_string());
}

std::string Browser::title() {
    return std::string(call("GET", session_ + "/title", {}).as_string());
}

void Browser::click(std::string_view selector) {
    call("POST", element(selector) + "/click", {});
}

void Browser::submit(std::string_view selector) {
    static_cast<void>(run("document.documentElement.dataset.old = 'yes'"));
    click(selector);
    for (int i = 0; i < 200 && has("html[data-old]"); ++i)
        std::this_thread::sleep_for(25ms);
}

void Browser::type(std::string_view selector, std::string_view text) {
    const auto field = element(selector);
    call("POST", field + "/clear", {});
    call("POST", field + "/value", {{"text", text}});
}

void Browser::press(std::string_view keys) {
    json::array actions;
    for (std::size_t at = 0; at < keys.size();) {
        const auto size = utf8_character_bytes(keys.substr(at));
        const auto key = keys.substr(at, size);
        actions.push_back({{"type", "keyDown"}, {"value", key}});
        actions.push_back({{"type", "keyUp"}, {"value", key}});
        at += size;
    }
    call("POST", session_ + "/actions",
         {{"actions", json::array{{{"type", "key"}, {"id", "keyboard"}, {"actions", actions}}}}});
}

std::string Browser::text(std::string_view selector) {
    return std::string(call("GET", element(selector) + "/text", {}).as_string());
}

bool Browser::has(std::string_view selector) {
    return !call("POST", session_ + "/elements", {{"using", "css selector"}, {"value", selector}})
                .as_array()
                .empty();
}

std::string Browser::role(std::string_view selector) {
    return std::string(call("GET", element(selector) + "/computedrole", {}).as_string());
}

std::string Browser::label(std::string_view selector) {
    return std::string(call("GET", element(selector) + "/computedlabel", {}).as_string());
}

json::value Browser::run(std::string_view script) {
    return call("POST", session_ + "/execute/sync", {{"script", script}, {"args", json::array{}}});
}

void Browser::resize(int width, int height) {
    call("POST", session_ + "/window/rect", {{"width", width}, {"height", height}});
}

void Browser::screenshot(const std::string& path) {
    const auto picture = call("GET", session_ + "/screenshot", {});
    replace_file(path, parse_base64(picture.as_string()).value());
}

bool Browser::shows(std::string_view text, int milliseconds) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
    for (;;) {
        try {
            if (this->text("body").find(text) != std::string::npos) return true;
        } catch (const Failure&) {
            // Between two pages there is no body.
        }
        if (std::chrono::steady_clock::now() > until) return false;
        std::this_thread::sleep_for(25ms);
    }
}

std::string Browser::focused() {
    return std::string(run("return document.activeElement.id").as_string());
}

}  // namespace mado
