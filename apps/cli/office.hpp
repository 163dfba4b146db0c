// What the commands of an organisation's user share: the organisation's keys, a card's signature,
// waiting for the network, and words for what went wrong.
#pragma once

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <optional>
#include <string>
#include <string_view>

#include "base/secret.hpp"
#include "client/client.hpp"
#include "places.hpp"
#include "wire/policy.hpp"

namespace mado::cli {

// Runs one coroutine to its end on this thread.
template <class T>
T wait_for(http::Task<T> task) {
    http::asio::io_context io{1};
    std::optional<T> out;
    std::exception_ptr failed;
    http::asio::co_spawn(io, std::move(task), [&out, &failed](std::exception_ptr error, T value) {
        failed = error;
        if (!error) out.emplace(std::move(value));
    });
    io.run();
    if (failed) std::rethrow_exception(failed);
    return std::move(*out);
}

template <class T>
T parse_word(std::string_view option, const std::string& text) {
    auto parsed = T::parse(text);
    if (!parsed) throw OperatorError(fmt::format("{} {}: {}", option, text, parsed.error().why));
    return *parsed;
}

Date parse_day(std::string_view option, const std::string& text);

// An organisation's own, or its gateway's, where it has no other way to the relay.
std::string tls_folder_of(const Places& places, const std::string& organisation);

// Everything a command of an organisation needs: the verified directory and policy, and the
// organisation's keys.
struct Office {
    Office(const Places& places, const std::string& organisation)
        : directory(wire::load_directory(places.directory(), places.authority_key())),
          identity(client::load_identity(organisation, places.keys_of(organisation),
                                         tls_folder_of(places, organisation), directory)),
          self(*directory.find(identity.id)),
          policy(wire::load_policy(places.policy(), directory)) {}

    wire::Directory directory;
    client::Identity identity;
    const wire::Participant& self;
    wire::Policy policy;
};

using client::SignedByCard;

// What a card signs for an organisation; `pin` as given with --pin, or typed unseen when it is
// empty.
// Whose PIN is asked for: by the name with which the command was given, or, of whatever card is in
// the reader, by its certificate. For whoever sits there; no log has it.
struct CardNamed {
    std::string ja, en;
};
CardNamed name_card(card::Card& card, const std::string& name);

struct CardOf {
    const Places& places;
    const std::string& name;
    const std::string& pin;
};
client::Result<SignedByCard> sign_by_card(const CardOf& card, const wire::Directory& directory,
                                          const wire::ParticipantId& organisation,
                                          const client::MandateRequest& request);
// A mandate that the card signs for this organisation and these services, with a nonce of the
// relay. `pin` as given with --pin, or typed unseen when it is empty.
client::Result<SignedByCard> obtain_mandate(const Places& places, const Office& office,
                                            const std::string& card_key, const std::string& pin,
                                            wire::MandateKind kind,
                                            std::initializer_list<std::string_view> services);

// On standard error; returns the exit status 3.
int print_problem(const client::Problem& problem);
void print_receipt(const client::Answered& answered);
// A participant's name; its id when the directory has none. Fit for a terminal.
std::string name_of(const wire::Directory& directory, const std::string& id);

}  // namespace mado::cli
