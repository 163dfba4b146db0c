#include "ending.hpp"

#include <boost/json.hpp>

#include "crypto/digest.hpp"
#include "http/completion.hpp"
#include "http/event_stream.hpp"

namespace mado::relay {
namespace {

http::Response refuse(Code code, const http::Request& request) {
    return to_response({code}, request.request_id);
}

Task<http::Response> answer_end(Shared& shared, const http::Request& request,
                                std::vector<Mandates::Ended> ended) {
    if (ended.empty()) co_return refuse(Code::mandate_unknown, request);
    if (!co_await end_mandates(shared, std::move(ended))) {
        co_return refuse(Code::not_ready, request);
    }
    http::Response response;
    response.status = 204;
    co_return response;
}

}  // namespace

// Before this they covered nothing any more; after it, also after a restart.
// State after a failure: ended for this process. Whoever asks again brings it into the store.
Task<bool> end_mandates(Shared& shared, std::vector<Mandates::Ended> ended) {
    std::vector<LiveMandate> missing;
    for (auto& one : ended) {
        if (one.is_new) shared.event_feeds.tell(one.mandate, unix_now());
        if (!one.stored) missing.push_back(std::move(one.mandate));
    }
    if (missing.empty()) co_return true;
    auto& writer = shared.writer;
    const bool durable = co_await http::completed<bool>([&writer, &missing](http::Done<bool> done) {
        if (!writer.remember(missing, done)) done(false);
    });
    if (durable) {
        for (const auto& one : missing)
            shared.mandates.set_end_stored(one.hash);
    }
    co_return durable;
}

Task<void> end_mandates_of(Shared& shared, std::vector<Hash> cards) {
    for (const auto& card : cards) {
        auto ended = shared.mandates.end_by_card(card, unix_now());
        // What the store does not take is found again by the next start, on the same list.
        if (!ended.empty()) static_cast<void>(co_await end_mandates(shared, std::move(ended)));
    }
}

// Looking for a hash is all that a stranger can bring about: nothing is kept of a secret that is
// nobody's, and a mandate that has ended is not written again.
Task<http::Response> stop_mandate(Shared& shared, http::Request request) {
    const auto secret = read_stop_request(request.body);
    if (!secret) co_return refuse(Code::malformed, request);
    auto ended = shared.mandates.end_by_stop(crypto::sha256(*secret), unix_now());
    co_return co_await answer_end(shared, request, std::move(ended));
}

Task<http::Response> end_mandate(Shared& shared, http::Request request) {
    const auto wanted = read_end_request(request.body);
    if (!wanted) co_return refuse(Code::malformed, request);
    const auto organisation =
        own_organisation(shared.directory, wanted->organisation.text(), request.certificate);
    if (!organisation) co_return refuse(organisation.error(), request);
    std::vector<Mandates::Ended> ended;
    if (auto one = shared.mandates.end_for((*organisation)->id, wanted->mandate, unix_now())) {
        ended.push_back(std::move(*one));
    }
    co_return co_await answer_end(shared, request, std::move(ended));
}

http::Response follow_endings(Shared& shared, const http::Request& request) {
    const auto id = read_events_query(request.query);
    if (!id) return refuse(Code::malformed, request);
    const auto organisation = own_organisation(shared.directory, id->text(), request.certificate);
    if (!organisation) return refuse(organisation.error(), request);
    auto feed = shared.event_feeds.open((*organisation)->id, unix_now());
    if (!feed) return refuse(Code::overloaded, request);
    http::Response response;
    response.content_type = http::event_stream_type;
    response.feed = std::move(feed);
    return response;
}

Parsed<Hash> read_stop_request(std::string_view body) {
    const auto object = parse_json_object(body, {.text_bytes_max = ending_body_max});
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    const auto secret = in.hash("secret");  // as long as a hash
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return secret;
}

Parsed<EndRequest> read_end_request(std::string_view body) {
    const auto object = parse_json_object(body, {.text_bytes_max = ending_body_max});
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    auto organisation = wire::ParticipantId::parse(in.text("for", 64));
    const auto mandate = in.hash("mandate");
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (!organisation) return std::unexpected(organisation.error());
    return EndRequest{std::move(*organisation), mandate};
}

Parsed<wire::ParticipantId> read_events_query(std::string_view query) {
    constexpr std::string_view name = "for=";
    if (!query.starts_with(name)) return bad("nobody is named whose events are wanted");
    return wire::ParticipantId::parse(query.substr(name.size()));
}

}  // namespace mado::relay
