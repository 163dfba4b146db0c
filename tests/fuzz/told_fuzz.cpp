#include <boost/json.hpp>

#include "base/file.hpp"
#include "base/temp_folder.hpp"
#include "fuzz.hpp"
#include "relay/changes.hpp"
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
std::string with_cards(json::object payload) {
    static const auto card = base64url(country().card().certificate.der());
    auto* list = payload.if_contains("certificates");
    if (list == nullptr || !list->is_array()) return json::serialize(payload);
    for (auto& one : list->get_array())
        one = card;
    return json::serialize(payload);
}

bool link(const std::string& act, const std::string& payload) {
    static const auto vault = make_vault();
    static const auto schemes = relay::relay_schemes();
    const relay::Reading reading{
        .directory = country_directory(), .schemes = schemes, .vault = vault};
    const wire::PersonNumber own{.scheme = "issuing-number",
                                 .fields = {{"number", "1234567890123456"}}};
    const auto told = relay::read_link({{"act", act}}, payload, own, reading);
    if (!told) return false;
    require(!told->numbers.empty(), "a link says a number");
    relay::LinkFacts facts{
        .directory = country_directory(),
        .schemes = schemes,
        .caller = *country_directory().find("issuer"),
        .own = own,
        .issued_at = wire::test_now,
        .asked = std::vector<std::optional<relay::LoggedOrder>>(told->numbers.size())};
    const auto code = relay::judge_link(*told, facts);
    for (const auto& [indexes, identifier, confirmation] : told->numbers) {
        const auto& scheme = *schemes.find(identifier.number.scheme);
        require(!identifier.holder || scheme.giver(identifier.number) == identifier.holder->text(),
                "a number is of its holder");
        require(code || told->act == relay::LinkAct::end || identifier.number == own ||
                    scheme.given_by.has_value(),
                "what nobody has confirmed is not linked");
    }
    return true;
}

bool card(const std::string& act, const std::string& payload) {
    const auto told = relay::read_card({{"act", act}}, payload, country_directory());
    if (!told) return false;
    require(told->cards.empty() != told->certificates.empty(), "cards, or names of cards");
    return true;
}

// The parameters of one that has no act and no payload.
bool answer(const json::object& parameters) {
    relay::Parameters asked;
    for (const auto& [name, value] : parameters) {
        if (!value.is_string()) return false;
        asked.emplace(name, value.get_string());
    }
    const auto told = relay::read_answer_told(asked);
    if (!told) return false;
    require(told->log_index >= 0 && !told->requester, "only the log says who asked");
    return true;
}

}  // namespace

// {"act": that of the head, "payload": as it was opened}
bool told(ByteView in) {
    auto object = parse_json_object(as_text(in));
    if (!object) return false;
    const auto* act = object->if_contains("act");
    auto* payload = object->if_contains("payload");
    if (act == nullptr || !act->is_string() || payload == nullptr) return false;
    const std::string word(act->get_string());
    const auto text = json::serialize(*payload);
    const bool accepted = link(word, text) || card(word, text);
    if (!payload->is_object()) return accepted;
    return card(word, with_cards(payload->get_object())) || answer(payload->get_object()) ||
           accepted;
}

}  // namespace mado::fuzz
