#include "client/staff_looks.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "client/own.hpp"

namespace mado::client {
namespace {

Parsed<StaffLook> read_one(const json::value& value) {
    if (!value.is_object()) return bad("a look is not an object");
    Members in(value.get_object());
    StaffLook out{.at = in.integer("at"), .office = in.text("office")};
    const auto what = wire::look_way_from(in.text("what"));
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (!what || out.office.empty()) return bad("a look has no office or no way that is known");
    out.what = *what;
    return out;
}

}  // namespace

Parsed<StaffLooks> read_staff_looks(const Answered& answered,
                                    const std::map<std::string, std::string>& parameters) {
    Members in(*answered.answer.data);
    StaffLooks out{.from = in.text("from", 7),
                   .to = in.text("to", 7),
                   .more = in.boolean("more"),
                   .looks = {}};
    for (const auto& value : in.array("looks", wire::staff_looks_max)) {
        auto look = read_one(value);
        if (!look) return std::unexpected(look.error());
        out.looks.push_back(std::move(*look));
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (!is_as_asked(parameters, "from", out.from) || !is_as_asked(parameters, "to", out.to)) {
        return bad("the looks are of other months than those asked");
    }
    if (!std::ranges::is_sorted(out.looks, std::greater{}, &StaffLook::at)) {
        return bad("looks are not newest first");
    }
    return out;
}

}  // namespace mado::client
