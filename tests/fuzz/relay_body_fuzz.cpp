#include <boost/json.hpp>

#include "fuzz.hpp"
#include "relay/ending.hpp"
#include "relay/itself.hpp"
#include "relay/routes.hpp"

namespace mado::fuzz {
namespace {

relay::Parameters parameters_of(const json::object& object) {
    relay::Parameters out;
    const auto* parameters = object.if_contains("parameters");
    if (parameters == nullptr || !parameters->is_object()) return out;
    for (const auto& [name, value] : parameters->get_object()) {
        if (value.is_string()) out.emplace(name, value.get_string());
    }
    return out;
}

// {"parameters": those of the head, "payload": as it was opened}
bool question_to_itself(ByteView in) {
    const auto object = parse_json_object(as_text(in));
    if (!object) return false;
    const auto parameters = parameters_of(*object);
    const auto* value = object->if_contains("payload");
    const auto payload = value == nullptr ? std::string() : json::serialize(*value);
    bool accepted = false;
    if (const auto page = relay::read_page(parameters)) {
        require(page->after >= 0 && page->limit >= 1 &&
                    page->limit <= std::int64_t{wire::page_rows_max},
                "a page has its bounds");
        accepted = true;
    }
    if (const auto question = relay::read_new_question(parameters, payload)) {
        require(question->log_index >= 0 && !question->text.empty(), "a question asks something");
        accepted = true;
    }
    if (const auto answer = relay::read_new_answer(parameters, payload)) {
        require(answer->id.size() == 16 && !answer->text.empty(), "an answer says something");
        accepted = true;
    }
    return accepted;
}

}  // namespace

// What participants send to the relay besides requests about persons.
bool relay_body(ByteView in) {
    bool accepted = question_to_itself(in);
    if (const auto organisation = relay::read_nonce_request(as_text(in))) {
        require(wire::ParticipantId::parse(organisation->text()) == *organisation, "an id is one");
        accepted = true;
    }
    if (const auto holders = relay::read_holders(as_text(in))) {
        require(!holders->empty(), "a gateway is somebody's");
        accepted = true;
    }
    if (const auto end = relay::read_end_request(as_text(in))) {
        require(!end->organisation.text().empty(), "an end is somebody's");
        accepted = true;
    }
    if (const auto id = relay::read_events_query(as_text(in))) {
        require("for=" + id->text() == as_text(in), "a query names one organisation");
        accepted = true;
    }
    return relay::read_stop_request(as_text(in)).has_value() || accepted;
}

}  // namespace mado::fuzz
