// What /status says (status_page.cpp), in three languages: of kinds of offices, and never by name.
#pragma once

#include "page/page.hpp"
#include "progress.hpp"

namespace mado::issuer::status {

using page::Words;

// What the person has to do now.
enum class Need {
    nothing,
    apply,
    apply_change,
    apply_existing,
    apply_birth,
    show_number,
    show_insurer,
    come_to_window,
    come_for_card,
    come_for_childs_card,
    bring_card,
    collect_card,
    collect_slip,
    collect_childs_card,
    collect_childs_slip,
    sign_at_window,
    sign_for_child,
    renew_at_home,
    choose_insurer
};
constexpr auto last_need = Need::choose_insurer;
Need need_of(const Case& one, const Todo& what);

Words words_of(Need need);
Words words_of(Doer who);
Words words_of(Role role);  // whose register it is
Words words_of(Step step);
Words words_of(StepState state);
Words words_of(Where where);
Words words_of(Kind kind);
Words ended(const Case& one);  // all of it is done
Words given_up(Kind kind);     // in a place: the hotline

// For whom it waits: one kind of office.
Words waits_for(const Case& one, const Todo& what);
// Whose a step is in this case: the registers that it asks, and the insurers that it tells.
std::vector<Words> all_who(const Case& one, const Progress& row);

}  // namespace mado::issuer::status
