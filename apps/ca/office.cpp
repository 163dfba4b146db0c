#include "office.hpp"

#include <algorithm>

#include "base/file.hpp"
#include "crypto/digest.hpp"

namespace mado::ca {
namespace {

constexpr std::size_t common_name_bytes = 16;

bool same(const crypto::OcspStatus& a, const crypto::OcspStatus& b) {
    return a.kind == b.kind && a.since == b.since && a.reason == b.reason;
}

std::string_view outcome_of(const Result& result) {
    if (std::holds_alternative<Issued>(result)) return "issued";
    if (std::holds_alternative<Change>(result)) return "changed";
    if (std::holds_alternative<Unchanged>(result)) return "unchanged";
    return to_text(std::get<Refusal>(result));
}

std::string_view word_of(crypto::OcspStatus::Kind kind) {
    switch (kind) {
        case crypto::OcspStatus::Kind::good:
            return "good";
        case crypto::OcspStatus::Kind::revoked:
            return "revoked";
        case crypto::OcspStatus::Kind::unknown:
            return "unknown";
    }
    return {};
}

}  // namespace

Office::Office(OfficeOptions options)
    : options_(std::move(options)),
      issuer_(options_.authority.certificate()),
      list_path_(options_.list_folder + "/" +
                 base64url(options_.authority.certificate().thumbprint()) + ".crl") {}

Issued Office::issue(const Issue& what) const {
    const auto serial = new_serial();
    const auto certificate =
        options_.authority.issue({.use = what.use,
                                  .key = what.key,
                                  .serial = serial,
                                  .common_name = hex(crypto::random_bytes(common_name_bytes)),
                                  .validity = what.validity,
                                  .attributes = what.attributes});
    return {.serial = serial,
            .use = what.use,
            .key = key_hash(what.key),
            .validity = what.validity,
            .der = certificate.der(),
            .supersedes = what.supersedes};
}

// A certificate that was signed and not kept, because the power went or the disk is full, is
// nobody's: it left this function in no way, and the next one has another serial number.
bool Office::decide(const Order& order, UnixTime now) {
    auto decision = judge(order, options_.store.known(order),
                          {.now = now,
                           .utc_offset_s = options_.utc_offset_s,
                           .authority_ends = options_.authority.certificate().not_after(),
                           .registers = options_.registers});
    const auto result = std::visit(
        [this]<class T>(T& what) -> Result {
            if constexpr (std::is_same_v<T, Issue>) {
                return issue(what);
            } else {
                return std::move(what);
            }
        },
        decision);
    options_.store.decide(order, result, now);
    options_.decided.with({std::string(outcome_of(result))}).add();
    const auto* issued = std::get_if<Issued>(&result);
    return std::holds_alternative<Change>(result) ||
           (issued != nullptr && !issued->supersedes.empty());
}

bool Office::work(UnixTime now) {
    if (options_.store.changed()) more_ = true;
    if (more_) {
        const auto orders = options_.store.undecided(orders_max);
        for (const auto& order : orders) {
            if (decide(order, now)) list_old_ = true;
        }
        more_ = orders.size() == orders_max;
    }
    // Of the future, since the clock was put right: nobody takes it (RFC 5280 section 5.1.2.4).
    const bool ahead = list_times_.this_update > now;
    if (ahead || now >= list_times_.this_update + list_renewed_s) list_old_ = true;
    if (list_old_ && (!more_ || now != list_written_at_)) write_list(now);
    return more_;
}

// Number and time are durable before the list can be seen: none is used twice. One that is cut off
// between is a number without a list, and the next one follows at once.
void Office::write_list(UnixTime now) {
    list_old_ = true;
    const auto listed = options_.store.listed(now - list_lifetime_s);
    const auto times = options_.store.next_list(now, list_lifetime_s);
    if (times.was_ahead_s > 0) {
        options_.log.warning("list_was_of_the_future", {{"ahead_s", times.was_ahead_s}});
    }
    auto list = options_.authority.list(listed, times);
    replace_file(list_path_, list);
    list_ = std::move(list);
    list_times_ = times;
    list_old_ = false;
    list_written_at_ = now;
    options_.log.info("list_written", {{"number", static_cast<std::int64_t>(times.number)},
                                       {"listed", static_cast<std::int64_t>(listed.size())}});
}

const crypto::Certificate& Office::responder(UnixTime now) {
    if (!responder_) {
        if (const auto der = options_.store.responder()) {
            if (auto kept = crypto::Certificate::from_der(*der)) responder_ = std::move(*kept);
        }
    }
    if (!responder_ || !options_.authority.fits_responder(*responder_, now)) {
        auto next = options_.authority.new_responder(now);
        options_.store.keep_responder(next);
        responder_ = std::move(next);
        answered_.clear();
    }
    return *responder_;
}

crypto::OcspStatus Office::status_of(const crypto::OcspQuestion& question) {
    using Kind = crypto::OcspStatus::Kind;
    if (!question.serial || !issuer_.is_of(question)) return {.kind = Kind::unknown};
    const auto row = options_.store.status(*question.serial);
    if (!row) return {.kind = Kind::unknown};
    if (row->status == Status::good) return {.kind = Kind::good};
    return {.kind = Kind::revoked,
            .since = row->since,
            .reason = revocation_reason(row->status, row->reason.value_or(""))};
}

Office::Ocsp Office::answer_ocsp(ByteView request, UnixTime now) {
    const auto read = crypto::read_ocsp_request(request);
    if (!read) {
        options_.asked.with({"malformed"}).add();
        return {.body = crypto::ocsp_error(crypto::OcspError::malformed_request)};
    }
    std::vector<crypto::OcspAnswer> answers;
    for (const auto& question : read->questions) {
        answers.push_back({.id = question.id, .status = status_of(question)});
        options_.asked.with({std::string(word_of(answers.back().status.kind))}).add();
    }
    const auto& signer = responder(now);
    const bool cacheable = !read->nonce && answers.size() == 1;
    if (cacheable) {
        const auto kept = answered_.find(read->questions[0].id);
        if (kept != answered_.end() && same(kept->second.status, answers[0].status) &&
            kept->second.answer.this_update <= now &&
            now < kept->second.answer.this_update + ocsp_kept_s) {
            return kept->second.answer;
        }
    }
    const crypto::OcspTimes times{
        .produced_at = now, .next_update = std::min(now + ocsp_lifetime_s, signer.not_after())};
    const auto data = crypto::ocsp_response_data(signer, answers, times, read->nonce);
    Ocsp out{.body = crypto::ocsp_response(data, options_.authority.sign_ocsp(data), signer),
             .cacheable = cacheable,
             .this_update = now,
             .next_update = times.next_update};
    if (cacheable) {
        if (answered_.size() >= ocsp_kept_max) answered_.clear();
        answered_.insert_or_assign(read->questions[0].id,
                                   Answered{.status = answers[0].status, .answer = out});
    }
    return out;
}

}  // namespace mado::ca
