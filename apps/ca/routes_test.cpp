// What everybody can ask over HTTP.
#include "routes.hpp"

#include "http/test_net.hpp"
#include "test_ca.hpp"

namespace mado::ca {
namespace {

class RoutesTest : public OfficeTest {
  protected:
    RoutesTest() { work(); }

    http::Response call(http::Request request) {
        return http::await(
            io, [](http::Endpoint to, http::Request what) -> http::Task<http::Response> {
                auto connection =
                    co_await http::Connection::connect(to, nullptr, http::Milliseconds{5'000});
                if (!connection) throw Failure("no connection");
                auto answer = co_await connection->exchange(std::move(what), 1'000'000,
                                                            http::Milliseconds{5'000});
                if (!answer) throw Failure("no answer");
                co_return std::move(*answer);
            }({.address = "127.0.0.1", .port = server.port()}, std::move(request)));
    }
    http::Response get(std::string path, std::vector<http::Header> headers = {}) {
        http::Request request;
        request.path = std::move(path);
        request.headers = std::move(headers);
        return call(std::move(request));
    }
    http::Response post(std::string body, std::string type = "application/ocsp-request") {
        http::Request request;
        request.method = "POST";
        request.path = "/ocsp";
        request.content_type = std::move(type);
        request.body = std::move(body);
        return call(std::move(request));
    }
    // OpenSSL's request, without a nonce.
    std::string request() {
        write("ca.pem", ca.authority.certificate().pem());
        write("one.pem",
              issued(authentication_order(
                         crypto::PrivateKey::generate(crypto::KeyType::p256).public_key()))
                  .pem());
        crypto::run_well(fmt::format("openssl ocsp -issuer {} -no_nonce -cert {} -reqout {}",
                                     folder.path("ca.pem"), folder.path("one.pem"),
                                     folder.path("request.der")));
        return crypto::read(folder.path("request.der"));
    }
    static std::string encoded(std::string_view base64) {
        std::string out;
        for (const char c : base64)
            out += c == '+' ? "%2B" : c == '/' ? "%2f" : c == '=' ? "%3D" : std::string(1, c);
        return out;
    }

    Shared shared{.office = office, .certificate = ca.authority.certificate(), .log = log};
    http::asio::io_context io{1};
    http::Server server{io, {}, public_routes(shared)};
};

constexpr std::string_view malformed("\x30\x03\x0a\x01\x01", 5);

TEST_F(RoutesTest, OcspIsAskedByGetInEveryFormOfThePath) {
    const auto der = request();
    const auto text = base64(as_bytes(der));
    const auto plain = get("/ocsp/" + text);
    EXPECT_EQ(plain.status, 200);
    EXPECT_EQ(plain.content_type, "application/ocsp-response");
    EXPECT_EQ(get("/ocsp/" + encoded(text)).body, plain.body);
    EXPECT_EQ(post(der).body, plain.body);
}

TEST_F(RoutesTest, OcspByGetMayBeKeptForTwoSecondsAndByPostNotAtAll) {
    const auto der = request();
    const auto answer = get("/ocsp/" + base64(as_bytes(der)));
    EXPECT_EQ(answer.header("Cache-Control"), "max-age=2, public, no-transform, must-revalidate");
    EXPECT_FALSE(answer.header("Expires").empty());
    EXPECT_TRUE(answer.header("Last-Modified").ends_with(" GMT"));
    const auto again = get("/ocsp/" + base64(as_bytes(der)),
                           {{"If-None-Match", std::string(answer.header("ETag"))}});
    EXPECT_EQ(again.status, 304);
    EXPECT_TRUE(again.body.empty());
    EXPECT_EQ(post(der).header("Cache-Control"), "no-store");
}

TEST_F(RoutesTest, WhatIsNoOcspRequestIsAnsweredAsTheStandardSays) {
    for (const auto* path : {"/ocsp/AAAA", "/ocsp/%", "/ocsp/%zz", "/ocsp/%4", "/ocsp/a//b",
                             "/ocsp/../crl", "/ocsp/%2e%2e/crl"}) {
        const auto answer = get(path);
        EXPECT_EQ(answer.status, 200) << path;
        EXPECT_EQ(answer.body, malformed) << path;
        EXPECT_EQ(answer.header("Cache-Control"), "no-store") << path;
    }
    EXPECT_EQ(get("/ocsp/" + std::string(1'025, 'A')).body, malformed);
    EXPECT_EQ(post("").body, malformed);
    EXPECT_EQ(post(std::string(5'000, '0')).body, malformed);
    EXPECT_EQ(post(std::string(crypto::ocsp_request_bytes_max + 1, '0')).status, 413);
    EXPECT_EQ(post(request(), "application/json").status, 415);
}

TEST_F(RoutesTest, ListAndCertificateAreServedAsTheyAre) {
    const auto list = get("/crl");
    EXPECT_EQ(list.content_type, "application/pkix-crl");
    EXPECT_EQ(list.body, crypto::read(list_file()));
    const std::string tag(list.header("ETag"));
    for (const auto& kept : {tag, "W/" + tag, "\"another\", " + tag, std::string("*")})
        EXPECT_EQ(get("/crl", {{"If-None-Match", kept}}).status, 304) << kept;
    EXPECT_EQ(get("/crl", {{"If-None-Match", "\"another\""}}).status, 200);
    const auto certificate = get("/ca.crt");
    EXPECT_EQ(certificate.content_type, "application/pkix-cert");
    EXPECT_EQ(certificate.body, to_text(ca.authority.certificate().der()));
}

TEST_F(RoutesTest, ThereIsNothingElse) {
    for (const auto* path : {"/", "/ocsp/", "/crl/", "/%2fcrl", "//crl", "/ca.key"})
        EXPECT_EQ(get(path).status, 404) << path;
    EXPECT_EQ(get("/ocsp").status, 405);
}

TEST(OcspPath, IsDecodedOnce) {
    EXPECT_EQ(read_ocsp_path("MAo%3D").value(), to_bytes(ByteView(Bytes{0x30, 0x0a})));
    EXPECT_EQ(read_ocsp_path("%4d%41%6F=").value(), to_bytes(ByteView(Bytes{0x30, 0x0a})));
    for (const auto* wrong : {"MAo%253D", "MAo", "MA o=", "MAo%3", "MAo%", "%"})
        EXPECT_FALSE(read_ocsp_path(wrong)) << wrong;
}

}  // namespace
}  // namespace mado::ca
