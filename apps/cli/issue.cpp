#include "issue.hpp"

#include <boost/json.hpp>
#include <charconv>
#include <filesystem>
#include <iostream>
#include <thread>

#include "base/file.hpp"
#include "base/printable.hpp"
#include "card/personalise.hpp"
#include "card_office.hpp"
#include "cards.hpp"
#include "chip/inserted.hpp"
#include "office.hpp"

namespace mado::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t file_bytes_max = 2 * 1024 * 1024;  // a batch of invitations
constexpr std::size_t file_values_max = 100'000;
constexpr std::int64_t certificates_ms_max = 30'000;
constexpr std::chrono::milliseconds look_every{200};

void print_todo(const json::object& what) {
    std::cout << fmt::format(
        "      {} {}  {}  {} から since, {} まで until{}{}\n", text_at(what, "report"),
        text_at(what, "step"), text_at(what, "actor"), to_rfc3339(what.at("since").as_int64()),
        to_rfc3339(what.at("until").as_int64()),
        what.at("late").as_bool() ? "  期限を過ぎています late" : "",
        what.contains("refused") ? "  断られました refused: " + printable(text_at(what, "refused"))
                                 : "");
}

void print_summary(const json::object& one) {
    std::cout << fmt::format("{}  {}  {}\n", text_at(one, "number"), text_at(one, "kind"),
                             printable(text_at(one, "name")));
    const auto& todo = one.at("todo").as_array();
    for (const auto& what : todo)
        print_todo(what.as_object());
    if (todo.empty()) {
        std::cout << (one.contains("cancelled") ? "      取りやめ given up\n"
                                                : "      終わりました finished\n");
    }
}

void print_case(const json::object& one) {
    print_summary(one);
    const auto* claims = one.if_contains("claims");
    if (claims == nullptr) return;
    int place = 0;
    for (const auto& claim : claims->as_array()) {
        const auto& object = claim.as_object();
        std::cout << fmt::format("  [{}] {}  {}\n", place++, text_at(object, "role"),
                                 text_at(object, "finding"));
        if (const auto* writing = object.if_contains("writing")) {
            std::cout << "      " << printable(json::serialize(*writing)) << "\n";
        }
    }
    if (const auto code = text_at(one, "stop_code"); !code.empty()) {
        std::cout << fmt::format("  停止コード stop code {}\n", code);
    }
    if (const auto number = text_at(one, "health_care_number"); !number.empty()) {
        std::cout << fmt::format("  保健医療番号 health-care number {}\n", number);
    }
}

// With their cards, as far as the issuing centre's own cases say, and their cases.
void print_person(const json::object& one) {
    std::cout << fmt::format("{}  {}  {}\n", text_at(one, "person"),
                             printable(text_at(one, "name")), text_at(one, "birth_date"));
    for (const auto& card : one.at("cards").as_array()) {
        const auto& object = card.as_object();
        std::cout << fmt::format("  {}  {}  {} まで until\n", text_at(object, "use"),
                                 text_at(object, "status"),
                                 to_rfc3339(object.at("not_after").as_int64()));
    }
    for (const auto& each : one.at("cases").as_array())
        print_summary(each.as_object());
}

void print(const IssueOptions& options, const json::object& one) {
    if (options.json) {
        std::cout << json::serialize(one) << "\n";
    } else if (const auto* people = one.if_contains("people")) {
        for (const auto& each : people->as_array())
            print_person(each.as_object());
        if (people->as_array().empty()) std::cout << "見つかりません nobody is found\n";
    } else if (const auto* cases = one.if_contains("cases")) {
        for (const auto& each : cases->as_array()) {
            const auto& object = each.as_object();
            if (object.contains("todo")) {
                print_summary(object);
            } else {
                std::cout << fmt::format("{}  {}\n", text_at(object, "number"),
                                         printable(text_at(object, "name")));
            }
        }
        if (cases->as_array().empty()) std::cout << "待っているものはありません nothing waits\n";
    } else {
        print_case(one);
    }
}

json::object read_object(const std::string& path) {
    const auto text = read_file(path, file_bytes_max);
    if (!text) throw OperatorError("there is no file " + path);
    auto object =
        parse_json_object(*text, {.text_bytes_max = file_bytes_max, .values_max = file_values_max});
    if (!object) throw OperatorError(path + " is not a JSON object: " + object.error().why);
    return std::move(*object);
}

int place_of(const std::string& text) {
    int out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc() || end != text.data() + text.size()) {
        throw OperatorError("a claim is named by its place: 0, 1, 2, …");
    }
    return out;
}

// ---- the card ----

bool waits_for(const json::object& one, std::string_view step) {
    for (const auto& what : one.at("todo").as_array()) {
        if (text_at(what.as_object(), "step") == step) return true;
    }
    return false;
}

template <class T>
T demand(std::expected<T, card::IssueError> result) {
    if (!result) throw OperatorError("the card does not do what its issuer asks; take another one");
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

// At the window, with the person there: keys in the chip, certificates for them, the person's own
// PIN and password. What is done already is not done again.
json::object make_card(const Places& places, Window& window, const IssueOptions& options) {
    using card::KeyUse;
    auto one = window.ask("/cases/show", {{"number", options.number}});
    const auto& name = options.card.empty() ? options.number : options.card;
    const auto issuer_key = card_issuer_key(places, name);
    const auto file = places.card(name);
    if (!fs::exists(file)) {
        chip::CardFile::create(file, issuer_key, {.kind = chip::CardKind::piv});
    }
    chip::Inserted reader(file);
    auto chip = demand(card::Personaliser::begin(reader, issuer_key));
    const auto act = [&](json::object happening) {
        one = window.ask("/cases/act",
                         {{"number", options.number}, {"happening", std::move(happening)}});
    };
    const bool is_change = text_at(one, "kind") == "change";  // the card stays
    if (waits_for(one, "make_keys")) {
        const auto key = [&chip](KeyUse use, crypto::KeyType type) {
            return base64url(demand(chip.generate(use, type)).spki());
        };
        json::object keys;
        if (!is_change) {
            keys["authentication"] = key(KeyUse::authentication, crypto::KeyType::p256);
        }
        if (one.at("signing").as_bool()) {
            keys["signing"] = key(KeyUse::signing, crypto::KeyType::p384);
        }
        act({{"what", "keys_made"}, {"keys", std::move(keys)}});
    }
    for (std::int64_t waited = 0; !waits_for(one, "write"); waited += look_every.count()) {
        if (waited >= certificates_ms_max) {
            throw OperatorError("the certificates are not there yet: ./mado issue show " +
                                options.number + " says for what it waits");
        }
        std::this_thread::sleep_for(look_every);
        one = window.ask("/cases/show", {{"number", options.number}});
    }
    const auto directory = wire::load_directory(places.directory(), places.authority_key());
    const auto write = [&](KeyUse use, const json::value* text) {
        if (text == nullptr) return;
        const auto der = parse_base64url(std::string_view(text->as_string()));
        const auto certificate =
            must(der ? crypto::Certificate::from_der(*der) : std::unexpected(der.error()),
                 "the new certificate");
        for (const auto& authority : directory.card_authorities) {
            if (certificate.issued_by(authority)) {
                demand(chip.write_certificate(use, certificate, authority));
            }
        }
    };
    const auto& certificates = one.at("certificates").as_object();
    write(KeyUse::authentication, certificates.if_contains("authentication"));
    write(KeyUse::signing, certificates.if_contains("signing"));
    if (certificates.contains("authentication")) {
        const auto pin =
            read_secret(options.new_pin, "本人が決めた4桁の暗証番号 the person's new PIN: ");
        demand(chip.set_pin(KeyUse::authentication, pin));
    }
    if (certificates.contains("signing")) {
        const auto password = read_secret(
            options.new_password, "本人が決めた署名用の暗証番号 the person's signing password: ");
        demand(chip.set_pin(KeyUse::signing, password));
    }
    act({{"what", "written"}});
    return one;
}

json::object happening_of(IssueAct act, const IssueOptions& options) {
    switch (act) {
        case IssueAct::apply: {
            auto out = read_object(options.file);
            out["what"] = "applied";
            return out;
        }
        case IssueAct::correct:
            return {{"what", "corrected"},
                    {"claim", place_of(options.claim)},
                    {"number", read_object(options.file)}};
        case IssueAct::take_out:
            return {{"what", "taken_out"}, {"claim", place_of(options.claim)}};
        case IssueAct::hand_over:
            return {{"what", "handed_over"}};
        case IssueAct::found:
            return {{"what", "found"}};
        case IssueAct::give_up:
            return {{"what", "given_up"}};
        case IssueAct::approve:
            return {{"what", "approved"}};
        case IssueAct::pin_set:
            return {{"what", "pin_set"}};
        case IssueAct::cancel:
            return {{"what", "cancelled"}, {"reason", options.reason}};
        case IssueAct::open:
        case IssueAct::invite:
        case IssueAct::find:
        case IssueAct::day:
        case IssueAct::show:
        case IssueAct::again:
        case IssueAct::card:
            break;
    }
    throw Failure("this act is no happening");
}

// Whatever was refused is tried again.
json::object try_again(Window& window, const IssueOptions& options) {
    auto one = window.ask("/cases/show", {{"number", options.number}});
    const auto todo = one.at("todo").as_array();
    for (const auto& what : todo) {
        if (!what.as_object().contains("refused")) continue;
        one = window.ask("/cases/act",
                         {{"number", options.number},
                          {"happening", {{"what", "try_again"}, {"order", what.at("order")}}}});
    }
    return one;
}

json::object opening(const IssueOptions& options) {
    json::object out{{"kind", options.kind}};
    if (!options.person.empty()) out["person"] = options.person;
    if (!options.reason.empty()) out["reason"] = options.reason;
    if (!options.uses.empty()) out["uses"] = json::array(options.uses.begin(), options.uses.end());
    return out;
}

json::object search(const IssueOptions& options) {
    if (!options.number.empty()) return {{"number", options.number}};
    if (!options.health_number.empty()) return {{"health_care_number", options.health_number}};
    return {{"birth_date", options.birth_date}, {"kana", options.kana}};
}

// A PIN of the person's own choice, into the chip that was unlocked: the entry is in their list.
json::object set_pins(const Places& places, Window& window, const IssueOptions& options) {
    using card::KeyUse;
    const auto before = window.ask("/cases/show", {{"number", options.number}});
    if (!waits_for(before, "reset")) {
        throw OperatorError("the chip is not opened before the case says so: ./mado issue show " +
                            options.number);
    }
    const auto& name = options.card.empty() ? options.number : options.card;
    chip::Inserted reader(places.card(name));
    auto chip = demand(card::Personaliser::begin(reader, card_issuer_key(places, name)));
    if (!options.new_pin.empty()) {
        demand(chip.set_pin(KeyUse::authentication, Secret(as_bytes(options.new_pin))));
    }
    if (!options.new_password.empty()) {
        demand(chip.set_pin(KeyUse::signing, Secret(as_bytes(options.new_password))));
    }
    return window.ask("/cases/act",
                      {{"number", options.number}, {"happening", {{"what", "pin_set"}}}});
}

}  // namespace

int issue(const Places& places, IssueAct act, const IssueOptions& options) {
    const auto directory = wire::load_directory(places.directory(), places.authority_key());
    Window window(places, directory, options.clerk);
    switch (act) {
        case IssueAct::open:
            print(options, window.ask("/cases/open", opening(options)));
            return 0;
        case IssueAct::invite:
            print(options, window.ask("/cases/invite", read_object(options.file)));
            return 0;
        case IssueAct::find:
            print(options, window.ask("/people/find", search(options)));
            return 0;
        case IssueAct::pin_set:
            print(options, set_pins(places, window, options));
            return 0;
        case IssueAct::day:
            print(options, window.ask("/cases/day", {}));
            return 0;
        case IssueAct::show:
            print(options, window.ask("/cases/show", {{"number", options.number}}));
            return 0;
        case IssueAct::card:
            print(options, make_card(places, window, options));
            return 0;
        case IssueAct::again:
            print(options, try_again(window, options));
            return 0;
        case IssueAct::apply:
        case IssueAct::correct:
        case IssueAct::take_out:
        case IssueAct::hand_over:
        case IssueAct::found:
        case IssueAct::give_up:
        case IssueAct::approve:
        case IssueAct::cancel:
            print(options, window.ask("/cases/act", {{"number", options.number},
                                                     {"happening", happening_of(act, options)}}));
            return 0;
    }
    return 0;
}

}  // namespace mado::cli
