// Ends of log-ins through the real programs: the secret at the relay's public port, the portal's
// event stream, a relay that is killed, a card that comes on its authority's list.
#include <algorithm>
#include <condition_variable>
#include <thread>

#include "base/clock.hpp"
#include "client/events.hpp"
#include "country_fixture.hpp"
#include "crypto/digest.hpp"
#include "db/db.hpp"

namespace mado::tests {
namespace {

constexpr std::int64_t two_seconds_us = 2'000'000;

// The portal's end of the stream, on a thread of its own.
class Heard {
  public:
    Heard(const wire::Directory& directory, const client::Identity& portal)
        : follower_(io_, directory, portal, log_,
                    {.ended = [this](const wire::EndedMandate& ended) {
                        const std::scoped_lock lock(mutex_);
                        heard_.push_back(ended);
                        changed_.notify_all();
                    }}) {
        http::asio::co_spawn(io_, follower_.run(), [](std::exception_ptr) {});
        thread_ = std::jthread([this] { io_.run(); });
    }
    ~Heard() {
        http::asio::post(io_, [this] { follower_.stop(); });
    }
    Heard(const Heard&) = delete;
    Heard& operator=(const Heard&) = delete;

    // Why it ended; "" when that is not heard in time.
    std::string reason_of(const Hash& mandate, std::int64_t patience_us = two_seconds_us) {
        std::unique_lock lock(mutex_);
        const auto found = [this, &mandate] {
            return std::ranges::find(heard_, mandate, &wire::EndedMandate::mandate);
        };
        changed_.wait_for(lock, std::chrono::microseconds(patience_us),
                          [&] { return found() != heard_.end(); });
        return found() == heard_.end() ? "" : std::string(to_text(found()->ending));
    }

  private:
    http::asio::io_context io_;
    std::mutex mutex_;  // guards heard_: the stream is read on another thread
    std::condition_variable changed_;
    std::vector<wire::EndedMandate> heard_;
    const Log log_{"test"};
    client::EventFollower follower_;
    std::jthread thread_;  // last: it uses everything above
};

struct Login {
    std::string jws;
    Hash secret{};
    [[nodiscard]] Hash hash() const { return crypto::sha256(as_bytes(jws)); }
};

}  // namespace

class EndingsTest : public OneCountry {
  protected:
    static Login log_in(const std::string& card) {
        const Hash secret = crypto::random_hash();
        auto mandate = country().mandate("portal");
        mandate.kind = wire::MandateKind::login;
        mandate.scope = {service("bells")};
        mandate.expires = mandate.issued_at + wire::login_lifetime_s;
        mandate.stop = crypto::sha256(secret);
        return {country().sign(mandate, card), secret};
    }
    // "ok", or why it was refused.
    static std::string use(const Login& login) {
        const auto bells = wait_for(
            client::fetch_bells(country().directory(), country().office("portal"), login.jws));
        return bells ? "ok" : std::string(wire::info(bells.error().code).name);
    }
    static RawReply post_public(const std::string& path, const std::string& body) {
        const auto& log = country().directory().logs.front();
        const auto tls = http::TlsContext::client(
            [wanted = log.certificate](const Hash& shown) { return shown == wanted; });
        return country().send({log.url.address.host, log.url.address.port}, tls, "POST", path,
                              body);
    }
    static RawReply stop(const Hash& secret) {
        return post_public("/v1/stop", R"({"secret":")" + base64url(secret) + R"("})");
    }
};

TEST_F(EndingsTest, PullingTheCardEndsTheLogInWithinTwoSeconds) {
    Heard heard(country().directory(), country().office("portal"));
    const auto login = log_in("hanako");
    EXPECT_EQ(stop(login.secret).code, "mandate_unknown");
    ASSERT_EQ(use(login), "ok");
    const auto start = monotonic_us();
    EXPECT_EQ(stop(login.secret).status, 204);
    EXPECT_EQ(heard.reason_of(login.hash()), "stop");
    EXPECT_LT(monotonic_us() - start, two_seconds_us);
    EXPECT_EQ(use(login), "mandate_ended");
    EXPECT_EQ(stop(login.secret).status, 204) << "the same again";
}

TEST_F(EndingsTest, AKilledRelayForgetsNoEnd) {
    const auto stopped = log_in("hanako");
    const auto going_on = log_in("hanako");
    ASSERT_EQ(use(stopped), "ok");
    ASSERT_EQ(use(going_on), "ok");
    Heard before(country().directory(), country().office("portal"));
    ASSERT_EQ(stop(stopped.secret).status, 204);
    country().kill9("relay");
    country().start("relay");
    EXPECT_EQ(use(stopped), "mandate_ended");
    EXPECT_EQ(use(going_on), "ok");
    EXPECT_EQ(stop(stopped.secret).status, 204);
    Heard after(country().directory(), country().office("portal"));
    EXPECT_EQ(after.reason_of(stopped.hash()), "stop") << "told to who connects";
    const auto start = monotonic_us();
    EXPECT_EQ(stop(going_on.secret).status, 204);
    EXPECT_EQ(before.reason_of(going_on.hash(), 10'000'000), "stop") << "the one from before";
    EXPECT_LT(monotonic_us() - start, two_seconds_us + 3'000'000);
}

TEST_F(EndingsTest, LoggingOutIsTheOrganisationsOwn) {
    Heard heard(country().directory(), country().office("portal"));
    const auto login = log_in("hanako");
    ASSERT_EQ(use(login), "ok");
    const auto end = [&login](const std::string& organisation) {
        return country().send(country().office(organisation).tls, "POST", "/v1/mandates/end",
                              R"({"for":"portal","mandate":")" + base64url(login.hash()) + R"("})");
    };
    EXPECT_EQ(end("clinic-1").code, "certificate_mismatch");
    EXPECT_EQ(use(login), "ok");
    EXPECT_EQ(end("portal").status, 204);
    EXPECT_EQ(use(login), "mandate_ended");
    EXPECT_EQ(heard.reason_of(login.hash()), "organisation");
}

TEST_F(EndingsTest, StrangersAreToldNothing) {
    EXPECT_EQ(post_public("/v1/stop", "{}").code, "malformed");
    EXPECT_EQ(post_public("/v1/stop", std::string(2'000, ' ')).code, "too_large");
    EXPECT_EQ(post_public("/v1/mandates/end", "{}").code, "not_found");
    EXPECT_EQ(stop(crypto::random_hash()).code, "mandate_unknown");
}

// An order at the authority, as its gateway writes it.
TEST_F(EndingsTest, ARevokedCardIsRefusedWithinTwoSeconds) {
    Heard heard(country().directory(), country().office("portal"));
    const auto login = log_in("taro");
    const auto other = log_in("hanako");
    ASSERT_EQ(use(login), "ok");
    ASSERT_EQ(use(other), "ok");
    const auto serial = hex(country().certificate_of("taro").serial());
    db::Connection store(country().path("state/ca/ca.sqlite"), db::Access::read_write);
    const auto start = monotonic_us();
    store
        .prepare(
            "insert into ordered (order_id, received_at, log_index, number, act, serial, reason) "
            "select 'a test', 1, 1, number, 'revoke', serial, 'by-request' from certificate "
            "where serial = :serial")
        .bind("serial", serial)
        .execute();
    ASSERT_EQ(store.changes(), 1);
    EXPECT_EQ(heard.reason_of(login.hash()), "revoked");
    EXPECT_EQ(use(login), "card_revoked");
    EXPECT_LT(monotonic_us() - start, two_seconds_us);
    EXPECT_EQ(use(other), "ok");
}

}  // namespace mado::tests
