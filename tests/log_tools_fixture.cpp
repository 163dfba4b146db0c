#include "log_tools_fixture.hpp"

#include <boost/json.hpp>

namespace mado::tests {

wire::Receipt LogToolsTest::receipt() {
    const auto done = country().cli({"check", "--card", "hanako", "--pin", "1234", "--json"});
    if (done.status != 0) throw Failure("no check: " + done.output);
    write("bundle.json", done.output);
    const auto bundle = valid(parse_json_object(done.output, {.depth_max = 32}));
    for (const auto& entry : bundle.at("entry").as_array()) {
        const auto& resource = entry.at("resource").as_object();
        if (resource.at("resourceType") != "Binary") continue;
        const auto& data = resource.at("data").as_string();
        const auto bytes = valid(parse_base64({data.data(), data.size()}));
        return valid(wire::read_receipt(valid(parse_json_object(as_text(bytes)))));
    }
    throw Failure("a Bundle without a receipt");
}

}  // namespace mado::tests
