#include "client/ask_relay.hpp"

#include "wire/subject.hpp"

namespace mado::client {
namespace {

Result<Ask> make_ask(const wire::Directory& directory, const ToRelay& question) {
    const auto& relay = directory.relay();
    Ask ask{.to = {.holder = relay.id, .kind = {}, .position = 1},
            .service = *wire::ServiceId::parse(question.service),
            .purpose = *wire::CodeId::parse(question.purpose),
            .parameters = question.parameters,
            .subject = to_bytes(question.subject),
            .card_seen = false};
    if (question.payload.empty()) return ask;
    auto payload = seal_payload(relay, question.payload);
    if (!payload) return std::unexpected(payload.error());
    ask.payload = std::move(*payload);
    return ask;
}

}  // namespace

ToRelay own_view(std::string_view service, std::string_view login_mandate) {
    return {
        .service = service, .purpose = "own-view", .subject = wire::mandate_subject(login_mandate)};
}

Task<Result<Answered>> ask_relay(const wire::Directory& directory, const Identity& identity,
                                 ToRelay question) {
    auto ask = make_ask(directory, question);
    if (!ask) co_return std::unexpected(ask.error());
    Asker asker(directory, identity);
    co_return co_await asker.ask(std::move(*ask));
}

Task<Result<void>> ask_pages(const wire::Directory& directory, const Identity& identity,
                             ToRelay question, std::function<Next(const json::object& data)> take) {
    Asker asker(directory, identity);
    std::optional<std::uint64_t> after = 0;
    while (after) {
        question.parameters["after"] = std::to_string(*after);
        auto ask = make_ask(directory, question);
        if (!ask) co_return std::unexpected(ask.error());
        const auto answered = co_await asker.ask(std::move(*ask));
        if (!answered) co_return std::unexpected(answered.error());
        auto next = take(*answered->answer.data);
        if (!next) co_return std::unexpected(next.error());
        after = *next;
    }
    co_return Result<void>();
}

}  // namespace mado::client
