#include "pretenders.hpp"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/json.hpp>

#include "base/file.hpp"
#include "crypto/digest.hpp"
#include "wire/address.hpp"
#include "wire/answer.hpp"

namespace mado::tests {
namespace {

namespace asio = http::asio;
using asio::ip::tcp;

constexpr int gateway_connections = 4;
constexpr std::int64_t patience_ms = 10'000;
constexpr http::Milliseconds timeout{5'000};
constexpr auto quietly = asio::as_tuple(asio::use_awaitable);  // errors are values

std::string read_text(const std::string& path) {
    auto text = read_file(path);
    if (!text) throw Failure("the file is missing: " + path);
    return std::move(*text);
}

http::TlsContext client_tls(const RunningCountry& country, const std::string& folder) {
    const Secret key = read_secret_file(folder + "/tls.key");
    return http::TlsContext::client(
        {.certificate_pem = read_text(folder + "/tls.crt"), .key_pem = &key},
        [&relay = country.directory().relay()](const Hash& peer) {
            return relay.has_certificate(peer);
        });
}

http::TlsContext server_tls(const std::string& folder) {
    const Secret key = read_secret_file(folder + "/tls.key");
    return http::TlsContext::server(
        {.certificate_pem = read_text(folder + "/tls.crt"), .key_pem = &key},
        /*client_certificate_required=*/true);
}

Task<bool> close_all(std::list<http::Connection>& connections) {
    for (auto& connection : connections)
        connection.close();
    co_return true;
}

}  // namespace

Backstage::Backstage() : work_(io_.get_executor()), thread_([this] { io_.run(); }) {}

void Backstage::stop() {
    work_.reset();
    if (thread_.joinable()) thread_.join();
}

// --- the gateway ---

PretendGateway::PretendGateway(const RunningCountry& country, const std::string& gateway,
                               std::vector<std::string> holders, Answer answer)
    : country_(country),
      tls_(client_tls(country, country.places().keys_of(gateway))),
      answer_(std::move(answer)) {
    json::array names;
    for (auto& holder : holders)
        names.emplace_back(std::move(holder));
    greeting_ = json::serialize(json::object{{"holders", std::move(names)}});
    for (int i = 0; i < gateway_connections; ++i)
        asio::co_spawn(backstage_.io(), hold(), asio::detached);
    for (std::int64_t waited = 0; waited < patience_ms; waited += 5) {
        {
            const std::scoped_lock lock(mutex_);
            if (connected_ == gateway_connections) return;
        }
        pause_ms(5);
    }
    end();
    throw Failure("the relay did not accept the pretended gateway");
}

void PretendGateway::end() {
    backstage_.run(close_all(connections_));
    backstage_.stop();
    connections_.clear();  // before their io_context goes
}

std::vector<std::string> PretendGateway::deliveries() const {
    const std::scoped_lock lock(mutex_);
    return deliveries_;
}

Task<void> PretendGateway::hold() {
    const http::Endpoint relay{"127.0.0.1", country_.port()};
    auto made = co_await http::Connection::connect(relay, &tls_, timeout);
    if (!made) co_return;
    const auto at = connections_.insert(connections_.end(), std::move(*made));
    http::Request request;
    request.method = "POST";
    request.path = "/v1/holder";
    request.headers.push_back({"Upgrade", std::string(wire::upgrade_protocol)});
    request.content_type = "application/json";
    request.body = greeting_;
    const auto handler = [this](http::Request order) -> Task<http::Response> {
        {
            const std::scoped_lock lock(mutex_);
            deliveries_.push_back(order.body);
        }
        co_return answer_(order.body);
    };
    const auto accepted = [this] {
        const std::scoped_lock lock(mutex_);
        ++connected_;
    };
    co_await at->upgrade_and_serve(std::move(request), handler, wire::delivery_bytes_max, accepted);
}

http::Response delivery_response(const wire::DeliveryReply& reply) {
    http::Response response;
    response.content_type = "application/json";
    response.body = wire::delivery_reply_json(reply);
    return response;
}

// --- the relay ---

PretendRelay::PretendRelay(RunningCountry& country, Handler requests)
    : log_key_(load_key(country.places().keys_of("relay") + "/log.key")),
      tls_(server_tls(country.places().keys_of("relay"))) {
    for (int i = 0; i < 5; ++i)
        tree_.append(tlog::leaf_hash(crypto::random_hash()));
    http::ServerOptions options;
    options.port = country.port();
    options.tls = &tls_;
    backstage_.run([](PretendRelay& self, http::ServerOptions with, Handler ask) -> Task<bool> {
        self.server_.emplace(self.backstage_.io(), std::move(with), self.routes(ask));
        co_return true;
    }(*this, std::move(options), std::move(requests)));
}

PretendRelay::~PretendRelay() {
    backstage_.run([](PretendRelay& self) -> Task<bool> {
        for (auto& gateway : self.gateways_)
            gateway.close();
        co_await self.server_->stop(timeout);
        self.gateways_.clear();
        self.server_.reset();
        co_return true;
    }(*this));
    backstage_.stop();
}

std::vector<http::Route> PretendRelay::routes(const Handler& requests) {
    const auto keep = [this](http::Connection connection) -> Task<void> {
        gateways_.push_back(std::move(connection));
        co_return;
    };
    return {{"POST", "/v1/nonce", 1024,
             [](http::Request) -> Task<http::Response> {
                 http::Response response;
                 response.content_type = "application/json";
                 response.body = R"({"nonce":")" + base64url(crypto::random_hash()) + R"("})";
                 co_return response;
             }},
            {"POST", "/v1/requests", wire::request_bytes_max,
             [requests](http::Request request) -> Task<http::Response> {
                 co_return requests(request);
             }},
            {"POST", "/v1/holder", 64 * 1024, [keep](http::Request) -> Task<http::Response> {
                 http::Response response;
                 response.status = 101;
                 response.headers.push_back({"Upgrade", std::string(wire::upgrade_protocol)});
                 response.upgraded = keep;
                 co_return response;
             }}};
}

Task<std::expected<http::Response, http::NetError>> PretendRelay::forward(std::string body) {
    const auto executor = co_await asio::this_coro::executor;
    // A gateway that refuses a body closes the connection soon after its answer.
    std::erase_if(gateways_, [](const http::Connection& gateway) { return !gateway.open(); });
    for (std::int64_t waited = 0; gateways_.empty() && waited < patience_ms; waited += 5) {
        asio::steady_timer timer(executor, http::Milliseconds(5));
        co_await timer.async_wait(asio::use_awaitable);
    }
    if (gateways_.empty()) co_return std::unexpected(http::NetError::refused);
    http::Request request;
    request.method = "POST";
    request.path = "/v1/orders";
    request.content_type = "application/json";
    request.body = std::move(body);
    auto response =
        co_await gateways_.front().exchange(std::move(request), wire::reply_bytes_max, timeout);
    if (!response) gateways_.pop_front();  // it is closed
    co_return response;
}

http::Response PretendRelay::deliver(const std::string& body) {
    auto response = backstage_.run(forward(body));
    if (!response) response = backstage_.run(forward(body));  // it had closed at that moment
    if (!response) throw Failure("the gateway did not answer the pretended relay");
    return std::move(*response);
}

wire::Receipt PretendRelay::log_order(const wire::Order& order) {
    wire::Receipt out{
        .order = to_bytes(wire::complete_order(wire::order_without_person(order), order.person)),
        .salt = crypto::random_hash(),
        .index = tree_.size(),
        .proof = {},
        .checkpoint = {}};
    tree_.append(tlog::leaf_hash(wire::order_entry(out.salt, out.order)));
    out.proof = tlog::inclusion_proof(out.index, tree_.size(), tree_.reader({}));
    out.checkpoint = checkpoint(log_key_);
    return out;
}

std::string PretendRelay::checkpoint(const crypto::PrivateKey& key) const {
    const auto log = valid(tlog::NoteVerifier::make("log.mado.example/1", key.public_key()));
    return tlog::sign_note(
        tlog::checkpoint_text({.origin = log.name(), .size = tree_.size(), .root = tree_.root()}),
        log, key);
}

// --- the site ---

PretendSite::PretendSite(const RunningCountry& country, const std::string& keys, Handler pages)
    : tls_(http::TlsContext::load_server(country.places().keys_of(keys),
                                         /*client_certificate_required=*/false)) {
    http::ServerOptions options;
    options.port = valid(wire::parse_url_prefix(country.portal())).address.port;
    options.tls = &tls_;
    const auto handler = [pages = std::move(pages)](http::Request request) -> Task<http::Response> {
        co_return pages(request);
    };
    std::vector<http::Route> routes{{"GET", "/", 0, handler}, {"GET", "/*", 0, handler}};
    backstage_.run([](PretendSite& self, http::ServerOptions with,
                      std::vector<http::Route> all) -> Task<bool> {
        self.server_.emplace(self.backstage_.io(), std::move(with), std::move(all));
        co_return true;
    }(*this, std::move(options), std::move(routes)));
}

PretendSite::~PretendSite() {
    backstage_.run([](PretendSite& self) -> Task<bool> {
        co_await self.server_->stop(timeout);
        self.server_.reset();
        co_return true;
    }(*this));
    backstage_.stop();
}

// --- the line ---

// One connection. TLS 1.3 without tickets: each side speaks once before the first request (RFC 8446
// section 2), which the requester sends together with the end of its handshake.
struct BadLine::Wire {
    tcp::socket requester, relay;
    std::optional<Break> breaks;
    int turn = 0;  // how often the requester began to speak
    bool requester_spoke_last = false;

    [[nodiscard]] bool ends_here(bool from_requester) {
        if (from_requester && !requester_spoke_last) ++turn;
        requester_spoke_last = from_requester;
        return breaks && turn == breaks->exchange + 1 && from_requester != breaks->relay_hears;
    }
    void end() {
        boost::system::error_code ignored;  // it may be closed already
        requester.close(ignored);
        relay.close(ignored);
    }
};

BadLine::BadLine(std::uint16_t relay_port, std::vector<Break> breaks)
    : breaks_(std::move(breaks)),
      acceptor_(backstage_.io(), {asio::ip::address_v4::loopback(), 0}) {
    asio::co_spawn(backstage_.io(), listen(relay_port), asio::detached);
}

BadLine::~BadLine() {
    backstage_.run([](BadLine& self) -> Task<bool> {
        self.acceptor_.close();
        for (auto& wire : self.wires_)
            wire->end();
        co_return true;
    }(*this));
    backstage_.stop();
}

wire::Directory BadLine::directory(const RunningCountry& country) const {
    auto out = country.directory();
    for (auto& one : out.participants) {
        if (one.kind.text() == "relay") {
            one.addresses = {{.host = "127.0.0.1", .port = acceptor_.local_endpoint().port()}};
        }
    }
    return out;
}

Task<void> BadLine::listen(std::uint16_t relay_port) {
    while (true) {
        auto [failed, socket] = co_await acceptor_.async_accept(quietly);
        if (failed) co_return;
        const auto number = static_cast<std::size_t>(connections_++);
        auto wire = std::make_shared<Wire>(Wire{
            .requester = std::move(socket),
            .relay = tcp::socket(backstage_.io()),
            .breaks = number < breaks_.size() ? std::optional(breaks_[number]) : std::nullopt});
        wires_.push_back(wire);
        wire->relay.connect({asio::ip::address_v4::loopback(), relay_port});
        asio::co_spawn(backstage_.io(), pass_on(wire, true), asio::detached);
        asio::co_spawn(backstage_.io(), pass_on(wire, false), asio::detached);
    }
}

Task<void> BadLine::pass_on(std::shared_ptr<Wire> wire, bool from_requester) {
    auto& from = from_requester ? wire->requester : wire->relay;
    auto& to = from_requester ? wire->relay : wire->requester;
    std::array<char, 4096> buffer{};
    while (true) {
        const auto [ended, count] = co_await from.async_read_some(asio::buffer(buffer), quietly);
        if (ended || wire->ends_here(from_requester)) break;
        const auto [lost, written] =
            co_await asio::async_write(to, asio::buffer(buffer.data(), count), quietly);
        if (lost) break;
    }
    wire->end();
}

// --- what they need ---

crypto::PrivateKey load_key(const std::string& path) {
    return valid(crypto::PrivateKey::from_pem(read_secret_file(path).view()));
}

std::string holder_answer(const RunningCountry& country, const std::string& holder,
                          const Hash& order, const wire::Head& head, const std::string& data) {
    const auto key = load_key(country.places().keys_of(holder) + "/signing.key");
    return wire::seal_answer({.issuer = participant(holder),
                              .audience = head.seal_to.thumbprint(),
                              .order = order,
                              .issued_at = unix_now(),
                              .service = head.service,
                              .as_of = unix_now(),
                              .data = valid(parse_json_object(data))},
                             base64url(key.public_key().thumbprint()), key, head.seal_to);
}

std::string eligibility_document(const std::string& on) {
    return json::serialize(
        json::object{{"on", on}, {"result", "not_on_this_date"}, {"payers", json::array()}});
}

}  // namespace mado::tests
