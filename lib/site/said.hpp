// What the start page says above its button: why nobody is logged in, or not any more.
#pragma once

#include <optional>
#include <string_view>

#include "page/page.hpp"
#include "wire/ending.hpp"
#include "wire/errors.hpp"

namespace mado::site {

enum class Said {
    // the log-in ended
    log_out,
    card_removed,
    card_stopped,  // also one that was so before
    time_over,
    // it was not begun, or not finished
    cancelled,
    other_session,
    card_expired,
    card_unknown,
    card_list_old,
    refused,
    too_many,
    unavailable,
    not_admitted,  // a good card, but whose it is may not be at this site
    failed,
};

// Its name in an address.
std::string_view to_text(Said said);
std::optional<Said> parse_said(std::string_view text);
// `{}` stands for the site's title.
const page::Words& words_of(Said said);
// Something that has to be mended, not only the end that the person wanted or knew of.
bool is_mistake(Said said);

Said said_of(wire::Ending ending);
// What the relay refused.
Said said_of(wire::Code code);

}  // namespace mado::site
