#include "wire/errors.hpp"

#include <algorithm>
#include <array>

namespace mado::wire {
namespace {

constexpr std::array table{
    ErrorInfo{Code::malformed, "malformed", 400,
              "The request does not have the agreed form. Compare it with the protocol page."},
    ErrorInfo{Code::too_large, "too_large", 413,
              "The request is larger than this address accepts. Send less at once."},
    ErrorInfo{Code::not_found, "not_found", 404, "There is nothing at this address."},
    ErrorInfo{Code::method_not_allowed, "method_not_allowed", 405,
              "This address does not take that method."},
    ErrorInfo{Code::not_in_directory, "not_in_directory", 403,
              "The certificate belongs to no organisation in the directory. Ask the supervising "
              "authority to enter it."},
    ErrorInfo{Code::certificate_mismatch, "certificate_mismatch", 403,
              "The certificate belongs to another organisation than the one that signed."},
    ErrorInfo{Code::head_signature, "head_signature", 401,
              "The request is not signed with a key that the directory lists for the requester."},
    ErrorInfo{Code::head_stale, "head_stale", 401,
              "The request's times are over or too far ahead. Set the clock and sign a new one."},
    ErrorInfo{Code::head_audience, "head_audience", 403, "The request was made for another relay."},
    ErrorInfo{Code::key_reused, "key_reused", 409,
              "This request number was used before with other content. Draw a new one."},
    ErrorInfo{Code::not_allowed, "not_allowed", 403,
              "No rule allows this organisation this service for this purpose and presence."},
    ErrorInfo{Code::service_unknown, "service_unknown", 404,
              "The one who was asked does not offer this service."},
    ErrorInfo{Code::number_malformed, "number_malformed", 422,
              "The number cannot be right: its length or check digit does not fit. Look again."},
    ErrorInfo{Code::no_match, "no_match", 404,
              "Nobody was found with this number and birth date. Check both and ask the person."},
    ErrorInfo{Code::several_match, "several_match", 409,
              "Several people fit. Ask for the branch number (枝番); where there is none, only the "
              "insurer can tell them apart."},
    ErrorInfo{Code::no_link, "no_link", 404,
              "This person has no insurer of that kind, or no further one."},
    ErrorInfo{Code::path_closed, "path_closed", 429,
              "Three tries did not fit today, so this number is closed for you until tomorrow. Use "
              "the card, or ask the insurer."},
    ErrorInfo{Code::card_unknown, "card_unknown", 403,
              "This card is not registered. The person's municipality can help."},
    ErrorInfo{Code::card_revoked, "card_revoked", 403,
              "This card was stopped. Use the number instead; the municipality can help."},
    ErrorInfo{Code::card_expired, "card_expired", 403,
              "This card's time is over. Use the number instead; the municipality renews it."},
    ErrorInfo{
        Code::card_list_old, "card_list_old", 503,
        "Whether this card was stopped cannot be seen just now: its authority's list is older "
        "than a day or missing. Use the number instead, or try again later."},
    ErrorInfo{Code::mandate_signature, "mandate_signature", 401,
              "The mandate was not signed by the card that it names."},
    ErrorInfo{Code::mandate_nonce, "mandate_nonce", 401,
              "The mandate answers no open question of the relay. Fetch a nonce and sign again."},
    ErrorInfo{Code::mandate_expired, "mandate_expired", 401,
              "The mandate's time is over. The person has to put in the card again."},
    ErrorInfo{Code::mandate_for_other, "mandate_for_other", 403,
              "The mandate was given to another organisation."},
    ErrorInfo{Code::mandate_scope, "mandate_scope", 403,
              "The mandate does not cover this service."},
    ErrorInfo{Code::mandate_used, "mandate_used", 409,
              "This check was already made with this mandate. The person has to sign a new one."},
    ErrorInfo{Code::mandate_ended, "mandate_ended", 401,
              "The mandate was ended before its time: by log-out, by pulling the card, or because "
              "the card was stopped. The person has to put in the card again."},
    ErrorInfo{Code::mandate_unknown, "mandate_unknown", 404,
              "No mandate that lives and was used fits: ask again until the end of the mandate. Or "
              "the decision that is named was not judged: it has to be signed anew."},
    ErrorInfo{Code::sealing_invalid, "sealing_invalid", 403,
              "The order that keeps this entry from the person is not one of a sealing authority "
              "for this request, or was used before."},
    ErrorInfo{Code::pin_wrong, "pin_wrong", 401, "The PIN is wrong."},
    ErrorInfo{Code::card_locked, "card_locked", 403,
              "The card is locked after too many wrong PINs. The municipality unlocks it."},
    ErrorInfo{Code::card_missing, "card_missing", 404, "There is no such card here."},
    ErrorInfo{
        Code::link_unconfirmed, "link_unconfirmed", 403,
        "A number was not confirmed for this link by the one who gave it, within 90 days. Ask "
        "that one again."},
    ErrorInfo{Code::link_taken, "link_taken", 409,
              "One of the numbers is linked to somebody else, or this person has other numbers. "
              "Ask the one who gave it whose number it is; nothing was changed."},
    ErrorInfo{
        Code::card_taken, "card_taken", 409,
        "The certificate is registered for somebody else, or it is suspended, or another card "
        "of this person counts. Look which card it is; nothing was changed."},
    ErrorInfo{
        Code::answer_unknown, "answer_unknown", 403,
        "The access log has no order that this sender has answered about this person, at that "
        "place and within a year. Nobody was told."},
    ErrorInfo{Code::unavailable, "unavailable", 503,
              "The one who was asked does not answer now. Try again in a minute."},
    ErrorInfo{Code::holder_refused, "holder_refused", 403,
              "The one who was asked refuses to answer this request."},
    ErrorInfo{Code::holder_failed, "holder_failed", 502,
              "The one who was asked could not make an answer. Try again later."},
    ErrorInfo{Code::receipt_invalid, "receipt_invalid", 403,
              "The receipt does not prove that this order is in the access log."},
    ErrorInfo{Code::order_stale, "order_stale", 403, "The order is too old or from the future."},
    ErrorInfo{Code::order_for_other, "order_for_other", 403, "The order is for another holder."},
    ErrorInfo{Code::order_replayed, "order_replayed", 403,
              "The order was answered before and its time is over."},
    ErrorInfo{Code::head_mismatch, "head_mismatch", 403,
              "The order does not carry a valid request of the organisation it names."},
    ErrorInfo{Code::number_mismatch, "number_mismatch", 403,
              "The number sent is not the one that the order commits to."},
    ErrorInfo{Code::log_contradicted, "log_contradicted", 403,
              "The access log contradicts itself, so no order of it is answered. Tell the "
              "supervising authority."},
    ErrorInfo{Code::log_unwitnessed, "log_unwitnessed", 403,
              "Nobody has witnessed the access log for ten minutes, so records are not given out. "
              "Try again later."},
    ErrorInfo{Code::answer_invalid, "answer_invalid", 502,
              "The answer does not fit the request, or its signature is wrong. Do not use it; tell "
              "the relay centre."},
    ErrorInfo{Code::directory_invalid, "directory_invalid", 500,
              "The directory is not signed by the supervising authority. Get it again."},
    ErrorInfo{Code::overloaded, "overloaded", 503, "Too much to do at the moment. Try again soon."},
    ErrorInfo{Code::not_ready, "not_ready", 503,
              "This program cannot take requests just now. Try again soon."},
    ErrorInfo{Code::internal, "internal", 500,
              "Something went wrong here, not with you. Tell us the request id."},
};

}  // namespace

const ErrorInfo& info(Code code) {
    return table[static_cast<std::size_t>(code)];
}

std::span<const ErrorInfo> all_errors() {
    return table;
}

const ErrorInfo* find_error(std::string_view name) {
    const auto* found = std::ranges::find(table, name, &ErrorInfo::name);
    return found == table.end() ? nullptr : found;
}

}  // namespace mado::wire
