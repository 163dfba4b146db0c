#include <boost/json.hpp>

#include "base/file.hpp"
#include "base/temp_folder.hpp"
#include "fuzz.hpp"
#include "relay/import.hpp"
#include "relay/test_country.hpp"

namespace mado::fuzz {
namespace {

relay::Vault make_vault() {
    const TempFolder folder;
    for (const auto* key : {"seal.key", "index.key"})
        replace_file(folder.path(key), wire::filled(1), 0600);
    return relay::Vault(folder.path("."));
}

// With certificates that a card authority has issued, in the place of those that nobody has.
std::string with_cards(json::object line) {
    static const auto card = base64url(country().card().certificate.der());
    auto* list = line.if_contains("certificates");
    if (list == nullptr || !list->is_array()) return json::serialize(line);
    for (auto& one : list->get_array()) {
        auto* object = one.if_object();
        auto* certificate = object == nullptr ? nullptr : object->if_contains("certificate");
        if (certificate != nullptr) *certificate = card;
    }
    return json::serialize(line);
}

}  // namespace

// A line of the first take-on.
bool import_line(ByteView in) {
    static const auto vault = make_vault();
    static const auto schemes = wire::test_schemes();
    const relay::Reading facts{
        .directory = country_directory(), .schemes = schemes, .vault = vault};
    (void)relay::read_imported_person(as_text(in), facts);
    auto line = parse_json_object(as_text(in));
    if (!line) return false;
    const auto person = relay::read_imported_person(with_cards(std::move(*line)), facts);
    if (!person) return false;
    for (const auto& [indexes, identifier] : person->identifiers) {
        const auto& scheme = *schemes.find(identifier.number.scheme);
        require(!identifier.holder || scheme.giver(identifier.number) == identifier.holder->text(),
                "a number is of its holder");
        const auto kept = relay::read_identifier(relay::identifier_plain(identifier));
        require(kept.number == identifier.number && kept.holder == identifier.holder &&
                    kept.current == identifier.current,
                "what is taken in is kept");
    }
    require(!person->identifiers.empty() && !person->identifiers.front().second.holder,
            "everybody has a health care number");
    return true;
}

}  // namespace mado::fuzz
