#include "http/serve_lines.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <utility>

#include "http/lines.hpp"

namespace mado::http {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t bytes_per_ms_min = 32;  // of who reads the answers, as of any answer

// One stream. Its three kinds of coroutine (one reads, one writes, one for each line) run on one
// thread and wait for each other by two timers, which are cancelled when there is something to see.
class Serving : public std::enable_shared_from_this<Serving> {
  public:
    Serving(const asio::any_io_executor& io, std::shared_ptr<Link> link, RequestParser& parser,
            LineStream stream)
        : io_(io),
          link_(std::move(link)),
          parser_(parser),
          stream_(std::move(stream)),
          lines_(stream_.line_bytes_max),
          room_(io),
          news_(io) {}

    Task<bool> run();

  private:
    static Task<void> read(std::shared_ptr<Serving> self);
    static Task<void> answer(std::shared_ptr<Serving> self, std::uint64_t number, std::string line);
    Task<bool> read_some();
    Task<void> write_all();
    static Task<void> wait(asio::steady_timer& timer);
    void begin(Line line);
    void push(std::uint64_t number, const Response& response);
    void arm();
    [[nodiscard]] bool has_room() const {
        return in_flight_ < stream_.limits.in_flight_max &&
               waiting_.size() < stream_.limits.waiting_bytes_max;
    }

    asio::any_io_executor io_;
    std::shared_ptr<Link> link_;
    RequestParser& parser_;
    LineStream stream_;
    LineReader lines_;
    asio::steady_timer room_;  // cancelled when another line may be begun
    asio::steady_timer news_;  // cancelled when there is something to send, or nothing more
    std::string waiting_;      // answers
    std::uint64_t begun_ = 0;
    std::size_t in_flight_ = 0;
    bool reading_ = true;
    bool whole_ = false;
    std::optional<Clock::time_point> read_until_;  // while it waits for bytes
    std::optional<Clock::time_point> write_until_;
    std::optional<Clock::time_point> line_since_;  // the line that is under way
};

Task<void> Serving::wait(asio::steady_timer& timer) {
    timer.expires_at(Clock::time_point::max());
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

// One deadline for both directions: the nearer one.
void Serving::arm() {
    auto until = Clock::time_point::max();
    if (read_until_) until = std::min(until, *read_until_);
    if (write_until_) until = std::min(until, *write_until_);
    if (until == Clock::time_point::max()) return link_->never_expires();
    const auto left = std::chrono::ceil<Milliseconds>(until - Clock::now());
    link_->expires_after(std::max(left, Milliseconds(1)));
}

void Serving::push(std::uint64_t number, const Response& response) {
    waiting_.append(line_answer_text({.number = number,
                                      .is_problem = response.status != 200,
                                      .body = std::string(body_of(response))}));
    waiting_.push_back('\n');
    news_.cancel();
}

void Serving::begin(Line line) {
    ++begun_;
    link_->busy = true;
    if (line.too_long) {
        push(begun_, problem(413, "too_large", "The line is too large.", ""));
        return;
    }
    ++in_flight_;
    asio::co_spawn(io_, answer(shared_from_this(), begun_, std::move(line.text)), asio::detached);
}

Task<void> Serving::answer(std::shared_ptr<Serving> self, std::uint64_t number, std::string line) {
    auto response = co_await self->stream_.answer(std::move(line));
    --self->in_flight_;
    self->push(number, response);
    self->room_.cancel();
    // Whoever waits for answers is not idle: its time begins with the last one.
    if (self->read_until_ && !self->line_since_) {
        self->read_until_ = Clock::now() + self->stream_.times.idle;
        self->arm();
    }
}

// False: nothing more comes.
Task<bool> Serving::read_some() {
    const auto progress = parser_.advance(link_->input());
    lines_.add(parser_.take_body_part());
    if (progress == Progress::complete) co_return true;
    if (progress != Progress::need_more) {
        ++begun_;
        const bool large = progress == Progress::body_too_large;
        push(begun_, large ? problem(413, "too_large", "The stream is too large.", "")
                           : problem(400, "malformed", "The request is not valid HTTP.", ""));
        co_return false;
    }
    if (lines_.has_line()) co_return true;
    // A line has its time from its first byte on; between lines one may be idle.
    if (!lines_.is_within_line()) line_since_.reset();
    if (lines_.is_within_line() && !line_since_) line_since_ = Clock::now();
    read_until_ =
        line_since_ ? *line_since_ + stream_.times.body : Clock::now() + stream_.times.idle;
    arm();
    auto more = co_await link_->fill();
    read_until_.reset();
    arm();
    co_return more.has_value();
}

Task<void> Serving::read(std::shared_ptr<Serving> self) {
    auto& s = *self;
    while (s.link_->is_open() && !s.stream_.stopping) {
        if (!s.has_room()) {
            co_await wait(s.room_);
            continue;
        }
        auto line = s.lines_.next();
        if (!line && s.parser_.complete()) {
            line = s.lines_.rest();
            s.whole_ = !line;
            if (s.whole_) break;
        }
        if (line && s.begun_ >= s.stream_.limits.count_max) {
            ++s.begun_;
            s.push(s.begun_, problem(413, "too_large", "The stream has too many lines.", ""));
            break;
        }
        if (line) {
            s.line_since_.reset();
            s.begin(std::move(*line));
            continue;
        }
        if (!co_await s.read_some()) break;
    }
    s.reading_ = false;
    s.news_.cancel();
}

Task<void> Serving::write_all() {
    for (;;) {
        if (waiting_.empty()) {
            if (!reading_ && in_flight_ == 0) break;
            link_->busy = in_flight_ > 0;
            co_await wait(news_);
            continue;
        }
        auto bytes = std::exchange(waiting_, {});
        room_.cancel();
        if (!link_->is_open()) continue;  // what was begun is done all the same
        write_until_ =
            Clock::now() + stream_.times.write + Milliseconds(bytes.size() / bytes_per_ms_min);
        arm();
        auto written = co_await link_->write(std::move(bytes), {});
        write_until_.reset();
        arm();
        if (!written) {
            link_->close();
            room_.cancel();
        }
    }
    link_->busy = true;
    link_->never_expires();
}

Task<bool> Serving::run() {
    link_->busy = false;
    asio::co_spawn(io_, read(shared_from_this()), asio::detached);
    co_await write_all();
    co_return whole_;
}

}  // namespace

Task<bool> serve_lines(std::shared_ptr<Link> link, RequestParser& parser, LineStream stream) {
    const auto io = co_await asio::this_coro::executor;
    const auto serving = std::make_shared<Serving>(io, std::move(link), parser, std::move(stream));
    co_return co_await serving->run();
}

}  // namespace mado::http
