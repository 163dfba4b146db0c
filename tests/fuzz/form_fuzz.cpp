#include "../agent_fixture.hpp"
#include "agent/asked.hpp"
#include "fuzz.hpp"

namespace mado::fuzz {
namespace {

// A site and what it may ask for.
struct Site {
    wire::Directory directory = agent::test_directory();
    wire::Policy policy = wire::valid(wire::Policy::parse(agent::test_policy));
};
const Site& site() {
    static const Site one;
    return one;
}

}  // namespace

// A form, as a browser or a site sends it, and what an agent makes of it.
bool form(ByteView in) {
    const auto first = http::parse_form(as_text(in));
    if (!first) return false;
    for (const auto way : {agent::Way::redirect, agent::Way::document}) {
        const auto asked = agent::judge({.form = *first,
                                         .way = way,
                                         .directory = site().directory,
                                         .policy = site().policy,
                                         .now = wire::test_now});
        if (!asked) continue;
        require(agent::signed_address(*asked, {.mandate = "m"}).starts_with(agent::test_back),
                "nothing returns to where the directory does not list");
        require(asked->document.has_value() == (way == agent::Way::document) &&
                    asked->document.has_value() == (asked->kind == wire::MandateKind::application),
                "only an application has a document, and only on its page");
        require(asked->delegate.has_value() == (asked->kind == wire::MandateKind::delegate),
                "only who acts for another is named");
    }
    const auto second = http::parse_form(http::form_text(*first));
    require(second && second->fields() == first->fields(), "a form is read as written");
    for (const auto& [name, text] : first->fields()) {
        require(http::html_text(text).find_first_of("<>\"'") == std::string::npos,
                "text in HTML stays text");
    }
    return true;
}

}  // namespace mado::fuzz
