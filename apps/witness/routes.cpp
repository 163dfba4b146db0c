#include "routes.hpp"

#include <utility>

#include "crypto/digest.hpp"

namespace mado::witness {
namespace {

http::Response text(int status, std::string_view type, std::string body) {
    http::Response response;
    response.status = status;
    response.content_type = type;
    response.body = std::move(body);
    return response;
}

constexpr std::string_view plain = "text/plain; charset=utf-8";

// tlog-witness, "add-checkpoint": the status of each refusal.
http::Response refuse(Shared& shared, const Refused& refused, const http::Request& request) {
    const auto& id = request.request_id;
    switch (refused.why) {
        case Refusal::malformed:
            shared.submissions.with({"malformed"}).add();
            return http::problem(400, "malformed", "This is not a submission of a checkpoint.", id,
                                 refused.detail);
        case Refusal::unknown_log:
            shared.submissions.with({"unknown_log"}).add();
            return http::problem(404, "unknown_log", "This witness does not know the log.", id);
        case Refusal::not_signed:
            shared.submissions.with({"not_signed"}).add();
            return http::problem(403, "not_signed", "The log has not signed this checkpoint.", id);
    }
    throw Failure("a refusal without an answer");
}

http::Response conflict(Shared& shared, const std::optional<Seen>& newest) {
    shared.submissions.with({"conflict"}).add();
    return text(409, tlog::tree_size_type, tlog::tree_size_text(newest ? newest->size : 0));
}

// Durable before anybody hears of the submission's fate.
void keep(Shared& shared, const tlog::Checkpoint& submitted, tlog::Contradiction contradiction) {
    const Found found{.contradiction = std::move(contradiction), .found_at = unix_now()};
    switch (shared.store.keep(submitted, found)) {
        case Kept::known:
            return;
        case Kept::full:
            shared.contradictions_dropped.add();
            return;
        case Kept::added:
            shared.contradictions.add();
            shared.log.error(
                "log_contradicted",
                {{"log", submitted.origin}, {"size", static_cast<std::int64_t>(submitted.size)}});
            return;
    }
}

// No other handler runs between reading the store and writing it (one thread, nothing awaited), and
// the store compares all the same. Killed after that: the log asks again, hears of a conflict with
// the very size that it submitted, and gets its cosignature with that as the old size.
http::Response cosign(Shared& shared, const Submission& submission, const History& history) {
    auto line = tlog::cosign(submission.text, unix_now(), shared.name, shared.key);
    const auto next = seen_of(submission, line);
    // The newest checkpoint is public, so anybody can send it again: within one second that is the
    // same cosignature, and costs no write.
    const bool kept = history.newest == next ||
                      shared.store.advance(submission.checkpoint.origin, history.newest, next);
    if (!kept) return conflict(shared, shared.store.newest(submission.checkpoint.origin));
    shared.submissions.with({"cosigned"}).add();
    return text(200, plain, std::move(line));
}

http::Response add_checkpoint(Shared& shared, const http::Request& request) {
    const auto submission = read_submission(request.body, shared.directory);
    if (!submission) return refuse(shared, submission.error(), request);
    const auto history = shared.store.history(*submission);
    auto judgement = judge(*submission, history);
    if (judgement.contradiction) {
        keep(shared, submission->checkpoint, *std::move(judgement.contradiction));
    }
    switch (judgement.verdict) {
        case Verdict::consistent:
            return cosign(shared, *submission, history);
        case Verdict::malformed:
            return refuse(shared, {Refusal::malformed, "its old size is above the checkpoint's"},
                          request);
        case Verdict::conflict:
            return conflict(shared, history.newest);
        case Verdict::inconsistent:
            shared.submissions.with({"inconsistent"}).add();
            shared.log.warning("inconsistent",
                               {{"log", submission->checkpoint.origin},
                                {"size", static_cast<std::int64_t>(submission->checkpoint.size)}});
            return http::problem(422, "inconsistent",
                                 "The proof does not lead from what this witness has seen to this "
                                 "checkpoint.",
                                 request.request_id);
    }
    throw Failure("a verdict without an answer");
}

http::Response show_checkpoint(Shared& shared, const std::string& origin,
                               const http::Request& request) {
    auto newest = shared.store.newest(origin);
    if (!newest) {
        return http::problem(404, "not_found", "No checkpoint of this log was cosigned yet.",
                             request.request_id);
    }
    return text(200, plain, std::move(newest->note));
}

}  // namespace

http::Limits public_limits() {
    using http::Milliseconds;
    return {.connections_max = 512,
            .connections_per_address_max = 64,
            .header_bytes_max = 8 * 1024,
            .handshake = Milliseconds{5'000},
            .header = Milliseconds{5'000},
            .body = Milliseconds{5'000},
            .idle = Milliseconds{60'000},  // a log that submits every few seconds stays connected
            .write = Milliseconds{5'000}};
}

std::vector<std::string> checkpoint_paths(const wire::Directory& directory) {
    std::vector<std::string> paths;
    for (const auto& log : directory.logs)
        paths.push_back("/" + hex(crypto::sha256(as_bytes(log.key.name()))) + "/checkpoint");
    return paths;
}

std::vector<http::Route> public_routes(Shared& shared, const std::vector<std::string>& paths) {
    std::vector<http::Route> routes{
        {"POST", "/add-checkpoint", tlog::add_checkpoint_bytes_max,
         [&shared](http::Request request) -> http::Task<http::Response> {
             co_return add_checkpoint(shared, request);
         }}};
    for (std::size_t i = 0; i < paths.size(); ++i) {
        routes.push_back({"GET", paths[i], 0,
                          [&shared, origin = shared.directory.logs[i].key.name()](
                              http::Request request) -> http::Task<http::Response> {
                              co_return show_checkpoint(shared, origin, request);
                          }});
    }
    return routes;
}

}  // namespace mado::witness
