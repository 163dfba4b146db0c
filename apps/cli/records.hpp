// What the commands of `./mado records` share: fetching a person's own records as the portal does
// for whoever logs in, and a bundle of them for programs.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "office.hpp"
#include "places.hpp"
#include "unanswered.hpp"

namespace mado::cli {

struct RecordsOptions {
    std::string card, pin;
    std::string from, to;  // YYYY-MM; "" = the holder's default
    std::string open;      // notices: "990010/4", holder and id of one to read; "" = the list
    bool json = false;
};

// --from and --to, checked as a holder of the service checks them: the relay would say only that
// they do not fit.
std::map<std::string, std::string> months_asked(const RecordsOptions& options,
                                                std::string_view service, Date today);

// What one of the person's links answered.
template <class View>
struct HolderRecords {
    wire::Target link;
    client::Answered answered;
    View view;
};
template <class View>
struct Records {
    std::vector<HolderRecords<View>> holders;  // newest insurance first
    std::vector<NoAnswer> problems;            // who it was is named

    // The exit status when somebody answered.
    [[nodiscard]] int status() const { return problems.empty() ? 0 : 1; }
};

struct RecordsQuestion {
    std::string_view service;
    std::map<std::string, std::string> parameters;
    std::size_t values_max = wire::document_values_max;  // in each answer's document
};
std::vector<client::OwnRecord> fetch_own(const Office& office, const SignedByCard& by,
                                         const RecordsQuestion& question);

// Of every holder that the person has or had, each answer read with `read`. The log-in must be for
// `entries` too: the person's list says who did not answer.
template <class View>
Records<View> fetch_records(const Office& office, const SignedByCard& by,
                            const RecordsQuestion& question,
                            Parsed<View> (*read)(const client::Answered&,
                                                 const std::map<std::string, std::string>&)) {
    Records<View> out;
    std::vector<wire::ParticipantId> answered;
    for (auto& record : fetch_own(office, by, question)) {
        if (!record.answer) {
            out.problems.push_back({record.kind, "", std::move(record.answer.error())});
            continue;
        }
        const auto issuer = record.answer->answer.issuer;
        auto view = read(*record.answer, question.parameters);
        if (!view) {
            out.problems.push_back({record.kind,
                                    name_of(office.directory, issuer.text()),
                                    {wire::Code::answer_invalid, view.error().why, {}, {}}});
            continue;
        }
        answered.push_back(issuer);
        out.holders.push_back({{.holder = {}, .kind = record.kind, .position = record.position},
                               std::move(*record.answer),
                               std::move(*view)});
    }
    name_silent(office, by, answered, out.problems);
    return out;
}

// For programs: the resources of all, to when each holder's have come in, who did not answer, and
// the proofs.
struct RecordsBundle {
    std::string_view system;
    std::vector<std::string_view> resources;  // JSON
    std::vector<std::string> arrived;
    std::vector<const client::Answered*> answered;
    const std::vector<NoAnswer>& unanswered;
};
std::string bundle_of(const RecordsBundle& records);

}  // namespace mado::cli
