#include "verify_portal.hpp"

#include <gtest/gtest.h>

#include "crypto/digest.hpp"
#include "wire/web_build.hpp"

namespace mado::cli {
namespace {

std::map<std::string, std::string> build() {
    std::map<std::string, std::string> files{{"home.js", "1;"}, {"style.css", "p{}"}};
    std::string list;
    for (const auto& [name, text] : files)
        list += hex(crypto::sha256(as_bytes(text))) + "  " + name + "\n";
    files.emplace(wire::web_build_list, list);
    return files;
}

using Names = std::vector<std::string>;

TEST(VerifyPortal, TheSameAsInTheDirectory) {
    const auto files = build();
    EXPECT_EQ(differing_files(files, wire::web_build_hash(files)), Names());
}

TEST(VerifyPortal, NamesTheFileThatIsAnotherOne) {
    const auto listed = wire::web_build_hash(build());
    auto files = build();
    files.at("home.js") = "2;";
    EXPECT_EQ(differing_files(files, listed), Names{"home.js"});
    files = build();
    files.emplace("more.js", "");
    EXPECT_EQ(differing_files(files, listed), Names{"more.js"});
    files = build();
    files.erase("style.css");
    EXPECT_EQ(differing_files(files, listed), Names{"style.css"});
}

// Whoever changes a file and the list too is found by the directory's hash.
TEST(VerifyPortal, AChangedListIsNoExcuse) {
    const auto listed = wire::web_build_hash(build());
    auto files = build();
    files.at("home.js") = "2;";
    files.at(std::string(wire::web_build_list)) =
        hex(crypto::sha256(as_bytes("2;"))) + "  home.js\n" + hex(crypto::sha256(as_bytes("p{}"))) +
        "  style.css\n";
    EXPECT_EQ(differing_files(files, listed), Names{"SHA256SUMS"});
    files.erase(std::string(wire::web_build_list));
    EXPECT_EQ(differing_files(files, listed), Names{"SHA256SUMS"});
}

// Nothing is said of what could not be read; what was read is compared all the same.
TEST(VerifyPortal, PartOfABuild) {
    const auto listed = wire::web_build_hash(build());
    auto files = build();
    files.erase("style.css");
    EXPECT_EQ(differing_files(files, listed, {"style.css"}), Names());
    EXPECT_EQ(differing_files(files, Hash{}, {"style.css"}), Names{"SHA256SUMS"});
    files.at("home.js") = "2;";
    EXPECT_EQ(differing_files(files, listed, {"style.css"}), Names{"home.js"});
}

TEST(VerifyPortal, WhereAPageLoadsFrom) {
    const auto folder = "/assets/" + base64url(Hash{}) + "/";
    const auto link = "<link href=\"" + folder + "style.css\">";
    EXPECT_EQ(assets_of("<html>" + link + link + "</html>"), folder);
    EXPECT_EQ(assets_of("<html></html>"), "");
    EXPECT_EQ(assets_of(link + "<script src=\"/assets/../x.js\">"), "");
    EXPECT_EQ(assets_of("/assets/x"), "");
}

}  // namespace
}  // namespace mado::cli
