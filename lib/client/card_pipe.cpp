#include "client/card_pipe.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>
#include <map>

#include "base/json.hpp"
#include "wire/address.hpp"

namespace mado::client {
namespace {

constexpr http::Milliseconds connect_timeout{5'000};
constexpr http::Milliseconds answer_timeout{10'000};
constexpr std::size_t answer_bytes_max = 64 * 1024;
constexpr std::int64_t wait_ms_max = 10'000;
constexpr std::int64_t session_us_max = std::int64_t{180} * 1'000'000;

class Talk {
  public:
    Talk(const Pipe& pipe, card::Channel& card, const NewPins& pins)
        : pipe_(pipe),
          card_(card),
          pins_(pins),
          tls_(
              http::TlsContext::client([certificates = pipe.centre.certificates](const Hash& peer) {
                  return std::ranges::find(certificates, peer) != certificates.end();
              })) {}

    http::Task<std::expected<PipeCounts, PipeError>> run() {
        if (!co_await connect()) co_return std::unexpected(PipeError::unreachable);
        const auto end = monotonic_us() + session_us_max;
        while (monotonic_us() < end) {
            const auto step = co_await call();
            if (!step) co_return std::unexpected(step.error());
            if (step->done) co_return counts_;
            if (!step->failed.empty()) co_return std::unexpected(read_failure(step->failed));
            if (auto ok = co_await obey(*step); !ok) co_return std::unexpected(ok.error());
        }
        co_return std::unexpected(PipeError::over);
    }

  private:
    http::Task<bool> connect() {
        const auto origin = wire::origin_of(pipe_.address);
        const auto url =
            origin ? wire::parse_url_prefix(*origin + "/") : std::unexpected(origin.error());
        if (!url) co_return false;
        auto made = co_await http::Connection::connect({url->address.host, url->address.port},
                                                       &tls_, connect_timeout);
        if (made) connection_.emplace(std::move(*made));
        co_return connection_.has_value();
    }

    http::Task<std::expected<PipeStep, PipeError>> call() {
        http::Request request;
        request.method = "POST";
        request.path = "/card";
        request.content_type = "application/json";
        request.body =
            json::serialize(json::object{{"session", pipe_.session}, {"answers", answers_}});
        answers_.clear();
        const auto begun = monotonic_us();
        const auto response =
            co_await connection_->exchange(std::move(request), answer_bytes_max, answer_timeout);
        counts_.call_us += monotonic_us() - begun;
        ++counts_.calls;
        if (!response) co_return std::unexpected(PipeError::unreachable);
        if (response->status == 404) co_return std::unexpected(PipeError::over);
        if (response->status != 200) co_return std::unexpected(PipeError::refused);
        auto step = read_pipe_step(response->body);
        if (!step) co_return std::unexpected(PipeError::not_lawful);
        co_return std::move(*step);
    }

    http::Task<std::expected<void, PipeError>> obey(const PipeStep& step) {
        if (step.wait_ms > 0) {
            const auto begun = monotonic_us();
            http::asio::steady_timer timer(co_await http::asio::this_coro::executor,
                                           http::Milliseconds(step.wait_ms));
            co_await timer.async_wait(http::asio::use_awaitable);
            counts_.wait_us += monotonic_us() - begun;
            ++counts_.waits;
            co_return std::expected<void, PipeError>();
        }
        const auto begun = monotonic_us();
        auto done = step.pin ? set_pin(*step.pin) : send(step.commands);
        counts_.command_us += monotonic_us() - begun;
        co_return done;
    }

    // All of them are looked at before the first is sent.
    std::expected<void, PipeError> send(const std::vector<Bytes>& commands) {
        for (const auto& bytes : commands) {
            const auto command = card::parse_command(bytes);
            if (!command || !card::is_issuing_command(*command, pipe_.work)) {
                return std::unexpected(PipeError::not_lawful);
            }
        }
        for (const auto& bytes : commands) {
            const auto answer = card_.transmit(*card::parse_command(bytes));
            ++counts_.commands;
            if (!answer) return std::unexpected(PipeError::gone);
            answers_.emplace_back(hex(card::response_bytes(*answer)));
            if (answer->status != card::status::ok) break;
        }
        return {};
    }

    // The application that is selected is the issuing one: no other was. Its answer goes back, the
    // PIN does not.
    std::expected<void, PipeError> set_pin(card::KeyUse use) {
        const auto& pin = use == card::KeyUse::signing ? pins_.signing : pins_.authentication;
        if (pin.empty()) return std::unexpected(PipeError::no_pin);
        const auto done = card::reset_pin(card_, use, pin);
        ++counts_.commands;
        if (!done && done.error() == card::IssueError::gone) {
            return std::unexpected(PipeError::gone);
        }
        const card::Response answer{.data = {},
                                    .status = done ? card::status::ok : card::status::wrong_data};
        answers_.emplace_back(hex(card::response_bytes(answer)));
        return {};
    }

    const Pipe& pipe_;
    card::Channel& card_;
    const NewPins& pins_;
    http::TlsContext tls_;
    std::optional<http::Connection> connection_;
    json::array answers_;
    PipeCounts counts_;
};

}  // namespace

std::string_view to_text(PipeError error) {
    switch (error) {
        case PipeError::unreachable:
            return "unreachable";
        case PipeError::not_lawful:
            return "not_lawful";
        case PipeError::no_pin:
            return "no_pin";
        case PipeError::over:
            return "over";
        case PipeError::gone:
            return "gone";
        case PipeError::not_ours:
            return "not_ours";
        case PipeError::used:
            return "used";
        case PipeError::other_card:
            return "other_card";
        case PipeError::refused:
            return "refused";
    }
    return "";
}

PipeError read_failure(std::string_view word) {
    for (const auto error :
         {PipeError::gone, PipeError::not_ours, PipeError::used, PipeError::other_card}) {
        if (word == to_text(error)) return error;
    }
    return PipeError::refused;
}

Parsed<PipeStep> read_pipe_step(std::string_view body) {
    const auto object = parse_json_object(body, {.text_bytes_max = answer_bytes_max});
    if (!object) return std::unexpected(object.error());
    if (object->size() != 1) return bad("a step is one thing");
    Members in(*object);
    PipeStep out;
    if (in.has("commands")) {
        constexpr std::size_t hex_max = 2 * card::command_bytes_max;
        for (const auto& text : in.texts("commands", card::Replay::batch_max, hex_max)) {
            auto bytes = parse_hex(text);
            if (!bytes) return std::unexpected(bytes.error());
            out.commands.push_back(std::move(*bytes));
        }
        if (out.commands.empty()) in.refuse("no command");
    } else if (in.has("pin")) {
        const auto use = in.text("pin");
        if (use != "authentication" && use != "signing") in.refuse("no such PIN");
        out.pin = use == "signing" ? card::KeyUse::signing : card::KeyUse::authentication;
    } else if (in.has("wait_ms")) {
        out.wait_ms = in.integer("wait_ms", 1, wait_ms_max);
    } else if (in.has("failed")) {
        out.failed = in.text("failed", 32);
        if (out.failed.empty()) in.refuse("no reason");
    } else {
        out.done = in.boolean("done");
        if (!out.done) in.refuse("no step");
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

http::Task<std::expected<PipeCounts, PipeError>> run_pipe(const Pipe& pipe, card::Channel& card,
                                                          const NewPins& pins) {
    Talk talk(pipe, card, pins);
    co_return co_await talk.run();
}

}  // namespace mado::client
