// Every error that one organisation can get from another, or that a program shows its user: a
// stable code, an HTTP status, and plain words about what to do next. docs/protocols/errors.md is
// this table for readers; a test compares the two.
#pragma once

#include <span>
#include <string_view>

namespace mado::wire {

enum class Code {
    // the request's form
    malformed,
    too_large,
    not_found,
    method_not_allowed,
    // who asks
    not_in_directory,
    certificate_mismatch,
    head_signature,
    head_stale,
    head_audience,
    key_reused,
    // what may be asked
    not_allowed,
    service_unknown,
    // about whom
    number_malformed,
    no_match,
    several_match,
    no_link,
    path_closed,
    // the mandate and its card
    card_unknown,
    card_revoked,
    card_expired,
    card_list_old,
    mandate_signature,
    mandate_nonce,
    mandate_expired,
    mandate_for_other,
    mandate_scope,
    mandate_used,
    mandate_ended,
    mandate_unknown,
    sealing_invalid,
    pin_wrong,
    card_locked,
    card_missing,
    // what the relay is told
    link_unconfirmed,
    link_taken,
    card_taken,
    answer_unknown,
    // the holder and its gateway
    unavailable,
    holder_refused,
    holder_failed,
    // what a gateway refuses an order for
    receipt_invalid,
    order_stale,
    order_for_other,
    order_replayed,
    head_mismatch,
    number_mismatch,
    log_contradicted,
    log_unwitnessed,
    // what a requester refuses an answer for
    answer_invalid,
    directory_invalid,
    // the program itself
    overloaded,
    not_ready,
    internal,
};

struct ErrorInfo {
    Code code;
    std::string_view name;   // stable, snake_case
    int status;              // HTTP
    std::string_view title;  // what happened and what to do, for people
};

const ErrorInfo& info(Code code);
// All of them, in the order above.
std::span<const ErrorInfo> all_errors();
// Empty when no code has that name.
const ErrorInfo* find_error(std::string_view name);

}  // namespace mado::wire
