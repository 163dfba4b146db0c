#include "wire/address.hpp"

#include "test_wire.hpp"

namespace mado::wire {
namespace {

TEST(UrlPrefix, IsTakenApart) {
    const auto root = valid(parse_url_prefix("https://log.example:8443/"));
    EXPECT_EQ(root.address.host, "log.example");
    EXPECT_EQ(root.address.port, 8443);
    EXPECT_EQ(root.path, "/");
    EXPECT_EQ(valid(parse_url_prefix("https://127.0.0.1:1/a/b.c_d~e-1/")).path, "/a/b.c_d~e-1/");
    EXPECT_EQ(valid(parse_url_prefix("https://[::1]:443/")).address.host, "[::1]");
}

TEST(UrlPrefix, OthersAreRefused) {
    for (const std::string_view text : {"",
                                        "https://",
                                        "https:///",
                                        "http://log.example:80/",
                                        "HTTPS://log.example:443/",
                                        "log.example:443/",
                                        "https://log.example/",
                                        "https://log.example:443",
                                        "https://log.example:443/a",
                                        "https://log.example:0/",
                                        "https://log.example:65536/",
                                        "https://log.example:/",
                                        "https://:443/",
                                        "https://log.example:4a3/",
                                        "https://user@log.example:443/",
                                        "https://log example:443/",
                                        "https://[::1:443/",
                                        "https://::1:443/",
                                        "https://[]:443/",
                                        "https://log.example:443//",
                                        "https://log.example:443/a//",
                                        "https://log.example:443/./",
                                        "https://log.example:443/../",
                                        "https://log.example:443/a/../b/",
                                        "https://log.example:443/?a/",
                                        "https://log.example:443/#a/",
                                        "https://log.example:443/%61/",
                                        "https://log.example:443/a b/",
                                        "https://log.example:443/\r\n/",
                                        "https://log.example:443\\/",
                                        " https://a.example:1/",
                                        "https://a.example:1/ "}) {
        EXPECT_FALSE(parse_url_prefix(text)) << text;
    }
}

TEST(Address, OriginOfARedirectUri) {
    EXPECT_EQ(origin_of("https://portal.example:8443/login/back").value(),
              "https://portal.example:8443");
    EXPECT_EQ(origin_of("https://[::1]:8443/").value(), "https://[::1]:8443");
    for (const auto* text : {"", "https://portal.example", "https://portal.example:1/a#b",
                             "https://portal.example:1/a?b", "https://portal.example:1/a b",
                             "http://portal.example:1/", "https://portal.example:1/a;b",
                             "javascript:alert(1)", "https://p.example:1/a\r\nb"}) {
        EXPECT_FALSE(origin_of(text)) << text;
    }
}

}  // namespace
}  // namespace mado::wire
