#include "routes.hpp"

#include <boost/json.hpp>

#include "ending.hpp"
#include "public_face.hpp"

namespace mado::relay {
namespace {

constexpr std::size_t small_body = 1024;
constexpr std::size_t holders_per_gateway_max = 256;

http::Response refuse(Code code, const http::Request& request) {
    return to_response({code}, request.request_id);
}

// The row, for whoever has a certificate that the directory lists.
http::Route for_participants(const Shared& shared, http::Route row) {
    row.handler =
        [&shared, handler = std::move(row.handler)](http::Request request) -> Task<http::Response> {
        if (!request.certificate || !shared.directory.knows_certificate(*request.certificate)) {
            co_return refuse(Code::not_in_directory, request);
        }
        co_return co_await handler(std::move(request));
    };
    return row;
}

// POST /v1/nonce { "for": organisation }: a nonce for a mandate, bound to the caller.
http::Response give_nonce(Shared& shared, const http::Request& request) {
    const auto id = read_nonce_request(request.body);
    if (!id) return refuse(Code::malformed, request);
    const auto organisation = own_organisation(shared.directory, id->text(), request.certificate);
    if (!organisation) return refuse(organisation.error(), request);
    const auto nonce = shared.mandates.issue_nonce(*id, unix_now());
    if (!nonce) return refuse(Code::overloaded, request);
    http::Response response;
    response.content_type = "application/json";
    response.body = boost::json::serialize(boost::json::object{{"nonce", *nonce}});
    return response;
}

// POST /v1/holder { "holders": [id, …] }, Upgrade: mado-holder/1. The directory must list the
// caller's certificate for each of them.
http::Response take_gateway(http::asio::io_context& io, Shared& shared,
                            const http::Request& request) {
    const auto names = read_holders(request.body);
    if (!names || request.header("upgrade") != wire::upgrade_protocol) {
        return refuse(Code::malformed, request);
    }
    std::vector<wire::ParticipantId> holders;
    for (const auto& name : *names) {
        const auto holder = own_organisation(shared.directory, name, request.certificate);
        if (!holder) return refuse(holder.error(), request);
        // Only who answers something is asked: nobody else may fill the table of connections.
        if ((*holder)->services.empty()) return refuse(Code::not_allowed, request);
        holders.push_back((*holder)->id);
    }
    if (!shared.holders.has_room(*request.certificate)) return refuse(Code::overloaded, request);
    http::Response response;
    response.status = 101;
    response.headers.push_back({"Upgrade", std::string(wire::upgrade_protocol)});
    response.upgraded = [&io, &shared, certificate = *request.certificate,
                         holders](http::Connection connection) -> Task<void> {
        shared.holders.add(io, certificate, holders, std::move(connection));
        co_return;
    };
    return response;
}

// Only an organisation of the directory may keep a connection and its lines here.
std::optional<http::Response> refuse_stream(const Shared& shared, const http::Request& request) {
    if (request.certificate && shared.directory.knows_certificate(*request.certificate)) {
        return std::nullopt;
    }
    return refuse(Code::not_in_directory, request);
}

}  // namespace

Parsed<wire::ParticipantId> read_nonce_request(std::string_view body) {
    const auto object = parse_json_object(body, {.text_bytes_max = small_body});
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    const auto text = in.text("for", 64);
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return wire::ParticipantId::parse(text);
}

Parsed<std::vector<std::string>> read_holders(std::string_view body) {
    const auto object = parse_json_object(body, {.text_bytes_max = 64 * small_body});
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    auto names = in.texts("holders", holders_per_gateway_max, 64);
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (names.empty()) return bad("a gateway connects for nobody");
    return names;
}

std::vector<http::Route> participant_routes(http::asio::io_context& io, Shared& shared,
                                            Reader& reader, Exchange& exchange) {
    auto rows = log_routes(shared, reader);
    rows.insert(
        rows.end(),
        {
            {"POST", "/v1/nonce", small_body,
             [&shared](http::Request request) -> Task<http::Response> {
                 co_return give_nonce(shared, request);
             }},
            {"POST", "/v1/mandates/end", ending_body_max,
             [&shared](http::Request request) { return end_mandate(shared, std::move(request)); }},
            {"GET", "/v1/events", 0,
             [&shared](http::Request request) -> Task<http::Response> {
                 co_return follow_endings(shared, request);
             }},
            {"POST", "/v1/holder", 64 * small_body,
             [&io, &shared](http::Request request) -> Task<http::Response> {
                 co_return take_gateway(io, shared, request);
             }},
        });
    for (auto& row : rows)
        row = for_participants(shared, std::move(row));
    // It sees for itself who asks, and counts those that it refuses. A line of a stream takes the
    // same way as a request alone.
    rows.push_back({"POST", "/v1/requests", wire::request_bytes_max,
                    [&exchange](http::Request request) { return exchange.run(std::move(request)); },
                    http::Lines{.refuse = [&shared](const http::Request& request) {
                        return refuse_stream(shared, request);
                    }}});
    return rows;
}

}  // namespace mado::relay
