#include <boost/json.hpp>

#include "base/printable.hpp"
#include "cli/log_files.hpp"
#include "cli/log_tools.hpp"
#include "fuzz.hpp"
#include "wire/test_wire.hpp"

namespace mado::fuzz {
namespace {

// Lines of ours, with other people's words in them.
bool is_shown(const Parsed<std::string>& words) {
    if (!words) return false;
    for (std::string_view rest = *words; !rest.empty();) {
        const auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        require(printable(line) == line, "nothing in it moves a cursor");
    }
    return true;
}

bool entry(ByteView in) {
    const auto& directory = world().directory;
    bool accepted = is_shown(cli::words_of_entry(in, directory));
    for (const auto* kind : {"order", "refused"})
        accepted =
            is_shown(cli::words_of_entry(cli::opened_entry(kind, {}, in), directory)) || accepted;
    return accepted;
}

bool is_proven(const wire::SignedDocument& what) {
    const auto again = wire::parse_signed_document(wire::to_json(what));
    require(again && wire::to_json(*again) == wire::to_json(what), "it is read as written");
    return wire::prove(what, world().directory, wire::test_now).has_value();
}

}  // namespace

// Files that are given to the log's tools, what they show of them, the page of counts, and what a
// monitor remembers.
bool log_file(ByteView in) {
    const auto text = as_text(in);
    bool accepted = entry(in);
    if (const auto file = cli::parse_log_file(text)) {
        const auto* receipts = std::get_if<cli::Receipts>(&*file);
        require(receipts == nullptr || !receipts->empty(), "a file proves something");
        const auto* document = std::get_if<wire::SignedDocument>(&*file);
        require(document == nullptr || !is_proven(*document), "nobody has signed it");
        accepted = true;
    }
    if (const auto page = parse_json_object(text)) {
        accepted = is_shown(cli::words_of_counts(*page)) || accepted;
    }
    if (const auto state = cli::parse_followed(text)) {
        const auto again = cli::parse_followed(cli::to_json(*state));
        require(again.has_value() && cli::to_json(*again) == cli::to_json(*state),
                "a state is read as written");
        accepted = true;
    }
    return accepted;
}

}  // namespace mado::fuzz
