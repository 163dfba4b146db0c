#include "publisher.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>

#include "crypto/digest.hpp"
#include "http/all_of.hpp"
#include "http/completion.hpp"
#include "http/spawn.hpp"
#include "tlog/witness.hpp"

namespace mado::relay {

namespace asio = http::asio;

namespace {

constexpr http::Milliseconds pause{2'000};
constexpr http::Milliseconds connect_timeout{2'000};
constexpr http::Milliseconds answer_timeout{2'000};
// An unchanged checkpoint is cosigned anew: whoever reads it sees that the witnesses are awake.
constexpr std::int64_t renew_us = 30'000'000;

[[noreturn]] void refuse_to_go_on(const std::string& witness) {
    throw OperatorError(
        "the witness " + witness +
        " has a checkpoint of this log that the database does not contain: this is an older "
        "copy, or another writer has written. Restore the newer copy of the state, or open a "
        "new log origin in the directory.");
}

}  // namespace

struct Publisher::Witness {
    Witness(const wire::Witness& listed, const std::string& origin)
        : verifier(listed.key),
          url(listed.url),
          monitoring_path(listed.url.path + hex(crypto::sha256(as_bytes(origin))) + "/checkpoint"),
          tls(http::TlsContext::client([certificate = listed.certificate](const Hash& peer) {
              return peer == certificate;
          })) {}

    const tlog::WitnessVerifier& verifier;
    const wire::UrlPrefix& url;
    std::string monitoring_path;
    http::TlsContext tls;
    std::optional<http::Connection> connection;
    std::uint64_t size = 0;  // what it cosigned last, as far as we know
};

Publisher::Publisher(asio::io_context& io, Parts parts) : io_(io), parts_(parts) {
    for (const auto& witness : parts_.directory.witnesses)
        witnesses_.emplace_back(witness, parts_.log.name());
}

Publisher::~Publisher() = default;

void Publisher::start() {
    http::spawn(io_, run(stopping_, *this));
}

void Publisher::stop() {
    *stopping_ = true;
    for (auto& witness : witnesses_) {
        if (witness.connection) witness.connection->close();
    }
}

// `stopping` outlives the publisher, which is destroyed only after its io_context has ended.
Task<void> Publisher::run(std::shared_ptr<bool> stopping, Publisher& self) {
    while (!*stopping) {
        try {
            co_await self.round();
        } catch (const std::exception& error) {
            self.parts_.program_log.error("publishing_failed",
                                          {{"why", std::string_view(error.what())}});
        }
        asio::steady_timer timer(self.io_, pause);
        boost::system::error_code ignored;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

std::optional<Publisher::Head> Publisher::newest() {
    auto note = parts_.reader.newest_head(parts_.writer.anchored_size());
    if (!note) return std::nullopt;
    const auto checkpoint = tlog::open_checkpoint(*note, parts_.log);
    if (!checkpoint) throw Failure("the newest checkpoint does not verify");
    return Head{std::move(*note), *checkpoint};
}

tlog::TileReader Publisher::tiles() {
    return [&reader = parts_.reader](tlog::TileId id, unsigned width) {
        return reader.tile(id, width);
    };
}

// Every witness is asked side by side; who does not answer in time is missing this time.
Task<void> Publisher::round() {
    const auto head = newest();
    if (!head || contradicted_) co_return;
    const auto now = monotonic_us();
    const bool unchanged = head->checkpoint.size == published_size_;
    if (unchanged && now < published_at_us_ + renew_us) co_return;
    std::vector<Task<std::string>> submissions;
    for (auto& witness : witnesses_)
        submissions.push_back(submit(witness, *head));
    std::string note = head->note;
    for (const auto& line : co_await http::all_of(std::move(submissions)))
        note += line;
    const auto cosigned = tlog::cosigned(note, parts_.log, parts_.directory.quorum, unix_now());
    if (!cosigned || !std::holds_alternative<tlog::CosignedCheckpoint>(*cosigned)) co_return;
    auto& writer = parts_.writer;
    const auto size = head->checkpoint.size;
    const bool kept = co_await http::completed<bool>([&writer, size, &note](http::Done<bool> done) {
        if (!writer.keep_cosigned(size, note, done)) done(false);
    });
    if (!kept) co_return;  // the next round brings it again
    published_size_ = size;
    published_at_us_ = now;
}

// The witness's signature line; "" when it gave none.
Task<std::string> Publisher::submit(Witness& witness, Head head) {
    // It says itself what it has seen last when we are wrong about it.
    for (int attempt = 0; attempt < 2; ++attempt) {
        const auto old_size = witness.size;
        tlog::AddCheckpoint body{.old_size = old_size, .proof = {}, .checkpoint = head.note};
        if (old_size > 0 && old_size <= head.checkpoint.size) {
            body.proof = tlog::consistency_proof(old_size, head.checkpoint.size, tiles());
        }
        http::Request request;
        request.method = "POST";
        request.path = witness.url.path + "add-checkpoint";
        request.content_type = "text/plain; charset=utf-8";
        request.body = tlog::to_text(body);
        const auto response = co_await send(witness, std::move(request));
        if (!response) co_return "";
        auto line = co_await judge(witness, *response, head);
        if (!line.empty() || witness.size == old_size) co_return line;
    }
    co_return "";
}

Task<std::string> Publisher::judge(Witness& witness, const http::Response& response,
                                   const Head& head) {
    parts_.witness_answers.with({witness.verifier.name(), std::to_string(response.status)}).add();
    if (response.status == 200) {
        auto line = tlog::take_cosignature(response.body, head.note, witness.verifier, unix_now());
        if (line) witness.size = head.checkpoint.size;
        co_return line ? std::move(*line) : std::string();
    }
    const auto size = response.status == 409 ? tlog::parse_tree_size(response.body)
                                             : Parsed<std::uint64_t>(bad(""));
    if (size && *size <= head.checkpoint.size) {
        witness.size = *size;
        co_return "";
    }
    parts_.program_log.warning("witness_refused",
                               {{"witness", std::string_view(witness.verifier.name())},
                                {"status", std::int64_t{response.status}}});
    // Its word alone stops nobody; our own signature under another history does.
    if (response.status == 409 || response.status == 422) {
        if (co_await contradicts(witness)) {
            contradicted_ = true;
            parts_.program_log.error("log_contradicted",
                                     {{"witness", std::string_view(witness.verifier.name())}});
        }
    }
    co_return "";
}

Task<std::optional<http::Response>> Publisher::send(Witness& witness, http::Request request) {
    if (!witness.connection || !witness.connection->open()) {
        auto made = co_await http::Connection::connect(
            {witness.url.address.host, witness.url.address.port}, &witness.tls, connect_timeout);
        if (!made) {
            witness.connection.reset();
            parts_.witness_answers
                .with({witness.verifier.name(), std::string(http::to_text(made.error()))})
                .add();
            co_return std::nullopt;
        }
        witness.connection = std::move(*made);
    }
    auto response = co_await witness.connection->exchange(std::move(request), tlog::note_bytes_max,
                                                          answer_timeout);
    if (response) co_return std::move(*response);
    witness.connection.reset();
    parts_.witness_answers
        .with({witness.verifier.name(), std::string(http::to_text(response.error()))})
        .add();
    co_return std::nullopt;
}

// The witness shows a checkpoint that our key signed and that our tree does not contain.
Task<bool> Publisher::contradicts(Witness& witness) {
    http::Request request;
    request.path = witness.monitoring_path;
    const auto response = co_await send(witness, std::move(request));
    if (!response || response->status != 200) co_return false;
    const auto seen = tlog::open_checkpoint(response->body, parts_.log);
    if (!seen) co_return false;
    const auto own = newest();
    const auto size = own ? own->checkpoint.size : 0;
    if (seen->size > size) co_return true;
    co_return tlog::tree_root(seen->size, tiles()) != seen->root;
}

Task<void> Publisher::compare_with_witnesses() {
    std::vector<Task<bool>> questions;
    for (auto& witness : witnesses_)
        questions.push_back(contradicts(witness));
    const auto answers = co_await http::outcomes_of(std::move(questions));
    auto witness = witnesses_.begin();
    for (const auto& answer : answers) {
        if (answer.value_or(false)) refuse_to_go_on(witness->verifier.name());
        ++witness;
    }
    // A proof comes before what only says that somebody could not be compared.
    for (const auto& answer : answers) {
        if (!answer) std::rethrow_exception(answer.error());
    }
}

}  // namespace mado::relay
