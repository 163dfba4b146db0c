#include "records.hpp"

#include <boost/json.hpp>

#include "bundle.hpp"
#include "client/own.hpp"
#include "wire/services/catalogue.hpp"

namespace mado::cli {

std::map<std::string, std::string> months_asked(const RecordsOptions& options,
                                                std::string_view service, Date today) {
    std::map<std::string, std::string> out;
    if (!options.from.empty()) out.emplace("from", options.from);
    if (!options.to.empty()) out.emplace("to", options.to);
    if (auto ok = wire::read_parameters(*wire::find_contract(service), out, today); !ok) {
        throw OperatorError(
            fmt::format("--from, --to: {} (YYYY-MM, at most 60 months)", ok.error().why));
    }
    return out;
}

std::vector<client::OwnRecord> fetch_own(const Office& office, const SignedByCard& by,
                                         const RecordsQuestion& question) {
    const auto service = *wire::ServiceId::parse(question.service);
    return wait_for(
        client::fetch_own(office.directory, office.identity,
                          {.service = service,
                           .kinds = office.policy.holder_kinds(service, office.self.kind),
                           .parameters = question.parameters,
                           .login_mandate = by.mandate,
                           .values_max = question.values_max}));
}

std::string bundle_of(const RecordsBundle& records) {
    json::array entries;
    for (const auto resource : records.resources)
        add_resource(entries, resource);
    for (const auto& text : records.arrived) {
        add_outcome(entries, {.severity = "information",
                              .system = records.system,
                              .code = "arrived_to",
                              .text = text});
    }
    for (const auto& one : records.unanswered) {
        const auto& error = wire::info(one.problem.code);
        add_outcome(entries, {.severity = "warning",
                              .system = records.system,
                              .code = error.name,
                              .text = fmt::format("{}{}", colon_after(one.who), error.title)});
    }
    for (const auto* answered : records.answered)
        add_proof(entries, *answered);
    return bundle_text(entries);
}

}  // namespace mado::cli
