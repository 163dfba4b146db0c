#include "wire/ending.hpp"

#include <boost/json.hpp>

#include "base/json.hpp"

namespace mado::wire {

std::string_view to_text(Ending ending) {
    switch (ending) {
        case Ending::stop:
            return "stop";
        case Ending::organisation:
            return "organisation";
        case Ending::revoked:
            return "revoked";
    }
    return "";
}

std::optional<Ending> parse_ending(std::string_view text) {
    for (const auto ending : {Ending::stop, Ending::organisation, Ending::revoked}) {
        if (to_text(ending) == text) return ending;
    }
    return std::nullopt;
}

std::string ended_event_data(const EndedMandate& ended) {
    return boost::json::serialize(boost::json::object{{"mandate", base64url(ended.mandate)},
                                                      {"reason", to_text(ended.ending)}});
}

Parsed<EndedMandate> read_ended_event(std::string_view data) {
    const auto object = parse_json_object(data);
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    const auto mandate = in.hash("mandate");
    const auto ending = parse_ending(in.text("reason", 100));
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return EndedMandate{.mandate = mandate, .ending = ending.value_or(Ending::revoked)};
}

std::string changed_event_data(const ChangedAnswer& changed) {
    return boost::json::serialize(boost::json::object{{"order", base64url(changed.order)},
                                                      {"index", changed.index},
                                                      {"service", changed.service.text()}});
}

Parsed<ChangedAnswer> read_changed_event(std::string_view data) {
    const auto object = parse_json_object(data);
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    const auto order = in.hash("order");
    const auto index = in.integer("index");
    auto service = ServiceId::parse(in.text("service", 100));
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (!service) return std::unexpected(service.error());
    return ChangedAnswer{
        .order = order, .index = static_cast<std::uint64_t>(index), .service = std::move(*service)};
}

}  // namespace mado::wire
