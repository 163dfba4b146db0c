// mado-ca as a program, with the gateway's mapping before it and the relay's reader of lists behind
// it: other people's clients, the time that a suspension takes, and a program that is killed.
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <random>
#include <set>
#include <thread>

#include "ca/take_on.hpp"
#include "ca/test_ca.hpp"
#include "ca/test_lint.hpp"
#include "child.hpp"
#include "gateway/records.hpp"
#include "relay/card_lists.hpp"
#include "wire/services/catalogue.hpp"
#include "wire/services/existence.hpp"
#include "wire/test_wire.hpp"

namespace mado {
namespace {

namespace fs = std::filesystem;
using crypto::run;
using crypto::run_well;

// One that nobody has just now.
std::uint16_t free_port() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size), 0);
    ::close(socket);
    return ntohs(address.sin_port);
}

std::string program() {
    return (fs::read_symlink("/proc/self/exe").parent_path() / "mado-ca").string();
}

// The authority as the directory of a small country has it, as a signed file too. The insurer
// stands in the place of a resident register.
wire::Directory directory_with(const wire::TestCountry& country,
                               const std::optional<crypto::Certificate>& authority,
                               const std::string& file = {}) {
    const auto ca = fmt::format(
        R"({{"id":"ca","name":"認証局","kind":"card-authority","certificates":["{}"],)"
        R"("signing_keys":[{{"kid":"{}","jwk":{}}}],)"
        R"("services":["certificate","certificate-status","certificates"],"addresses":[]}},)",
        base64url(wire::filled(20)), wire::kid_of(country.insurer),
        country.insurer.public_key().jwk());
    constexpr std::string_view next = R"({"id":"clinic-1")";
    const auto text = wire::replaced(country.directory_json(), next, ca + std::string(next));
    const auto signed_text = country.sign_directory(text);
    if (!file.empty()) crypto::write(file, signed_text);
    auto out = wire::valid(wire::open_directory(signed_text, country.authority.public_key()));
    if (authority) out.card_authorities.push_back(*authority);
    return out;
}

constexpr std::string_view number = "12345678901234567890";

class CaTest : public testing::Test {
  protected:
    CaTest() {
        write_config("p256");
        directory_with(country, {}, path("directory.jws"));
        crypto::write(path("authority.jwk"), country.authority.public_key().jwk());
        for (const auto* name : {"state", "lists"})
            fs::create_directory(path(name));
    }
    void write_config(const std::string& key) {
        crypto::write(
            path("ca.toml"),
            fmt::format("state = \"{0}/state\"\ncertificate = \"{0}/ca.pem\"\n"
                        "lists = \"{0}/lists\"\nurl = \"http://127.0.0.1:{1}\"\n"
                        "oid_arc = \"1.3.6.1.4.1.32473.1\"\nutc_offset_s = 32400\n"
                        "port = {1}\noperator_port = {2}\n"
                        "[token]\nmodule = \"{3}\"\nlabel = \"ca\"\npin_file = \"{4}\"\n"
                        "[authority]\ncountry = \"JP\"\norganisation = \"Mado test\"\n"
                        "name = \"試験認証局\"\nkey = \"{5}\"\n"
                        "[registers]\ndirectory = \"{0}/directory.jws\"\n"
                        "authority = \"{0}/authority.jwk\"\nkind = \"medical-insurer\"\n",
                        path("."), port, operator_port, ca::softhsm, token.path("pin"), key));
    }
    [[nodiscard]] std::string path(const std::string& name) const { return folder.path(name); }
    [[nodiscard]] crypto::Ran ca(const std::string& words) const {
        return run(program() + " " + words + " " + path("ca.toml"));
    }
    void init() const { ASSERT_EQ(ca("init").status, 0); }
    void launch() {
        child.emplace(std::vector<std::string>{program(), "serve", path("ca.toml")}, path("log"));
    }
    void start() {
        launch();
        const auto url = fmt::format("http://127.0.0.1:{}/readyz", operator_port);
        for (int i = 0; i < 400 && run("curl -sf " + url).status != 0; ++i) {
            ASSERT_TRUE(child->runs()) << crypto::read(path("log"));
            std::this_thread::sleep_for(std::chrono::milliseconds(25));
        }
    }
    [[nodiscard]] crypto::Certificate authority() const {
        return crypto::Certificate::from_pem(as_bytes(crypto::read(path("ca.pem")))).value();
    }
    void open_gateway() {
        const auto schemes =
            wire::valid(wire::Schemes::parse(crypto::read("country/jp/schemes.json")));
        directory.emplace(directory_with(country, authority()));
        records.emplace("country/jp/holders/ca.toml", path("state/ca.sqlite"), *directory, schemes);
    }
    [[nodiscard]] wire::ServiceQuestion question(std::string_view service,
                                                 const std::map<std::string, std::string>& asked,
                                                 std::string_view payload) const {
        const auto& contract = *wire::find_contract(service);
        const auto today = date_at(unix_now(), 32'400);
        return {.holder = *directory->find("ca"),
                .number = {{"number", std::string(number)}},
                .birth_date = {},
                .parameters = wire::valid(wire::read_parameters(contract, asked, today)),
                .payload = payload.empty() ? wire::Row()
                                           : wire::valid(wire::read_payload(contract, payload)),
                .now = unix_now(),
                .today = today};
    }
    // As the gateway does with an order. What the holder answers, and then takes in.
    wire::Outcome tell(std::string_view service, const std::string& act,
                       const json::object& payload,
                       const std::string& id = base64url(crypto::random_hash())) {
        std::map<std::string, std::string> parameters{{"act", act}};
        if (act == "issue-signing") {
            parameters.emplace("index", "7");
            parameters.emplace("order", base64url(wire::filled(7)));
        }
        const auto asked = question(service, parameters, json::serialize(payload));
        const auto outcome = records->answer(wire::service_id(service), asked).outcome;
        if (outcome == wire::Outcome::answered) {
            records->apply(wire::service_id(service), asked, {.id = id, .time = unix_now()});
        }
        return outcome;
    }
    json::object certificates() {
        auto answer =
            records->answer(wire::service_id("certificates"), question("certificates", {}, ""));
        if (answer.outcome != wire::Outcome::answered) return {};
        return std::move(*answer.data);
    }
    // Once no order waits any more.
    json::object decided() {
        for (int i = 0; i < 400; ++i) {
            auto now = certificates();
            if (!json::serialize(now).contains("waiting")) return now;
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        ADD_FAILURE() << "orders are not decided: " << crypto::read(path("log"));
        return {};
    }
    static json::object authentication() {
        return {{"public_key",
                 ca::spki_text(crypto::PrivateKey::generate(crypto::KeyType::p256).public_key())}};
    }
    // With what the register has answered to the order 7.
    json::object signing() { return signing(ca::test_person()); }
    json::object signing(const ca::Attributes& person) {
        auto out = authentication();
        const auto confirms =
            wire::commit_confirmed(wire::filled(8), {.name = person.name,
                                                     .kana = {},
                                                     .birth_date = person.birth_date,
                                                     .sex = person.sex,
                                                     .address = person.address});
        const json::object answer{
            {"iss", "06990014"},
            {"aud", base64url(wire::filled(1))},
            {"order", base64url(wire::filled(7))},
            {"iat", unix_now()},
            {"service", "existence"},
            {"as_of", 0},
            {"data", {{"verdict", "same"}, {"current", true}, {"confirms", base64url(confirms)}}}};
        out["answer"] = wire::jws_of("mado-answer+jws", json::serialize(answer), country.insurer);
        out["salt"] = base64url(wire::filled(8));
        out["name"] = person.name;
        out["address"] = person.address;
        out["birth_date"] = person.birth_date;
        out["sex"] = person.sex;
        return out;
    }
    static crypto::Certificate certificate_in(const json::value& one) {
        const auto der = parse_base64url(one.at("certificate").as_string()).value();
        return crypto::Certificate::from_der(der).value();
    }
    crypto::Certificate ordered(const std::string& act, const json::object& payload) {
        EXPECT_EQ(tell("certificate", act, payload), wire::Outcome::answered);
        for (const auto& one : decided().at("certificates").as_array()) {
            auto certificate = certificate_in(one);
            const auto spki = ca::spki_text(certificate.public_key());
            if (spki == payload.at("public_key").as_string()) return certificate;
        }
        throw Failure("no certificate of that key");
    }

    wire::TestCountry country;
    TempFolder folder;
    ca::TestToken token;
    const std::uint16_t port = free_port();
    const std::uint16_t operator_port = free_port();
    std::optional<wire::Directory> directory;
    std::optional<gateway::Records> records;
    std::optional<Child> child;
};

// Killed at some moment and called again it has issued one certificate for each line.
TEST_F(CaTest, AFileOfOrdersIsTakenOnOnce) {
    constexpr int people = 60;
    init();
    std::string lines;
    for (int i = 0; i < people; ++i) {
        auto order = authentication();
        order["number"] = std::string(number);
        order["act"] = "issue-authentication";
        lines += json::serialize(order) + "\n";
    }
    crypto::write(path("orders"), lines);
    const std::vector<std::string> words{program(), "take-on", path("ca.toml"), path("orders"),
                                         path("issued")};
    crypto::write(path("log"), "");
    {
        Child killed(words, path("log"));
        for (int i = 0; i < 2'000 && !crypto::read(path("log")).contains("list_written"); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        killed.kill();
    }
    const auto command =
        fmt::format("{} take-on {} {} {}", program(), words[2], words[3], words[4]);
    const auto ran = run(command);
    EXPECT_EQ(ran.status, 0) << ran.output;
    EXPECT_TRUE(ran.output.contains("60 certificates, 0 orders refused")) << ran.output;
    const auto issued = crypto::read(path("issued"));
    EXPECT_EQ(std::ranges::count(issued, '\n'), people);
    run_well(command);
    EXPECT_EQ(crypto::read(path("issued")), issued) << "the same file once more is nothing new";

    start();
    EXPECT_EQ(run(command).status, 2) << "not while it serves";
    open_gateway();
    const auto now = decided();
    EXPECT_EQ(now.at("certificates").as_array().size(), std::size_t{people});
    ASSERT_EQ(now.at("orders").as_array().size(), std::size_t{people});
    const auto file = crypto::sha256(as_bytes(lines));
    std::set<std::string> orders;
    for (const auto& one : now.at("orders").as_array())
        orders.emplace(one.at("order").as_string());
    EXPECT_TRUE(orders.contains(ca::take_on_id(file, 1)));
    EXPECT_TRUE(orders.contains(ca::take_on_id(file, people)));
}

TEST_F(CaTest, ThereIsOneAuthority) {
    const auto early = ca("serve");
    EXPECT_EQ(early.status, 2) << early.output;
    init();
    const auto pem = crypto::read(path("ca.pem"));
    const auto again = ca("init");
    EXPECT_EQ(again.status, 2);
    EXPECT_TRUE(again.output.contains("there is an authority already")) << again.output;
    EXPECT_EQ(crypto::read(path("ca.pem")), pem);
    EXPECT_EQ(ca::lint(ca::Profile::authority, authority().der(), authority()),
              std::vector<std::string>{});
    start();
    EXPECT_EQ(ca("serve").status, 2) << "one at a time";
    crypto::write(token.path("pin"), "654321");
    child.reset();
    EXPECT_EQ(ca("serve").status, 2) << "another PIN";
}

TEST_F(CaTest, AnInitThatWasCutOffComesToItsEnd) {
    init();
    fs::remove(path("ca.pem"));  // killed after the keys were made
    init();
    start();
}

TEST_F(CaTest, OrdersComeBackAsCertificatesThroughTheGatewaysMapping) {
    init();
    start();
    open_gateway();
    EXPECT_TRUE(certificates().empty()) << "nobody's number";
    const auto first = base64url(crypto::random_hash());
    EXPECT_EQ(tell("certificate", "issue-authentication", authentication(), first),
              wire::Outcome::answered);
    EXPECT_EQ(tell("certificate", "issue-signing", signing()), wire::Outcome::answered);
    auto child = ca::test_person();
    child.birth_date = to_text(date_at(unix_now() - 14 * 366 * ca::day_s, 0));
    EXPECT_EQ(tell("certificate", "issue-signing", signing(child)), wire::Outcome::answered);
    auto lie = signing();
    lie["name"] = "山田 太郎";
    EXPECT_EQ(tell("certificate", "issue-signing", lie), wire::Outcome::answered);
    auto alone = signing();
    alone.erase("answer");
    EXPECT_EQ(tell("certificate", "issue-signing", alone), wire::Outcome::answered);
    const auto all = decided();
    const auto& list = all.at("certificates").as_array();
    const auto& orders = all.at("orders").as_array();
    ASSERT_EQ(list.size(), 2U);
    ASSERT_EQ(orders.size(), 5U);
    EXPECT_EQ(orders[0].at("order").as_string(), first);
    EXPECT_EQ(orders[0].at("outcome"), "issued");
    EXPECT_EQ(orders[2].at("outcome"), "refused");
    EXPECT_EQ(orders[2].at("refusal"), "too_young");
    EXPECT_EQ(orders[3].at("refusal"), "register_other") << "another name than the register's";
    EXPECT_EQ(orders[4].at("refusal"), "register_missing");
    for (const auto& one : list) {
        EXPECT_EQ(one.at("status"), "good");
        EXPECT_TRUE(certificate_in(one).issued_by(authority()));
        EXPECT_EQ(ca::serial_text(certificate_in(one).serial()), one.at("serial").as_string());
    }
    // The gateway after a crash, or the relay once more: the same order.
    tell("certificate", "issue-authentication", authentication(), first);
    EXPECT_EQ(decided().at("certificates").as_array().size(), 2U);
    // Somebody else's certificate.
    EXPECT_EQ(tell("certificate-status", "revoke",
                   {{"serial", std::string(40, '4')}, {"reason", "lost"}}),
              wire::Outcome::no_match);
}

// By an authority of each type of key.
class ClientsOf : public CaTest, public testing::WithParamInterface<const char*> {
  protected:
    ClientsOf() { write_config(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(Key, ClientsOf, testing::Values("p256", "p384", "rsa3072"),
                         [](const auto& one) { return std::string(one.param); });

TEST_P(ClientsOf, OtherPeoplesClientsTakeWhatItServes) {
    init();
    start();
    open_gateway();
    const auto one = ordered("issue-authentication", authentication());
    crypto::write(path("one.pem"), mado::to_text(one.pem()));
    const auto url = fmt::format("http://127.0.0.1:{}", port);
    const auto ocsp = [&](const std::string& options) {
        return run_well(fmt::format("openssl ocsp {} -issuer {} -cert {} -url {}/ocsp -CAfile {}",
                                    options, path("ca.pem"), path("one.pem"), url, path("ca.pem")));
    };
    for (const auto* options : {"", "-no_nonce", "-sha256"}) {
        const auto said = ocsp(options);
        EXPECT_TRUE(said.contains("Response verify OK")) << said;
        EXPECT_TRUE(said.contains("one.pem: good")) << said;
        EXPECT_FALSE(said.contains("WARNING")) << said;
    }
    // By GET, as RFC 5019 prefers it; OpenSSL reads the answer.
    run_well(fmt::format("openssl ocsp -issuer {} -no_nonce -cert {} -reqout {}", path("ca.pem"),
                         path("one.pem"), path("request.der")));
    auto text = base64(as_bytes(crypto::read(path("request.der"))));
    for (std::size_t at = 0; (at = text.find('/', at)) != std::string::npos; at += 3)
        text.replace(at, 1, "%2F");
    run_well(fmt::format("curl -sf -o {} '{}/ocsp/{}'", path("answer.der"), url, text));
    const auto said =
        run_well(fmt::format("openssl ocsp -issuer {} -no_nonce -cert {} -respin {} -CAfile {}",
                             path("ca.pem"), path("one.pem"), path("answer.der"), path("ca.pem")));
    EXPECT_TRUE(said.contains("one.pem: good")) << said;
    // It finds the addresses in the certificate.
    const auto expect_gnutls = [&](const std::string& status) {
        const auto gnutls = run(
            fmt::format("ocsptool --ask --nonce --load-issuer {} --load-trust {} --load-cert {}",
                        path("ca.pem"), path("ca.pem"), path("one.pem")));
        EXPECT_TRUE(gnutls.output.contains("Certificate Status: " + status + "\n"))
            << gnutls.output;
        EXPECT_TRUE(gnutls.output.contains("Success")) << gnutls.output;
    };
    expect_gnutls("good");
    EXPECT_EQ(run_well("curl -sf " + url + "/ca.crt | sha256sum").substr(0, 64),
              hex(authority().thumbprint()));
    const auto verify = fmt::format(
        "openssl verify -x509_strict -crl_check -crl_download -CAfile "
        "{} {}",
        path("ca.pem"), path("one.pem"));
    run_well(verify);
    const auto change = [&](const std::string& act, const char* reason) {
        EXPECT_EQ(tell("certificate-status", act,
                       {{"serial", ca::serial_text(one.serial())}, {"reason", reason}}),
                  wire::Outcome::answered);
        decided();
    };
    change("suspend", "lost");
    EXPECT_TRUE(ocsp("").contains("Reason: certificateHold"));
    expect_gnutls("revoked");
    change("resume", "found");
    EXPECT_TRUE(ocsp("").contains("one.pem: good"));
    expect_gnutls("good");
    change("revoke", "lost");
    EXPECT_TRUE(ocsp("").contains("Reason: keyCompromise"));
    expect_gnutls("revoked");
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    EXPECT_TRUE(run(verify).output.contains("certificate revoked"));
}

TEST_F(CaTest, ASuspensionReachesTheRelayWithinTwoSeconds) {
    init();
    start();
    open_gateway();
    const auto one = ordered("issue-authentication", authentication());
    const Log log("test", ca::null_device());
    relay::CardLists lists(*directory, path("lists"), log);
    const auto judged = [&] {
        lists.refresh(unix_now());
        return lists.judge(authority().thumbprint(), one.serial(), unix_now());
    };
    const auto reaches = [&](std::optional<wire::Code> wanted) {
        const auto from = monotonic_us();
        while (judged() != wanted && monotonic_us() < from + 10'000'000)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        return (monotonic_us() - from) / 1'000;
    };
    EXPECT_EQ(judged(), std::nullopt);
    const json::object lost{{"serial", ca::serial_text(one.serial())}, {"reason", "lost"}};
    const json::object found{{"serial", ca::serial_text(one.serial())}, {"reason", "found"}};
    std::int64_t slowest = 0;
    for (int i = 0; i < 5; ++i) {
        tell("certificate-status", "suspend", lost);
        slowest = std::max(slowest, reaches(wire::Code::card_revoked));
        tell("certificate-status", "resume", found);
        slowest = std::max(slowest, reaches(std::nullopt));
    }
    std::cout << "from the order to the list: " << slowest << " ms at the most\n";
    // The relay looks every second.
    EXPECT_LE(slowest + 1'000, 2'000);
}

TEST_F(CaTest, KilledAtAnyMomentItLosesNoOrderAndSignsNoneTwice) {
    constexpr int orders = 300;
    init();
    open_gateway();
    std::mt19937 random(std::random_device{}());
    for (int i = 0; i < orders; ++i)
        tell("certificate", "issue-authentication", authentication());
    db::Connection look(path("state/ca.sqlite"), db::Access::read_only);
    const auto count = [&look](const std::string& what) {
        auto statement = look.prepare("select " + what);
        statement.step();
        return statement.integer(0);
    };
    int kills = 0;
    for (; kills < 40 && count("count(*) from decided") < orders; ++kills) {
        launch();  // also killed while it starts
        std::this_thread::sleep_for(
            std::chrono::milliseconds(std::uniform_int_distribution(50, 500)(random)));
        child->kill();
    }
    std::cout << "killed " << kills << " times\n";
    EXPECT_GE(kills, 2);
    start();
    while (count("count(*) from decided") < orders)
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_EQ(count("count(*) from certificate"), orders);
    EXPECT_EQ(count("count(distinct line) from certificate"), orders);
    EXPECT_EQ(count("count(*) from decided where outcome = 'issued'"), orders);
    EXPECT_EQ(count("count(*) from certificate where status = 'good'"), orders)
        << "each key is another one";
    EXPECT_EQ(count("max(line) from decided"), orders);
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    const auto list = crypto::Crl::read(
        as_bytes(crypto::read(path("lists/" + base64url(authority().thumbprint()) + ".crl"))),
        authority());
    ASSERT_TRUE(list.has_value());
    EXPECT_TRUE(list->revoked().empty());
}

}  // namespace
}  // namespace mado
