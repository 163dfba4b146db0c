// Questions under a log-in, on connections to the relay that are kept for the next one. Whoever
// asked opens the answer: it is passed on unread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "client/client.hpp"

namespace mado::site {

struct Question {
    wire::Target to;
    wire::ServiceId service;
    wire::Parameters parameters;
    crypto::PublicKey seal_to;
    std::string payload = {};  // JWE; "" when there is none
};
// At once, each on a connection to the relay. A browser has six to a host in all its tabs.
constexpr std::size_t asking_of_mandate_max = 8;
constexpr std::size_t asking_max = 256;

// Belongs to the io thread; the io_context outlives it, as http.hpp demands.
class Askers {
  public:
    Askers(const wire::Directory& directory, const client::Identity& identity, wire::CodeId purpose)
        : directory_(directory), identity_(identity), purpose_(std::move(purpose)) {}
    // `overloaded` when too many are asked at once under this log-in, or in all.
    client::Task<client::Result<client::Passed>> pass(Question question, std::string mandate);

  private:
    const wire::Directory& directory_;
    const client::Identity& identity_;
    const wire::CodeId purpose_;
    std::vector<std::unique_ptr<client::Asker>> idle_;
    // What is asked now. A question that the end of the program cuts short ends after this does.
    struct Asking {
        std::size_t all = 0;
        std::map<std::string, std::size_t> by_mandate;
    };
    class Turn;
    std::shared_ptr<Asking> asking_ = std::make_shared<Asking>();
};

}  // namespace mado::site
