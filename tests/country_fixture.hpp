// A demo country of its own for one test program: made by the programs themselves, in a folder of
// its own, on ports that were free. Whatever becomes of the test, a guardian process ends its
// programs, by their own process ids, and removes the folder.
// Tests run in the root of the repository (ctest does so): the programs read country/jp there.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "card/open.hpp"
#include "chip/inserted.hpp"
#include "cli/processes.hpp"
#include "client/client.hpp"
#include "client/entries.hpp"
#include "http/completion.hpp"
#include "wire/subject.hpp"

namespace mado::tests {

using http::Task;
using wire::Code;

// Runs one coroutine to its end on this thread.
template <class T>
T wait_for(Task<T> task) {
    http::asio::io_context io{1};
    std::optional<T> out;
    std::exception_ptr failed;
    http::asio::co_spawn(io, http::detail::boxed(std::move(task)),
                         [&out, &failed](std::exception_ptr error, std::optional<T> value) {
                             failed = error;
                             out = std::move(value);
                         });
    io.run();
    if (failed) std::rethrow_exception(failed);
    return std::move(*out);
}

template <class T>
T valid(Parsed<T> parsed) {
    if (!parsed)
        throw Failure(std::string("a test's own value does not parse: ") + parsed.error().why);
    return std::move(*parsed);
}
inline wire::ParticipantId participant(std::string_view id) {
    return valid(wire::ParticipantId::parse(id));
}
inline wire::ServiceId service(std::string_view id) {
    return valid(wire::ServiceId::parse(id));
}
inline wire::CodeId code_id(std::string_view id) {
    return valid(wire::CodeId::parse(id));
}

void pause_ms(std::int64_t milliseconds);

// What a program that ran to its end said, on both of its streams.
struct Finished {
    int status = 0;
    std::string output;
};
Finished run_program(const std::vector<std::string>& words);

// An answer as it came, taken apart as far as it goes.
struct RawReply {
    int status = 0;  // 0: the connection gave none
    std::string content_type;
    std::string body;
    std::string request_id_header;
    std::string code, reason, request_id;  // of a problem document
};

// By a connection that ends with the answer.
Task<client::Result<client::Answered>> ask_once(const wire::Directory& directory,
                                                const client::Identity& identity,
                                                client::Ask question);

// Health-care number and birth date, as a counter types them.
Bytes number_subject(std::string_view health_care_number, std::string_view birth_date);

// The last two Binaries of an order in a Bundle: the receipt proves that the question is in the
// log, and the holder's signature that this is what it answered to it.
void expect_proof(const json::object& receipt, const json::object& answer,
                  const wire::Directory& directory);

constexpr std::int64_t people_of_a_country = 50;

// Of a card; those of the demo's people.
struct CardSecrets {
    std::string_view pin = "1234", password = "ABC123";
};

class RunningCountry {
  public:
    // Starts a country of `people`: a copy of the one that make_country has made for all tests of
    // this run (MADO_TEST_COUNTRY), or one made anew.
    explicit RunningCountry(std::int64_t people = people_of_a_country);
    ~RunningCountry();
    RunningCountry(const RunningCountry&) = delete;
    RunningCountry& operator=(const RunningCountry&) = delete;

    // --- its programs: "relay", "gateway-1" (990010, 39990015), "gateway-2" (06990014),
    // "gateway-3" (both cities' other holders), "gateway-4" (nenkin), "gateway-5" (npf),
    // "gateway-6" (kikin-1, pfa), "gateway-7" and "ca" (the certificate authority),
    // "gateway-8" and "issuer",
    // "witness-1", "witness-2" ---
    [[nodiscard]] std::string path(const std::string& inside) const {
        return places_.root + "/" + inside;
    }
    [[nodiscard]] const cli::Places& places() const { return places_; }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::uint16_t operator_port(const std::string& name) const;
    // My Page and the card agent: "https://127.0.0.1:…/".
    [[nodiscard]] std::string portal() const;
    [[nodiscard]] std::string agent() const;
    // `mado-cli --root … words…`
    [[nodiscard]] Finished cli(std::vector<std::string> words) const;
    // `mado-relay serve`, `mado-gateway serve` with a configuration: for programs that refuse.
    [[nodiscard]] Finished serve(const std::string& program, const std::string& config) const;
    void up();    // throws when it does not succeed
    void down();  // the same
    void kill9(const std::string& program);
    void send_signal(const std::string& program, int signal);
    // SIGTERM; returns its exit status, or minus the signal that ended it.
    int stop(const std::string& program);
    // Starts a program that does not run; returns after how many milliseconds it was ready.
    std::int64_t start(const std::string& program);
    // The lines of all logs that say that a program broke down (sanitizers, faults).
    [[nodiscard]] std::string complaints() const;

    // --- its organisations ---
    // What somebody at a holder writes into its own database.
    void at(const std::string& holder, const std::string& sql) const;
    [[nodiscard]] const wire::Directory& directory() const { return *directory_; }
    const client::Identity& office(const std::string& id);

    // --- requests, byte for byte as the test wants them ---
    RawReply send(const http::TlsContext& tls, std::string method, std::string path,
                  std::string body) const;
    // To another address: a log's or a witness's.
    RawReply send(const http::Endpoint& to, const http::TlsContext& tls, std::string method,
                  std::string path, std::string body) const;
    // The plain text of /readyz, /healthz or /metrics.
    [[nodiscard]] RawReply operator_page(const std::string& program, std::string path) const;
    // What a clinic asks every day, signed by nobody yet: the first medical insurer, today.
    [[nodiscard]] wire::Head head(const std::string& requester) const;
    static std::string sign(const wire::Head& head, const client::Identity& as);
    RawReply ask(const client::Identity& as, const wire::Head& head, ByteView subject) const;
    // A nonce of the relay; throws when it gives none.
    [[nodiscard]] std::string nonce(const client::Identity& office) const;
    // A check of eligibility as a card would sign it for that organisation, with a fresh nonce.
    wire::Mandate mandate(const std::string& organisation);
    // Signed by that card, an application with its signing key.
    [[nodiscard]] std::string sign(const wire::Mandate& mandate, const std::string& card,
                                   const CardSecrets& secrets = {}) const;
    // What the portal shows the person with this card: all that lib/client could check.
    [[nodiscard]] crypto::Certificate certificate_of(const std::string& card) const;
    client::Result<client::PersonEntries> entries(const std::string& card);

  private:
    void guard();
    [[nodiscard]] cli::Program program(const std::string& name) const;
    [[nodiscard]] std::unique_ptr<card::Card> insert(const std::string& card) const;

    cli::Places places_;
    std::uint16_t port_ = 0;
    int ports_ = -1;  // while it is open, no other test takes them
    int guardian_ = 0;
    int alive_ = -1;  // while this end of a pipe is open, the guardian waits
    std::unique_ptr<wire::Directory> directory_;
    std::map<std::string, std::unique_ptr<client::Identity>> offices_;
};

// Tests that share one country, made before the first and taken down after the last, when no
// program may have complained.
class OneCountry : public ::testing::Test {
  protected:
    static void SetUpTestSuite() { country_ = std::make_unique<RunningCountry>(); }
    static void TearDownTestSuite() {
        country_->down();
        EXPECT_EQ(country_->complaints(), "");
        country_.reset();
    }
    static RunningCountry& country() { return *country_; }

  private:
    static inline std::unique_ptr<RunningCountry> country_;
};

}  // namespace mado::tests
