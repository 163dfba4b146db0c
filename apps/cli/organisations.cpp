#include "organisations.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "base/file.hpp"
#include "base/json.hpp"

namespace mado::cli {

std::string Organisations::tls_owner(const std::string& id) const {
    for (const auto& gateway : gateways) {
        if (std::ranges::find(gateway.holders, id) != gateway.holders.end()) return gateway.id;
    }
    return id;
}

json::object read_json(const std::string& path) {
    const auto text = read_file(path);
    if (!text) throw OperatorError("the file is missing: " + path);
    auto object = parse_json_object(*text, {.text_bytes_max = 1 << 20});
    if (!object) throw OperatorError(path + " cannot be read: " + object.error().why);
    return std::move(*object);
}

namespace {

void read_telephones(Members in, Telephones& out, const auto& end) {
    out.hotline = in.text("hotline");
    for (const auto& value : in.array("windows", 1000)) {
        Members one(value.as_object());
        out.windows.push_back({.municipality = one.text("municipality"),
                               .name = one.text("name"),
                               .telephone = one.text("telephone")});
        end(one);
    }
    end(in);
}

}  // namespace

Organisations read_organisations() {
    const std::string path = "country/jp/organisations.json";
    const auto object = read_json(path);
    Members in(object);
    Organisations out;
    const auto end = [&path](Members& members) {
        if (!members.finish()) throw OperatorError(path + " does not have its form");
    };
    for (const auto& value : in.array("participants", 1000)) {
        Members one(value.as_object());
        out.participants.push_back(
            {.id = one.text("id"), .name = one.text("name"), .kind = one.text("kind")});
        end(one);
    }
    for (const auto& value : in.array("gateways", 1000)) {
        Members one(value.as_object());
        out.gateways.push_back({.id = one.text("id"), .holders = one.texts("holders", 100)});
        end(one);
    }
    for (const auto& value : in.array("witnesses", 64)) {
        Members one(value.as_object());
        out.witnesses.push_back({.id = one.text("id"), .name = one.text("name")});
        end(one);
    }
    read_telephones(Members(in.object("telephones")), out.telephones, end);
    end(in);
    std::ranges::sort(out.participants, {}, &Organisation::id);
    return out;
}

}  // namespace mado::cli
