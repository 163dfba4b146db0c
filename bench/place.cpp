#include "place.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

#include "base/file.hpp"
#include "crypto/digest.hpp"
#include "wire/subject.hpp"

namespace mado::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t day_s = 86'400;
constexpr std::int64_t kept_days = 5 * 365;

}  // namespace

Place::Place(std::string folder) : folder_(std::move(folder)) {
    std::error_code error;
    if (!fs::create_directories(folder_, error)) {
        throw OperatorError("cannot make the folder " + folder_ +
                            ": it exists already, or its parent cannot be written");
    }
    for (const auto* name : {"/seal.key", "/index.key"})
        replace_file(folder_ + name, crypto::random_bytes(32), 0600);
    vault_.emplace(folder_);
}

Place::~Place() {
    std::error_code ignored;  // nothing else can be done about it
    fs::remove_all(folder_, ignored);
}

std::unique_ptr<relay::LogWriter> Place::open_writer(
    std::function<void(const relay::WriterObservation&)> observe) const {
    return std::make_unique<relay::LogWriter>(
        relay::LogWriter::Options{.store_path = database(),
                                  .anchor_path = anchor_path(),
                                  .log = country.log,
                                  .log_key = country.log_key,
                                  .vault = *vault_,
                                  .program_log = log,
                                  .observe = std::move(observe)});
}

void Place::flush() const {
    flush(false);
}

void Place::forget_cached_pages() const {
    flush(true);
}

void Place::flush(bool forget) const {
    const int file = ::open(database().c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) throw Failure("cannot open the database");
    const bool done =
        ::fsync(file) == 0 && (!forget || ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) == 0);
    ::close(file);
    if (!done) throw Failure("cannot flush the database");
}

Orders::Orders(const Place& place)
    : place_(place),
      card_(place.country.card()),
      order_(place.country.order()),
      mandate_(mandate()),
      keep_until_(unix_now() + kept_days * day_s) {
    order_.time = unix_now();
    order_.keep_until = keep_until_;
}

std::string Orders::mandate() const {
    return card_.sign({.audience = wire::participant_id("relay"),
                       .organisation = wire::participant_id("clinic-1"),
                       .kind = wire::MandateKind::check,
                       .scope = {wire::service_id("eligibility")},
                       .nonce = base64url(crypto::random_bytes(32)),
                       .issued_at = unix_now(),
                       .expires = unix_now() + wire::check_lifetime_s,
                       .stop = {}});
}

relay::RecordOrder Orders::make(const NewOrder& given) const {
    const auto& country = place_.country;
    const auto& vault = place_.vault();
    auto order = order_;
    order.id = base64url(crypto::random_bytes(16));
    if (given.fresh) {
        order.head = wire::sign_head(country.head(), wire::kid_of(country.clinic), country.clinic);
        order.time = unix_now();  // within its mandate
    }
    const auto jws = given.fresh && given.by_card ? mandate() : mandate_;
    auto record = relay::new_record("order");
    record.holder = order.holder.text();
    record.subject = given.by_card
                         ? wire::mandate_subject(jws)
                         : wire::number_subject("health-care-number", {{"number", "621874998319"}},
                                                "1986-05-01");
    record.subject_salt = crypto::random_hash();
    record.number = R"({"holder":"06990014","scheme":"insured-number","fields":)"
                    R"({"symbol":"あいう","number":"0000187","branch":"01"}})";
    record.number_salt = crypto::random_hash();
    if (!given.by_card) record.birth_date = parse_date("1986-05-01").value();
    order.presence = given.by_card ? wire::Presence::card_pin : wire::Presence::number;
    order.subject = wire::commit_subject(record.subject_salt, as_bytes(record.subject));
    order.number = wire::commit_number(record.number_salt, as_bytes(record.number));

    const auto id = as_bytes(order.id);  // 128 random bits, as a jti and a mandate have
    relay::RecordOrder job{
        .order_without_person = wire::order_without_person(order),
        .record = std::move(record),
        .person = given.person,
        .keep_until = order.keep_until,
        .request = {.name = relay::name_of(vault.index("request", {as_bytes(given.requester), id})),
                    .expires = unix_now() + wire::ask_lifetime_s},
        .mandates = {},
        .check = {},
        .sealing = {},
        .opens = {},
        .miss_path = {},
        .notice = {.own_view = false,
                   .at_once = false,
                   .requester = given.requester,
                   .requester_kind = "clinic",
                   .service = "eligibility",
                   .purpose = "treatment",
                   .month = relay::month_of(order.time)},
        .time = order.time};
    if (given.by_card) {
        const Hash hash = crypto::sha256({as_bytes(jws), id});
        const auto ends = order.time + wire::check_lifetime_s;
        job.mandates.push_back(
            {.hash = hash, .expires = ends, .organisation = wire::participant_id("clinic-1")});
        job.check = relay::LiveName{
            .name = relay::name_of(vault.index("mandate-use", {hash, as_bytes("06990014")})),
            .expires = ends};
    } else {
        job.miss_path = vault.index("miss-person", {as_bytes(given.requester), id});
    }
    return job;
}

}  // namespace mado::bench
