// `issue`: what a clerk does at a window, from the command line, and with a card in hand.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "places.hpp"
#include "window.hpp"

namespace mado::cli {

struct IssueOptions {
    ClerkCard clerk{.card = "sato-1", .pin = {}};
    std::string number;                       // of the case
    std::string file;                         // apply: the application, JSON
    std::int64_t batch = 0;                   // letters; 0: which there are
    std::string reason;                       // cancel, open
    std::string kind = "first", person = {};  // open: the number of any case of theirs
    std::vector<std::string> uses = {};       // open, unlock: whose PINs
    std::string health_number = {}, birth_date = {}, kana = {};  // find
    std::string claim;  // correct, take-out, waive, decide, evidence: its place
    std::string card;   // card: the name of the new card; "": the case's number
    std::string new_pin = {}, new_password = {};
    bool same = false, different = false;    // decide: exactly one
    std::string clerk_password = {};         // decide: of the clerk's signing key
    std::string question = {}, text = {};    // answer
    std::string decision = {}, output = {};  // evidence: by its name in the log; the file
    bool anew = false;                       // card: other keys than those of the case
    // renew, sign: the person's own; with a stop code and a birth date without a log-in
    std::string card_pin = {}, password = {}, stop_code = {};
    bool json = false;
};
enum class IssueAct {
    open,
    invite,
    letters,
    find,
    apply,
    day,
    show,
    correct,
    take_out,
    decide,
    sign,
    parent,
    elsewhere,
    again,
    waive,
    card,
    hand_over,
    found,
    slip,
    give_up,
    approve,
    cancel,
    questions,
    looks,
    evidence,
    answer,
    renew
};
int issue(const Places& places, IssueAct act, const IssueOptions& options);

// The agent's part of a session with that card: what the centre says is done, and PINs are set.
void write_by_session(const Places& places, const wire::Directory& directory,
                      const std::string& session, bool signing, const IssueOptions& options);

// At home, with one's own card: renew.cpp.
int renew(const Places& places, const wire::Directory& directory, const IssueOptions& options);

}  // namespace mado::cli
