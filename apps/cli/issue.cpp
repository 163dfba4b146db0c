#include "issue.hpp"

#include <boost/json.hpp>
#include <charconv>
#include <filesystem>
#include <iostream>

#include "base/file.hpp"
#include "base/printable.hpp"
#include "card_office.hpp"
#include "cards.hpp"
#include "chip/inserted.hpp"
#include "client/card_pipe.hpp"
#include "http/form.hpp"
#include "issue_words.hpp"
#include "office.hpp"
#include "staff_looks.hpp"

namespace mado::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t file_bytes_max = 2 * 1024 * 1024;  // a batch of invitations
constexpr std::size_t file_values_max = 100'000;

void print_todo(const json::object& what) {
    std::cout << fmt::format(
        "      {} {}  {}  {} から since, {} まで until{}{}\n", text_at(what, "report"),
        text_at(what, "step"), text_at(what, "actor"), to_rfc3339(what.at("since").as_int64()),
        to_rfc3339(what.at("until").as_int64()),
        what.at("late").as_bool() ? "  期限を過ぎています late" : "",
        what.contains("refused") ? "  断られました refused: " + printable(text_at(what, "refused"))
                                 : "");
    const auto words = words_of_refused(text_at(what, "refused"));
    if (!words.empty()) std::cout << fmt::format("        {}\n", words);
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

// Shown here, and dealt with there.
void print_elsewhere(const json::object& one) {
    if (!one.contains("elsewhere")) return;
    std::cout << fmt::format("  ほかの窓口の担当 another municipality's: {}\n",
                             printable(text_at(one, "elsewhere")));
}

// What a register writes otherwise, attribute by attribute.
void print_writing(const json::object& answer) {
    const auto* attributes = answer.if_contains("attributes");
    if (attributes == nullptr || !attributes->is_object()) return;
    for (const auto& [name, value] : attributes->get_object()) {
        const auto& one = value.as_object();
        const auto writing = text_at(one, "writing");
        std::cout << fmt::format(
            "      {} {}{}\n", std::string_view(name), text_at(one, "verdict"),
            writing.empty() ? "" : "  登録簿 the register: " + printable(writing));
    }
}

void print_case(const json::object& one) {
    print_summary(one);
    print_elsewhere(one);
    const auto* claims = one.if_contains("claims");
    if (claims == nullptr) return;
    int place = 0;
    for (const auto& claim : claims->as_array()) {
        const auto& object = claim.as_object();
        std::cout << fmt::format("  [{}] {}  {}\n", place++, text_at(object, "role"),
                                 text_at(object, "finding"));
        if (const auto* writing = object.if_contains("writing")) {
            print_writing(writing->as_object());
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
    print_elsewhere(one);
    for (const auto& card : one.at("cards").as_array()) {
        const auto& object = card.as_object();
        const auto chip = text_at(object, "chip");
        std::cout << fmt::format(
            "  カード card {}  {}  {}  {} まで until{}{}\n", object.at("card").as_int64(),
            text_at(object, "use"), text_at(object, "status"),
            to_rfc3339(object.at("not_after").as_int64()),
            chip.empty() ? "" : "  シリアル番号 serial number " + printable(chip),
            object.contains("foreign") ? "  ほかの認証局 of another authority" : "");
    }
    for (const auto& each : one.at("cases").as_array())
        print_summary(each.as_object());
}

void print_people(const json::array& people) {
    for (const auto& each : people)
        print_person(each.as_object());
    if (people.empty()) std::cout << "見つかりません nobody is found\n";
}

void print_cases(const json::array& cases) {
    for (const auto& each : cases) {
        const auto& object = each.as_object();
        if (object.contains("todo")) {
            print_summary(object);
        } else {
            std::cout << fmt::format("{}  {}\n", text_at(object, "number"),
                                     printable(text_at(object, "name")));
        }
    }
    if (cases.empty()) std::cout << "待っているものはありません nothing waits\n";
}

// What people have asked about entries of this office's, open ones first.
void print_questions(const json::object& all) {
    for (const auto& value : all.at("questions").as_array()) {
        const auto& one = value.as_object();
        std::cout << fmt::format("{}  {}\n", printable(text_at(one, "id")),
                                 printable(text_at(one, "text")));
        std::cout << fmt::format("      {} まで until\n",
                                 to_rfc3339(one.at("deadline").as_int64()));
        if (const auto* request = one.if_contains("request")) {
            const auto& head = request->as_object();
            std::cout << fmt::format("      {}  {}\n", to_rfc3339(head.at("at").as_int64()),
                                     printable(text_at(head, "service")));
        }
        if (one.contains("operator")) {
            std::cout << fmt::format("      {}  受付 case {}\n",
                                     printable(text_at(one, "operator")),
                                     printable(text_at(one, "number")));
        }
        if (const auto* answer = one.if_contains("answer")) {
            std::cout << fmt::format("      回答済み answered: {}\n",
                                     printable(text_at(answer->as_object(), "text")));
        }
    }
    if (all.at("questions").as_array().empty()) std::cout << "質問はありません no questions\n";
}

std::string words_of_look(std::string_view what) {
    const auto known = wire::look_way_from(what);
    return known ? std::string(words_of(*known)) : printable(what);
}

void print_looks(const json::object& all) {
    for (const auto& value : all.at("looks").as_array()) {
        const auto& one = value.as_object();
        std::cout << fmt::format("{}  {}  {}  {}\n", to_rfc3339(one.at("at").as_int64()),
                                 printable(text_at(one, "clerk")),
                                 printable(text_at(one, "office")),
                                 words_of_look(text_at(one, "what")));
    }
    if (all.at("looks").as_array().empty()) std::cout << "だれも見ていません nobody has looked\n";
}

void print_batches(const json::array& batches) {
    for (const auto& value : batches) {
        const auto& one = value.as_object();
        std::cout << fmt::format("{}  {}  未了 open {}\n", one.at("batch").as_int64(),
                                 to_rfc3339(one.at("opened_at").as_int64()),
                                 one.at("open").as_int64());
    }
    if (batches.empty()) std::cout << "案内した人はいません nobody was invited\n";
}

// What stands on each, for whoever prints them.
void print_letters(const json::object& all) {
    for (const auto& value : all.at("letters").as_array()) {
        const auto& one = value.as_object();
        const auto& person = one.at("person").as_object();
        std::cout << fmt::format("{}  {}  {}  {} まで until\n", text_at(one, "number"),
                                 printable(text_at(person, "name")),
                                 printable(text_at(person, "address")),
                                 to_rfc3339(one.at("until").as_int64()));
    }
    std::cout << fmt::format("{} 通 letters; {} 人 people in the batch",
                             all.at("letters").as_array().size(), all.at("of").as_int64());
    const auto unreadable = all.at("unreadable").as_int64();
    if (unreadable > 0) {
        std::cout << fmt::format("; {} 件は読めません cases cannot be read", unreadable);
    }
    std::cout << "\n";
}

void print_answered(const json::object& done) {
    const auto who = text_at(done, "operator");
    const auto* before = done.if_contains("answered_at");
    std::cout << (before == nullptr ? "回答しました answered"
                                    : "もう回答済みです answered already, " +
                                          to_rfc3339(before->as_int64()) + "; nothing was sent")
              << (who.empty() ? "" : "; 担当者 named: " + printable(who)) << "\n";
}

void print_written(const std::string& path) {
    std::cout << fmt::format(
        "決定の証拠を書き出しました。だれでも確かめられます the evidence of the decision; anybody "
        "can check it: ./mado log check {}\n"
        "その証明書には、決定した職員の氏名と住所があります its certificate has the name and "
        "address of the clerk who has decided: mind whom you give it to\n",
        path);
}

// Of a batch of invitations: who has no letter, by the place in the file.
void print_known(const json::array& known) {
    if (known.empty()) return;
    std::cout << fmt::format(
        "もうこのセンターで手続をした人 have a case or a card here already, and no invitation, by "
        "their place in the file: {}\n",
        json::serialize(known));
}

// An answer of the window's, by what it has.
void print(const json::object& one) {
    const auto* known = one.if_contains("known");
    if (known != nullptr && known->is_array()) print_known(known->get_array());
    if (const auto* people = one.if_contains("people")) return print_people(people->as_array());
    if (const auto* cases = one.if_contains("cases")) return print_cases(cases->as_array());
    if (one.contains("questions")) return print_questions(one);
    if (one.contains("letters")) return print_letters(one);
    if (const auto* all = one.if_contains("batches")) return print_batches(all->as_array());
    if (one.contains("looks")) return print_looks(one);
    if (one.contains("deadline")) return print_answered(one);
    if (one.contains("written")) return print_written(text_at(one, "written"));
    print_case(one);
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

std::string words_of(client::PipeError error) {
    using client::PipeError;
    switch (error) {
        case PipeError::unreachable:
            return "the window broke off. Does it run? ./mado status";
        case PipeError::over:
            return "the session is over; begin again";
        case PipeError::gone:
            return "the card is gone; put it back and begin again";
        case PipeError::not_ours:
            return "this is no card of this issuing centre; take a blank one";
        case PipeError::used:
            return "this card is somebody's already; take a blank one";
        case PipeError::other_card:
            return "the keys of this case are in another card; take the one that it was begun with";
        case PipeError::no_pin:
            return "the window asks for a PIN that nobody has typed; begin again";
        case PipeError::not_lawful:
            return "the window asks for what it may not; nothing more was sent to the card";
        case PipeError::refused:
            return "the card does not do what its issuer asks; take another one";
    }
    return {};
}

void print_counts(const client::PipeCounts& counts) {
    constexpr std::int64_t us_in_ms = 1'000;
    std::cout << fmt::format(
        "{} calls ({} ms), {} commands to the card ({} ms), {} waits for certificates ({} ms)\n",
        counts.calls, counts.call_us / us_in_ms, counts.commands, counts.command_us / us_in_ms,
        counts.waits, counts.wait_us / us_in_ms);
}

struct Session {
    const wire::Directory& directory;
    std::string file, session;
    bool authentication = false, signing = false;  // whose PIN is set
    bool only_pins = false;                        // no keys are made
};
void run_session(const Session& what, const IssueOptions& options) {
    client::NewPins pins;
    if (what.authentication)
        pins.authentication = new_secret(options.new_pin, card::KeyUse::authentication);
    if (what.signing) pins.signing = new_secret(options.new_password, card::KeyUse::signing);
    const auto& centre = issuer_of(what.directory);
    chip::Inserted reader(what.file);
    const auto done = wait_for(client::run_pipe(
        {.centre = centre,
         .address = centre.redirect_uris.front(),
         .session = what.session,
         .work = what.only_pins ? card::IssuingWork::pin : card::IssuingWork::card},
        reader, pins));
    if (!done) throw OperatorError(words_of(done.error()));
    if (options.json) return;
    std::cout << (what.only_pins ? "新しい暗証番号を設定しました the new PIN is set: "
                                 : "カードに書き込みました the card is written: ");
    print_counts(*done);
}

// As the agent reads it in the address with which it is called.
bool is_pin_alone(const std::string& to) {
    const auto query = to.find('?');
    const auto form = http::parse_form(query == to.npos ? "" : to.substr(query + 1));
    return form && form->text("work") == "pin";
}

// At the window, with the person there, as an agent does it: the issuing centre has keys made in
// the chip, and writes certificates for them, or opens a chip that is locked; the PIN and the
// password are the person's own, and stay here. What is done already is not done again.
json::object make_card(const Places& places, const wire::Directory& directory, Window& window,
                       const IssueOptions& options) {
    const auto file = places.card(options.card.empty() ? options.number : options.card);
    json::object asked{{"number", options.number}};
    if (options.anew) asked["anew"] = true;
    const auto begun = window.ask("/cases/card", asked);
    const auto wants = [&begun](std::string_view use) {
        return std::ranges::any_of(begun.at("pins").as_array(), [use](const json::value& one) {
            return one.is_string() && one.get_string() == use;
        });
    };
    if (!fs::exists(file)) make_blank_card(places, file, {.kind = chip::CardKind::piv});
    run_session({.directory = directory,
                 .file = file,
                 .session = text_at(begun, "session"),
                 .authentication = wants("authentication"),
                 .signing = wants("signing"),
                 .only_pins = is_pin_alone(text_at(begun, "to"))},
                options);
    return window.ask("/cases/show", {{"number", options.number}});
}

// Whatever was refused is tried again, and what is to be asked for later is asked for now.
json::object try_again(Window& window, const IssueOptions& options) {
    auto one = window.ask("/cases/show", {{"number", options.number}});
    const auto todo = one.at("todo").as_array();
    for (const auto& what : todo) {
        if (!what.as_object().contains("refused") && !what.as_object().contains("from")) continue;
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

// By the parent whose turn it is, or by whoever registers it, with the own card.
json::object sign_application(Window& window, const IssueOptions& options) {
    const auto outcome =
        window.sign(options.number,
                    {.card = options.card, .pin = options.card_pin, .password = options.password});
    if (outcome != "signed") {
        const auto words = words_of_outcome(outcome);
        throw OperatorError("nothing is signed: " + printable(outcome) +
                            (words.empty() ? " (docs/protocols/issuer.md, \"An application\")"
                                           : ". " + std::string(words)));
    }
    return window.ask("/cases/show", {{"number", options.number}});
}

json::object decide(Window& window, const IssueOptions& options) {
    if (options.same == options.different) {
        throw OperatorError("a decision is --same or --different");
    }
    const auto outcome = window.decide({{"number", options.number},
                                        {"claim", place_of(options.claim)},
                                        {"same_person", options.same}},
                                       options.clerk_password);
    if (outcome != "decided") {
        throw OperatorError("nothing is decided: " + printable(outcome) +
                            " (docs/protocols/issuer.md, \"A decision\")");
    }
    return window.ask("/cases/show", {{"number", options.number}});
}

// As the centre keeps it, in a file that is nobody else's: it says how two registers write
// somebody.
json::object take_evidence_out(Window& window, const IssueOptions& options) {
    json::object asked{{"number", options.number}};
    if (!options.claim.empty()) asked["claim"] = place_of(options.claim);
    if (!options.decision.empty()) asked["decision"] = options.decision;
    constexpr unsigned own_alone = 0600;
    const auto evidence = json::serialize(window.ask("/cases/evidence", asked));
    replace_file(options.output, as_bytes(evidence + "\n"), own_alone);
    return {{"written", options.output}};
}

// What a file says of it, or nothing but its name.
json::object happening(std::string_view what, json::object more = {}) {
    more["what"] = what;
    return more;
}

// Page by page, the newest first.
json::object all_batches(Window& window) {
    json::array out;
    for (json::object from;;) {
        auto page = window.ask("/cases/batches", from);
        auto& batches = page.at("batches").as_array();
        std::ranges::move(batches, std::back_inserter(out));
        if (!page.at("more").as_bool() || batches.empty()) break;
        from["before"] = out.back().at("batch");
    }
    return {{"batches", std::move(out)}};
}

// What the window answers.
json::object answer_of(const Places& places, const wire::Directory& directory, Window& window,
                       IssueAct act, const IssueOptions& options) {
    const json::object number{{"number", options.number}};
    const auto report = [&](json::object what) {
        return window.ask("/cases/act",
                          {{"number", options.number}, {"happening", std::move(what)}});
    };
    switch (act) {
        case IssueAct::open:
            return window.ask("/cases/open", opening(options));
        case IssueAct::invite:
            return window.ask("/cases/invite", read_object(options.file));
        case IssueAct::letters:
            return options.batch == 0 ? all_batches(window)
                                      : window.ask("/cases/letters", {{"batch", options.batch}});
        case IssueAct::find:
            return window.ask("/people/find", search(options));
        case IssueAct::day:
            return window.ask("/cases/day", {});
        case IssueAct::show:
            return window.ask("/cases/show", number);
        case IssueAct::looks:
            return window.ask("/cases/looks", number);
        case IssueAct::evidence:
            return take_evidence_out(window, options);
        case IssueAct::card:
            return make_card(places, directory, window, options);
        case IssueAct::decide:
            return decide(window, options);
        case IssueAct::sign:
            return sign_application(window, options);
        case IssueAct::again:
            return try_again(window, options);
        case IssueAct::waive: {
            const auto order = order_to_waive(window.ask("/cases/show", number), options.claim);
            return report(happening("waived", {{"order", order}}));
        }
        case IssueAct::questions:
            return window.ask("/questions/list", {});
        case IssueAct::answer:
            return window.ask("/questions/answer",
                              {{"id", options.question}, {"text", options.text}});
        case IssueAct::apply:
            return report(happening("applied", read_object(options.file)));
        case IssueAct::elsewhere:
            return report(happening("filed_elsewhere", read_object(options.file)));
        case IssueAct::correct:
            return report(happening("corrected", {{"claim", place_of(options.claim)},
                                                  {"number", read_object(options.file)}}));
        case IssueAct::take_out:
            return report(happening("taken_out", {{"claim", place_of(options.claim)}}));
        case IssueAct::parent:
            return report(happening("parent_named", {{"parent", {{"person", options.person}}}}));
        case IssueAct::cancel:
            return report(happening("cancelled", {{"reason", options.reason}}));
        case IssueAct::hand_over:
            return report(happening("handed_over"));
        case IssueAct::found:
            return report(happening("found"));
        case IssueAct::slip:
            return report(happening("new_slip"));
        case IssueAct::give_up:
            return report(happening("given_up"));
        case IssueAct::approve:
            return report(happening("approved"));
        case IssueAct::renew:
            break;
    }
    throw Failure("a renewal is not asked of the window");
}

int run(const Places& places, IssueAct act, const IssueOptions& options) {
    const auto directory = wire::load_directory(places.directory(), places.authority_key());
    if (act == IssueAct::renew) return renew(places, directory, options);
    Window window(places, directory, options.clerk);
    const auto answer = answer_of(places, directory, window, act, options);
    if (options.json) {
        std::cout << json::serialize(answer) << "\n";
    } else {
        print(answer);
    }
    return 0;
}

}  // namespace

void write_by_session(const Places& places, const wire::Directory& directory,
                      const std::string& session, bool signing, const IssueOptions& options) {
    run_session({.directory = directory,
                 .file = places.card(options.card),
                 .session = session,
                 .authentication = true,
                 .signing = signing},
                options);
}

int issue(const Places& places, IssueAct act, const IssueOptions& options) {
    auto plain = options;
    for (auto* number : {&plain.number, &plain.person, &plain.health_number})
        *number = plain_number(*number);
    try {
        return run(places, act, plain);
    } catch (const Refused& refused) {
        const auto words = words_of_refusal(act, refused.code);
        if (words.empty()) throw;
        throw OperatorError(words + " (" + refused.code + ")");
    }
}

}  // namespace mado::cli
