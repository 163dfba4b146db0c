// What a page asks for whoever is logged in: the portal signs the head and passes the answer on,
// sealed to a key of the page's own.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "client/client.hpp"

namespace mado::portal {

// {"mandate", "to", "service", "parameters", "seal_to", "payload"?}, as in a head
// (docs/protocols/request.md).
struct PageQuestion {
    Hash mandate{};  // SHA-256 of the log-in that the page is of
    wire::Target to;
    wire::ServiceId service;
    wire::Parameters parameters;
    crypto::PublicKey seal_to;  // P-256
    std::string payload;        // JWE; "" when there is none
};
constexpr std::size_t question_bytes_max = 24 * 1024;  // with a question of 6,000 bytes, sealed
// At once, each on a connection to the relay. A browser has six to a host in all its tabs.
constexpr std::size_t asking_of_mandate_max = 8;
constexpr std::size_t asking_max = 256;
Parsed<PageQuestion> read_page_question(std::string_view body);

// Connections to the relay that are kept for the next page. Belongs to the io thread; the
// io_context outlives it, as http.hpp demands.
class Askers {
  public:
    Askers(const wire::Directory& directory, const client::Identity& identity)
        : directory_(directory), identity_(identity) {}
    // Under the log-in mandate, for the person's own view; `overloaded` when too many are asked at
    // once under it, or in all.
    client::Task<client::Result<client::Passed>> pass(PageQuestion question, std::string mandate);

  private:
    const wire::Directory& directory_;
    const client::Identity& identity_;
    std::vector<std::unique_ptr<client::Asker>> idle_;
    // What is asked now. A question that the end of the program cuts short ends after this does.
    struct Asking {
        std::size_t all = 0;
        std::map<std::string, std::size_t> by_mandate;
    };
    class Turn;
    std::shared_ptr<Asking> asking_ = std::make_shared<Asking>();
};

}  // namespace mado::portal
