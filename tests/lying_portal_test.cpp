// `verify portal` and a portal that lies: it has the portal's certificate, and serves what each
// test wants instead of the build that the directory lists.
#include "crypto/digest.hpp"
#include "errors_fixture.hpp"
#include "pretenders.hpp"
#include "wire/web_build.hpp"

namespace mado::tests {
namespace {

using Files = std::map<std::string, std::string>;

constexpr std::string_view folder = "/assets/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/";
constexpr std::string_view other_folder = "/assets/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE/";

std::string page_with(std::vector<std::string_view> folders) {
    std::string out = "<!doctype html><title>x</title>";
    for (const auto one : folders)
        out += "<script type=\"module\" src=\"" + std::string(one) + "home.js\"></script>";
    return out;
}

// As `sha256sum *` makes it.
std::string list_of(const Files& files) {
    std::string out;
    for (const auto& [name, text] : files) {
        if (name != wire::web_build_list)
            out += hex(crypto::sha256(as_bytes(text))) + "  " + name + "\n";
    }
    return out;
}

}  // namespace

class LyingPortalTest : public ErrorsTest {
  protected:
    // What the site serves; what it does not have is 404.
    struct Site {
        std::string page = page_with({folder});
        Files files = honest();
        std::string unwell = {};  // this file is 503
        std::string keys = "portal";
    };

    static void SetUpTestSuite() { country().kill9("portal"); }
    static void TearDownTestSuite() { country().start("portal"); }

    static Files honest() { return wire::load_web_build(country().places().web_portal()).files; }
    static http::Response page_of(const Site& site, const std::string& path) {
        http::Response out;
        const auto name = path.starts_with(folder) ? path.substr(folder.size()) : std::string();
        const auto found = site.files.find(name);
        if (path == "/") {
            out.body = site.page;
        } else if (!name.empty() && name == site.unwell) {
            out.status = 503;
        } else if (found == site.files.end()) {
            out.status = 404;
        } else {
            out.body = found->second;
        }
        return out;
    }
    static Finished verify(const Site& site) {
        const PretendSite portal(country(), site.keys, [&site](const http::Request& request) {
            return page_of(site, request.path);
        });
        return verify();
    }
    static Finished verify() { return country().cli({"verify", "portal"}); }
    static bool says(const Finished& done, const std::string& part) {
        return done.output.find(part) != std::string::npos;
    }
    // It differs, in this file and no other.
    static void expect_differs(const Finished& done, const std::string& name) {
        EXPECT_EQ(done.status, 1) << done.output;
        EXPECT_TRUE(says(done, "✗ " + name + "  ")) << name << "\n" << done.output;
        EXPECT_EQ(done.output.find("✗"), done.output.rfind("✗")) << done.output;
        EXPECT_TRUE(says(done, "NOT the same as in the directory")) << done.output;
    }
    // It could not be read, or not as a site: this is said of it.
    static void expect_unread(const Finished& done, int status, const std::string& error,
                              const std::string& what) {
        EXPECT_EQ(done.status, status) << done.output;
        const auto address = country().portal();
        EXPECT_TRUE(says(done, error + ": " + address.substr(0, address.size() - 1) + what))
            << error << " " << what << "\n"
            << done.output;
        EXPECT_FALSE(says(done, "the same as in the directory")) << done.output;
    }
};

// What the other tests alter is good.
TEST_F(LyingPortalTest, TheDirectorysBuild) {
    const auto done = verify(Site{});
    EXPECT_EQ(done.status, 0) << done.output;
    EXPECT_TRUE(says(done, "the same as in the directory")) << done.output;
    EXPECT_FALSE(says(done, "✗")) << done.output;
}

TEST_F(LyingPortalTest, AFileIsAltered) {
    Site site;
    site.files.at("home.js") += "fetch('https://elsewhere.example/')";
    expect_differs(verify(site), "home.js");
}

TEST_F(LyingPortalTest, AFileAndTheListAreAltered) {
    Site site;
    site.files.at("home.js") += " ";
    site.files.at(std::string(wire::web_build_list)) = list_of(site.files);
    expect_differs(verify(site), "SHA256SUMS");
    // So are a file more, and one less.
    site.files = honest();
    site.files.emplace("more.js", "1;");
    site.files.at(std::string(wire::web_build_list)) = list_of(site.files);
    expect_differs(verify(site), "SHA256SUMS");
    site.files = honest();
    site.files.erase("home.js");
    site.files.at(std::string(wire::web_build_list)) = list_of(site.files);
    expect_differs(verify(site), "SHA256SUMS");
}

TEST_F(LyingPortalTest, AFileIsMissing) {
    Site site;
    site.files.erase("home.js");
    expect_differs(verify(site), "home.js");
}

// What is not given is not known to be another one.
TEST_F(LyingPortalTest, WhatIsNotGivenIsUnread) {
    Site site;
    const std::string list(wire::web_build_list);
    site.files.erase(list);
    expect_unread(verify(site), 3, "not_found", std::string(folder) + list);
    site = Site{.unwell = "home.js"};
    expect_unread(verify(site), 3, "unreachable", std::string(folder) + "home.js");
}

// Who is caught with one file does not get away by not giving another.
TEST_F(LyingPortalTest, AFileIsAlteredAndOthersAreUnread) {
    Site site;
    const auto last = std::prev(site.files.end());  // they are read in this order
    ASSERT_LT("home.js", last->first);
    site.unwell = last->first;
    site.files.at("home.js") += " ";
    const auto done = verify(site);
    expect_differs(done, "home.js");
    EXPECT_TRUE(says(done, "unreachable: ")) << done.output;
    site.files.at(std::string(wire::web_build_list)) = list_of(site.files);
    expect_differs(verify(site), "SHA256SUMS");
}

// Nobody's browser would load a build that can be compared. The portal never answers so.
TEST_F(LyingPortalTest, TheStartPageNamesNoBuildOrTwo) {
    const std::string names_none =
        "/ （ビルドを一つだけ示していない it names no build, or several）";
    expect_unread(verify(Site{.page = page_with({})}), 1, "malformed", names_none);
    expect_unread(verify(Site{.page = page_with({folder, other_folder})}), 1, "malformed",
                  names_none);
    expect_unread(verify(Site{.page = page_with({"/assets/mine/"})}), 1, "malformed", names_none);
    Site site;
    site.files.at(std::string(wire::web_build_list)) = "<html>no list</html>";
    expect_unread(verify(site), 1, "malformed", std::string(folder) + "SHA256SUMS");
    site.page.assign(300 * 1024, ' ');
    expect_unread(verify(site), 1, "malformed", "/");
}

TEST_F(LyingPortalTest, NobodyIsThere) {
    expect_unread(verify(), 3, "unreachable", "/");
    // Somebody else is there.
    expect_unread(verify(Site{.keys = "clinic-1"}), 3, "unreachable", "/");
}

TEST_F(LyingPortalTest, AnAddressThatTheDirectoryDoesNotList) {
    auto other_port = country().portal();
    other_port.replace(other_port.rfind(':'), other_port.npos, ":1/");
    for (const auto& address :
         {std::string("https://portal.example/"), other_port, country().portal() + "login",
          country().agent(), std::string("http") + country().portal().substr(5)}) {
        const auto done = country().cli({"verify", "portal", address});
        EXPECT_EQ(done.status, 2) << address << "\n" << done.output;
        EXPECT_TRUE(says(done, "the directory lists no site with a web build there"))
            << address << "\n"
            << done.output;
    }
}

}  // namespace mado::tests
