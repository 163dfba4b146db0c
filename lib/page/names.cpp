#include "page/names.hpp"

#include <boost/json.hpp>

#include "base/file.hpp"

namespace mado::page {
namespace {

constexpr std::size_t services_max = 256;

}  // namespace

Named read_named(Members& in) {
    Named out{.ja = in.text("ja"), .en = in.text("en"), .easy = in.text("easy")};
    // They are given to fmt, where these mean something.
    for (const auto* text : {&out.ja, &out.en, &out.easy}) {
        if (text->empty()) in.refuse("a name is empty");
        if (text->find_first_of("{}") != std::string::npos) in.refuse("a name has a brace");
    }
    return out;
}

Parsed<ServiceNames> ServiceNames::parse(std::string_view text) {
    auto object = parse_json_object(text);
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    ServiceNames out;
    for (const auto& value : in.array("services", services_max)) {
        const auto* one = value.if_object();
        if (one == nullptr) return bad("a service is no object");
        Members service(*one);
        const auto id = service.text("id", 64);
        Names names{.name = read_named(service), .page = {}};
        if (const auto* own = service.optional_object("page")) {
            Members page(*own);
            names.page = read_named(page);
            if (auto ok = page.finish(); !ok) return std::unexpected(ok.error());
        }
        if (auto ok = service.finish(); !ok) return std::unexpected(ok.error());
        if (id.empty()) return bad("a service has no id");
        if (!out.names_.emplace(id, std::move(names)).second)
            return bad("a service is named twice");
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

Words ServiceNames::name(std::string_view id) const {
    const auto found = names_.find(id);
    return found == names_.end() ? Words{id, id, id} : found->second.name.words();
}

Words ServiceNames::page_name(std::string_view id) const {
    const auto found = names_.find(id);
    const bool own = found != names_.end() && found->second.page;
    return own ? found->second.page->words() : name(id);
}

ServiceNames load_service_names(const std::string& path) {
    const auto text = read_file(path);
    if (!text) throw OperatorError("the file is missing: " + path);
    return must(ServiceNames::parse(*text), path);
}

}  // namespace mado::page
