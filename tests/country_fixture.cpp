#include "country_fixture.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>
#include <tuple>

#include "base/file.hpp"
#include "crypto/digest.hpp"
#include "db/db.hpp"
#include "wire/order.hpp"

namespace mado::tests {
namespace {

namespace fs = std::filesystem;

constexpr http::Milliseconds connect_timeout{5'000};
constexpr http::Milliseconds answer_timeout{10'000};

// Below the ports that the system gives to outgoing connections.
constexpr int port_first = 20'000;
constexpr int port_blocks = 500;
constexpr int ports_of_a_country = 24;

bool port_is_free(int port) {
    const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (probe < 0) throw Failure("there is no socket to probe a port with");
    const int yes = 1;  // connections of earlier tests that linger are no hindrance
    ::setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool free = ::bind(probe, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    ::close(probe);
    return free;
}

// A name that one process at a time can have, as long as it runs: tests that run side by side do
// not take the same ports while neither listens yet. -1: another one has it.
int claim(int first) {
    const auto name = fmt::format("mado-test-ports-{}", first);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::ranges::copy(name, address.sun_path + 1);  // after a zero byte: in no folder
    const int claimed = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (claimed < 0) throw Failure("there is no socket to claim ports with");
    const auto bytes = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    if (::bind(claimed, reinterpret_cast<sockaddr*>(&address), bytes) == 0) return claimed;
    ::close(claimed);
    return -1;
}

bool are_free(int first) {
    for (int port = first; port < first + ports_of_a_country; ++port)
        if (!port_is_free(port)) return false;
    return true;
}

std::pair<std::uint16_t, int> free_ports() {
    for (int i = 0; i < port_blocks; ++i) {
        const int first = port_first + (::getpid() + i) % port_blocks * ports_of_a_country;
        const int claimed = claim(first);
        if (claimed < 0) continue;
        if (are_free(first)) return {static_cast<std::uint16_t>(first), claimed};
        ::close(claimed);
    }
    throw Failure("there are not enough free ports in a row");
}

// A new program may have made a country wider.
void demand_ports_enough(std::uint16_t first) {
    for (const auto& program : cli::programs_from(first)) {
        for (const auto port : program.ports) {
            if (port >= first + ports_of_a_country)
                throw Failure("a country has more ports than tests leave it");
        }
    }
}

std::string own_folder() {
    std::string path = (fs::temp_directory_path() / "mado-test-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) throw Failure("cannot make a folder " + path);
    return path;
}

int read_pid(const cli::Places& places, const std::string& program) {
    const auto text = read_file(places.run() + "/" + program + ".pid", 200);
    if (!text) throw Failure(program + " does not run");
    return std::stoi(*text);
}

std::string read_all(int descriptor) {
    std::string out;
    std::array<char, 4096> buffer{};
    while (true) {
        const auto got = ::read(descriptor, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return out;
        out.append(buffer.data(), static_cast<std::size_t>(got));
    }
}

// A stopped process hears no SIGTERM.
void wake_programs(const cli::Places& places) {
    for (const auto& file : fs::directory_iterator(places.run())) {
        if (file.path().extension() != ".pid") continue;
        ::kill(read_pid(places, file.path().stem().string()), SIGCONT);
    }
}

void end_country(const cli::Places& places) {
    try {
        if (fs::exists(places.run())) wake_programs(places);
        cli::stop_programs(places);
    } catch (const std::exception& error) {
        fmt::print(stderr, "guardian: {}\n", error.what());
    }
    std::error_code ignored;  // nobody is there to hear of it
    fs::remove_all(places.root, ignored);
}

void take_problem_apart(RawReply& reply) {
    if (reply.content_type != "application/problem+json") return;
    const auto object = parse_json_object(reply.body);
    if (!object) return;
    Members in(*object);
    reply.code = in.text("code", 64);
    reply.request_id = in.text("request_id", 64);
    reply.reason = in.optional_text("reason", 300).value_or("");
}

Task<RawReply> exchange(http::Endpoint to, const http::TlsContext* tls, http::Request request) {
    RawReply out;
    auto connection = co_await http::Connection::connect(to, tls, connect_timeout);
    if (!connection) co_return out;
    const auto response =
        co_await connection->exchange(std::move(request), wire::reply_bytes_max, answer_timeout);
    if (!response) co_return out;
    out.status = response->status;
    out.content_type = response->content_type;
    out.body = response->body;
    out.request_id_header = std::string(response->header("X-Request-Id"));
    take_problem_apart(out);
    co_return out;
}

std::string data_of(const json::object& binary) {
    const auto& data = binary.at("data").as_string();
    return mado::to_text(ByteView(valid(parse_base64({data.data(), data.size()}))));
}

// The receipt proves that the question is in the log; returns what was asked there.
wire::VerifiedReceipt verified_receipt(const json::object& binary,
                                       const wire::Directory& directory) {
    EXPECT_EQ(binary.at("contentType"), "application/json");
    const auto object = valid(parse_json_object(data_of(binary)));
    return valid(wire::verify_receipt(valid(wire::read_receipt(object)), directory));
}

}  // namespace

void expect_proof(const json::object& receipt, const json::object& answer,
                  const wire::Directory& directory) {
    const auto asked = verified_receipt(receipt, directory);
    EXPECT_EQ(answer.at("contentType"), "application/jose");
    const auto jws =
        valid(crypto::parse_jws(data_of(answer), {.bytes_max = wire::answer_bytes_max}));
    EXPECT_EQ(jws.type, "mado-answer+jws");
    const auto* key = directory.find(asked.order.holder)->signing_key(jws.key_id);
    ASSERT_NE(key, nullptr);
    EXPECT_TRUE(crypto::verify_jws(jws, *key));
    const auto content = valid(parse_json_object(
        as_text(jws.payload),
        {.text_bytes_max = wire::answer_bytes_max, .depth_max = 32, .values_max = 100'000}));
    EXPECT_EQ(content.at("order"), json::value(base64url(asked.entry)));
}

void pause_ms(std::int64_t milliseconds) {
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
}

Finished run_program(const std::vector<std::string>& words) {
    std::vector<char*> arguments;
    for (const auto& word : words)
        arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) throw Failure("there is no pipe");
    const pid_t child = ::fork();
    if (child < 0) throw Failure("cannot start another process");
    if (child == 0) {
        const int nothing = ::open("/dev/null", O_RDONLY);
        ::dup2(nothing, 0);
        ::dup2(pipe[1], 1);
        ::dup2(pipe[1], 2);
        ::execv(arguments[0], arguments.data());
        ::_exit(127);
    }
    ::close(pipe[1]);
    Finished out;
    out.output = read_all(pipe[0]);
    ::close(pipe[0]);
    int status = 0;
    if (::waitpid(child, &status, 0) != child) throw Failure("a started process was lost");
    out.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return out;
}

// The connection ends before the loop that it is on.
Task<client::Result<client::Answered>> ask_once(const wire::Directory& directory,
                                                const client::Identity& identity,
                                                client::Ask question) {
    client::Asker asker(directory, identity);
    co_return co_await asker.ask(std::move(question));
}

Bytes number_subject(std::string_view health_care_number, std::string_view birth_date) {
    return to_bytes(wire::number_subject(
        "health-care-number", {{"number", std::string(health_care_number)}}, birth_date));
}

RunningCountry::RunningCountry(std::int64_t people) {
    if (!fs::exists("country/jp")) throw OperatorError("run this test in the repository's root");
    places_.root = own_folder();
    places_.programs = fs::read_symlink("/proc/self/exe").parent_path().string();
    guard();
    std::tie(port_, ports_) = free_ports();
    demand_ports_enough(port_);
    const auto* made = std::getenv("MADO_TEST_COUNTRY");
    if (made != nullptr && people == people_of_a_country) {
        fs::copy(made, places_.root, fs::copy_options::recursive);
        cli::write_port(places_, port_);
        up();
    } else {
        const auto done =
            cli({"up", "--people", std::to_string(people), "--port", std::to_string(port_)});
        if (done.status != 0) throw Failure("no country: " + done.output);
    }
    directory_ = std::make_unique<wire::Directory>(
        wire::load_directory(places_.directory(), places_.authority_key()));
}

RunningCountry::~RunningCountry() {
    offices_.clear();
    ::close(alive_);
    int status = 0;
    ::waitpid(guardian_, &status, 0);
    ::close(ports_);
}

// The guardian holds nothing of ours but the reading end of a pipe, which ends with us, however we
// end. What the programs left behind when their starter ended becomes our child, not init's.
void RunningCountry::guard() {
    if (::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) throw Failure("cannot adopt programs");
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) throw Failure("there is no pipe");
    guardian_ = ::fork();
    if (guardian_ < 0) throw Failure("cannot start another process");
    if (guardian_ == 0) {
        ::setsid();
        ::dup2(pipe[0], 3);
        ::close_range(4, ~0U, 0);
        read_all(3);
        end_country(places_);
        ::_exit(0);
    }
    ::close(pipe[0]);
    alive_ = pipe[1];
}

cli::Program RunningCountry::program(const std::string& name) const {
    const auto programs = cli::programs_of(places_);
    const auto found = std::ranges::find(programs, name, &cli::Program::name);
    if (found == programs.end()) throw Failure("there is no program " + name);
    return *found;
}

std::uint16_t RunningCountry::operator_port(const std::string& name) const {
    return program(name).operator_port;
}

std::string RunningCountry::portal() const {
    return cli::portal_url(cli::Ports(port_, cli::read_organisations()));
}

std::string RunningCountry::agent() const {
    return cli::agent_url(cli::Ports(port_, cli::read_organisations()));
}

Finished RunningCountry::cli(std::vector<std::string> words) const {
    words.insert(words.begin(), {places_.programs + "/mado-cli", "--root", places_.root});
    return run_program(words);
}

Finished RunningCountry::serve(const std::string& program, const std::string& config) const {
    return run_program({places_.programs + "/" + program, "serve", config});
}

void RunningCountry::up() {
    const auto done = cli({"up"});
    if (done.status != 0) throw Failure("up: " + done.output);
}

void RunningCountry::down() {
    const auto done = cli({"down"});
    if (done.status != 0) throw Failure("down: " + done.output);
}

void RunningCountry::kill9(const std::string& program) {
    const int pid = read_pid(places_, program);
    if (::kill(pid, SIGKILL) != 0) throw Failure(program + " was gone before it was killed");
    int status = 0;
    if (::waitpid(pid, &status, 0) != pid) throw Failure(program + " is not our child");
}

void RunningCountry::send_signal(const std::string& program, int signal) {
    if (::kill(read_pid(places_, program), signal) != 0) throw Failure(program + " is gone");
}

int RunningCountry::stop(const std::string& program) {
    const int pid = read_pid(places_, program);
    send_signal(program, SIGTERM);
    int status = 0;
    if (::waitpid(pid, &status, 0) != pid) throw Failure(program + " is not our child");
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

std::int64_t RunningCountry::start(const std::string& program) {
    const auto before = complaints();
    if (!before.empty()) throw Failure("before " + program + " started again: " + before);
    const auto begin = monotonic_us();
    cli::start_programs(places_, {this->program(program)});
    return (monotonic_us() - begin) / 1000;
}

std::string RunningCountry::complaints() const {
    std::string out;
    for (const auto& file : fs::directory_iterator(places_.run())) {
        if (file.path().extension() != ".log") continue;
        std::ifstream in(file.path());
        for (std::string line; std::getline(in, line);) {
            for (const std::string_view word :
                 {"Sanitizer", "runtime error", "stopped by a fault", "request_failed",
                  "batch_lost", "evidence_lost", "order_failed", "Assertion", "terminate"}) {
                if (line.find(word) == std::string::npos) continue;
                out += file.path().stem().string() + ": " + line + "\n";
            }
        }
    }
    return out;
}

void RunningCountry::at(const std::string& holder, const std::string& sql) const {
    db::Connection(path("state/country/holders/" + holder + ".sqlite"), db::Access::read_write)
        .run(sql);
}

const client::Identity& RunningCountry::office(const std::string& id) {
    auto& office = offices_[id];
    if (!office) {
        office = std::make_unique<client::Identity>(
            client::load_identity(id, places_.keys_of(id), places_.keys_of(id), *directory_));
    }
    return *office;
}

RawReply RunningCountry::send(const http::TlsContext& tls, std::string method, std::string path,
                              std::string body) const {
    return send({"127.0.0.1", port_}, tls, std::move(method), std::move(path), std::move(body));
}

RawReply RunningCountry::send(const http::Endpoint& to, const http::TlsContext& tls,
                              std::string method, std::string path, std::string body) const {
    http::Request request;
    request.method = std::move(method);
    request.path = std::move(path);
    request.body = std::move(body);
    if (!request.body.empty()) request.content_type = "application/json";
    return wait_for(exchange(to, &tls, std::move(request)));
}

RawReply RunningCountry::operator_page(const std::string& program, std::string path) const {
    http::Request request;
    request.path = std::move(path);
    return wait_for(exchange({"127.0.0.1", operator_port(program)}, nullptr, std::move(request)));
}

wire::Head RunningCountry::head(const std::string& requester) const {
    const auto now = unix_now();
    const bool care = requester == "care-provider-1";
    return {.issuer = participant(requester),
            .audience = participant("relay"),
            .jti = base64url(crypto::random_bytes(16)),
            .issued_at = now,
            .expires = now + wire::ask_lifetime_s,
            .to = {.holder = {}, .kind = code_id("medical-insurer"), .position = 1},
            .service = service("eligibility"),
            .purpose = code_id(care ? "care" : "treatment"),
            .seal_to = crypto::PrivateKey::generate(crypto::KeyType::p256).public_key(),
            .parameters = {{"on", "2026-11-22"}},
            .payload_hash = {},
            .person_operator = {},
            .card_seen = false};
}

std::string RunningCountry::sign(const wire::Head& head, const client::Identity& as) {
    return wire::sign_head(head, as.kid, as.signing_key);
}

RawReply RunningCountry::ask(const client::Identity& as, const wire::Head& head,
                             ByteView subject) const {
    return send(as.tls, "POST", "/v1/requests",
                wire::request_json({.head = sign(head, as), .subject = to_bytes(subject)}));
}

std::string RunningCountry::nonce(const client::Identity& office) const {
    const auto reply =
        send(office.tls, "POST", "/v1/nonce", R"({"for":")" + office.id.text() + R"("})");
    const auto object = parse_json_object(reply.body);
    if (reply.status != 200 || !object) throw Failure("no nonce: " + reply.body);
    return std::string(object->at("nonce").as_string());
}

wire::Mandate RunningCountry::mandate(const std::string& organisation) {
    const auto now = unix_now();
    return {.audience = participant("relay"),
            .organisation = participant(organisation),
            .kind = wire::MandateKind::check,
            .scope = {service("eligibility")},
            .nonce = nonce(office(organisation)),
            .issued_at = now,
            .expires = now + wire::check_lifetime_s,
            .stop = {}};
}

std::unique_ptr<card::Card> RunningCountry::insert(const std::string& card) const {
    auto opened = card::open_card(std::make_unique<chip::Inserted>(places_.card(card)));
    if (!opened) throw Failure("there is no card " + card);
    return std::move(*opened);
}

std::string RunningCountry::sign(const wire::Mandate& mandate, const std::string& card,
                                 const CardSecrets& secrets) const {
    const auto chip = insert(card);
    const bool applies = mandate.kind == wire::MandateKind::application;
    const auto use = applies ? card::KeyUse::signing : card::KeyUse::authentication;
    const Secret secret(as_bytes(applies ? secrets.password : secrets.pin));
    const auto certificate = applies ? chip->signing_certificate(secret).value()
                                     : chip->authentication_certificate().value();
    const auto text = crypto::jws_signing_text(
        wire::mandate_type, {.key_id = {}, .certificate = certificate.thumbprint()},
        certificate.public_key().jws_algorithm(), as_bytes(wire::mandate_payload(mandate)));
    const auto signature = chip->sign(use, secret, as_bytes(text));
    if (!signature) throw Failure("the card " + card + " does not sign");
    return crypto::join_jws(text, *signature);
}

client::Result<client::PersonEntries> RunningCountry::entries(const std::string& card) {
    auto login = mandate("portal");
    login.kind = wire::MandateKind::login;
    login.scope = {service("entries")};
    login.expires = login.issued_at + wire::login_lifetime_s;
    auto signed_login = sign(login, card);
    const auto policy = wire::load_policy(places_.policy(), *directory_);
    return wait_for(client::fetch_entries(*directory_, policy, office("portal"),
                                          std::move(signed_login), certificate_of(card)));
}

crypto::Certificate RunningCountry::certificate_of(const std::string& card) const {
    return insert(card)->authentication_certificate().value();
}

}  // namespace mado::tests
