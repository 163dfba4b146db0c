// ./mado as its users meet it: starting, again and again, with whatever is wrong; and what `check`
// prints.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <filesystem>
#include <memory>
#include <set>
#include <thread>

#include "base/file.hpp"
#include "country_fixture.hpp"
#include "wire/order.hpp"

namespace mado::tests {
namespace {

namespace fs = std::filesystem;

// With sanitizers, beside another test. For what people start the goal is 5 s.
constexpr std::int64_t second_start_ms_max = 15'000;

// Takes a port until it is destroyed.
class TakenPort {
  public:
    explicit TakenPort(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        const int yes = 1;
        ::setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
            ::listen(socket_, 1) != 0) {
            throw Failure("the port cannot be taken");
        }
    }
    ~TakenPort() { ::close(socket_); }
    TakenPort(const TakenPort&) = delete;
    TakenPort& operator=(const TakenPort&) = delete;

  private:
    int socket_;
};

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

// The program says in words what is wrong, and does not break down over it.
void expect_sentence(const Finished& finished, std::string_view words) {
    EXPECT_EQ(finished.status, 2) << finished.output;
    EXPECT_TRUE(has(finished.output, words)) << words << "\n" << finished.output;
    for (const auto* sign :
         {"Sanitizer", "terminate", "what():", "stopped by a fault", "#0 ", "Assertion", "0x"}) {
        EXPECT_FALSE(has(finished.output, sign)) << finished.output;
    }
}

std::string line_of(const std::string& text, const std::string& beginning) {
    const auto at = text.find(beginning);
    return at == std::string::npos ? "" : text.substr(at, text.find('\n', at) - at);
}

}  // namespace

class StartTest : public OneCountry {
  protected:
    static std::string pids() {
        std::string out;
        for (const auto* program :
             {"relay", "gateway-1", "gateway-2", "gateway-3", "gateway-4", "gateway-5", "gateway-6",
              "gateway-7", "gateway-8", "ca", "witness-1", "witness-2"})
            out += read_file(country().path("run/" + std::string(program) + ".pid")).value_or("-") +
                   "\n";
        return out;
    }
    // What a failed `up` started, it has ended.
    static void expect_nothing_runs() {
        EXPECT_EQ(country().cli({"down"}).output, "mado: nothing was running\n");
    }
    static Finished cli_at(const std::string& root, std::vector<std::string> words) {
        words.insert(words.begin(), {country().places().programs + "/mado-cli", "--root", root});
        return run_program(words);
    }
    // Something is aside while `up` runs; then it is back, and the country starts.
    static void refuses_without(const std::string& what, std::string_view words) {
        country().down();
        const auto aside = country().path("aside");
        fs::rename(country().path(what), aside);
        expect_sentence(country().cli({"up"}), words);
        expect_nothing_runs();
        fs::remove_all(country().path(what));
        fs::rename(aside, country().path(what));
    }
    static void refuses_with(const std::string& file, const std::string& content,
                             std::string_view words) {
        country().down();
        const auto path = country().path(file);
        fs::copy_file(path, country().path("aside"), fs::copy_options::overwrite_existing);
        replace_file(path, as_bytes(content), 0600);
        expect_sentence(country().cli({"up"}), words);
        expect_nothing_runs();
        fs::rename(country().path("aside"), path);
    }
};

TEST_F(StartTest, SecondUpChangesNothing) {
    const auto before = pids();
    const auto directory = read_file(country().places().directory());
    const auto start = monotonic_us();
    country().up();
    EXPECT_LT((monotonic_us() - start) / 1000, second_start_ms_max);
    EXPECT_EQ(pids(), before);
    EXPECT_EQ(read_file(country().places().directory()), directory);
    country().down();
    const auto again = monotonic_us();
    country().up();
    EXPECT_LT((monotonic_us() - again) / 1000, second_start_ms_max);
    EXPECT_NE(pids(), before);
    EXPECT_EQ(read_file(country().places().directory()), directory);
}

TEST_F(StartTest, PortInUse) {
    country().down();
    for (const auto port : {country().port(), country().operator_port("gateway-3")}) {
        {
            const TakenPort taken(port);
            expect_sentence(country().cli({"up"}),
                            "port " + std::to_string(port) + " on 127.0.0.1 is in use");
        }
        country().down();
    }
    country().up();
}

// The other country's programs answer on these ports; that is not our country running.
TEST_F(StartTest, AnotherCountryHasThePorts) {
    const auto other = country().path("other");
    const auto port = std::to_string(country().port());
    const auto done = cli_at(other, {"up", "--people", "50", "--port", port});
    expect_sentence(done, "on 127.0.0.1 is in use by another program (process ");
    EXPECT_TRUE(has(done.output, "./mado up --fresh --port N")) << done.output;
    EXPECT_FALSE(has(done.output, "the country runs")) << done.output;
    EXPECT_FALSE(fs::exists(other + "/state")) << "nothing is made before";
    EXPECT_EQ(country().cli({"status"}).status, 0) << "the other one goes on";
}

TEST_F(StartTest, ProcessFileLost) {
    const auto before = pids();
    const auto path = country().path("run/relay.pid");
    const auto content = read_file(path).value();
    const auto pid = content.substr(0, content.find(' '));
    for (const std::string_view lost : {"", "nonsense", "17", "1 1", "4000000 12345"}) {
        replace_file(path, as_bytes(lost));
        if (lost.empty()) fs::remove(path);
        const auto up = country().cli({"up"});
        expect_sentence(up, "is in use by another program (process " + pid);
        const auto status = country().cli({"status"});
        EXPECT_EQ(status.status, 1) << status.output;
        EXPECT_TRUE(has(line_of(status.output, "relay"), "answers process " + pid))
            << status.output;
    }
    // Somebody else's process that runs: the page on the relay's port is not its.
    replace_file(path, as_bytes(read_file(country().path("run/witness-1.pid")).value()));
    const auto status = country().cli({"status"});
    EXPECT_EQ(status.status, 1) << status.output;
    EXPECT_TRUE(has(line_of(status.output, "relay"), "which is not this country's"))
        << status.output;
    replace_file(path, as_bytes(content));
    country().up();
    EXPECT_EQ(pids(), before) << "what runs was left alone";
}

TEST_F(StartTest, TwoAtOnce) {
    for (const auto* command : {"up", "down", "up"}) {
        auto held = std::make_unique<FileLock>(country().path("lock"), "the country");
        const std::jthread other([&held] {
            pause_ms(3'000);  // however long the other one takes to begin
            held.reset();
        });
        const auto done = country().cli({command});
        EXPECT_EQ(done.status, 0) << done.output;
        EXPECT_TRUE(has(done.output, "another ./mado is at work in ")) << done.output;
    }
}

TEST_F(StartTest, SizeIsForANewCountry) {
    for (const auto& words : std::vector<std::vector<std::string>>{{"up", "--port", "9000"},
                                                                   {"up", "--people", "60"}}) {
        expect_sentence(country().cli(words), "--port and --people are for a new one");
    }
    EXPECT_EQ(country().cli({"status"}).status, 0);
}

TEST_F(StartTest, FilesWhereFoldersBelong) {
    const auto file = country().path("a-file");
    replace_file(file, as_bytes("x"));
    expect_sentence(cli_at(file, {"up"}), "is not a folder");
    expect_sentence(cli_at(file, {"down"}), "is not a folder");
    const auto root = country().path("half");
    fs::create_directories(root);
    replace_file(root + "/run", as_bytes("x"));
    expect_sentence(cli_at(root, {"up"}), "half/run is not a folder");
    expect_sentence(cli_at(root, {"down"}), "half/run is not a folder");
}

TEST_F(StartTest, StatusAfterAKill) {
    const auto well = country().cli({"status"});
    EXPECT_EQ(well.status, 0) << well.output;
    EXPECT_FALSE(has(well.output, "UNHEALTHY")) << well.output;
    country().kill9("gateway-2");
    const auto one = country().cli({"status"});
    EXPECT_EQ(one.status, 1) << one.output;
    EXPECT_TRUE(has(line_of(one.output, "gateway-2"), "UNHEALTHY")) << one.output;
    EXPECT_TRUE(has(line_of(one.output, "gateway-2"), "does not run")) << one.output;
    EXPECT_TRUE(has(line_of(one.output, "relay"), " healthy")) << one.output;
    // Without the relay no gateway is of use.
    country().kill9("relay");
    const auto all = country().cli({"status"});
    EXPECT_EQ(all.status, 1);
    EXPECT_TRUE(has(line_of(all.output, "relay"), "does not run")) << all.output;
    EXPECT_TRUE(has(line_of(all.output, "gateway-1"), "not ready: no relay")) << all.output;
    country().up();
    const auto mended = country().cli({"status"});
    EXPECT_EQ(mended.status, 0) << mended.output;
}

TEST_F(StartTest, SomethingMissing) {
    refuses_without("keys", "keys");
    refuses_without("anchor", "anchor is missing");
    refuses_without("keys/relay/seal.key.wrapped", "wrap-keys CONFIG");
    refuses_without("keys/relay/token", "mado-relay");
    refuses_without("keys/relay/pin", "keys/relay/pin");
    refuses_without("keys/relay/tls.crt", "tls.crt");
    refuses_without("keys/gateway-2/tls.key", "cannot open the key file");
    refuses_without("state/port", "the state has no port file");
    refuses_without("state/authority.jwk", "the supervising authority's public key is missing");
    refuses_without("state/country/holders/990010.sqlite", "990010.sqlite");
    country().up();
}

TEST_F(StartTest, SomethingElseThere) {
    auto directory = *read_file(country().places().directory());
    auto& character = directory[directory.rfind('.') + 10];
    character = character == 'A' ? 'B' : 'A';
    refuses_with("state/directory.jws", directory, "directory_invalid");
    refuses_with("state/directory.jws", "no directory", "directory");
    refuses_with("state/relay/relay.sqlite", std::string(10'000, 'x'), "relay.sqlite");
    refuses_with("keys/relay/seal.key.wrapped", "short", "was altered");
    refuses_with("keys/relay/pin", "0000", "PIN");
    refuses_with("keys/relay/log.key", "no key", "log.key cannot be used");
    refuses_with("keys/990010/signing.key", "no key", "990010/signing.key");
    for (const auto* port : {"", "no port", "-1", "80", "7440x", "65536", "99999999999999999999"})
        refuses_with("state/port", port, "state/port does not hold a port");
    country().down();
    fs::permissions(country().path("keys/990010/signing.key"),
                    fs::perms::owner_read | fs::perms::owner_write | fs::perms::others_read);
    expect_sentence(country().cli({"up"}), "can be read by others; close it with: chmod 600");
    fs::permissions(country().path("keys/990010/signing.key"),
                    fs::perms::owner_read | fs::perms::owner_write);
    country().up();
}

// Nobody changes a row of the policy alone: its hash is in the directory.
TEST_F(StartTest, AlteredPolicy) {
    country().down();
    auto policy = *read_file(country().places().policy());
    const auto at = policy.find("\"clinic\"");
    ASSERT_NE(at, std::string::npos);
    policy.replace(at, 8, "\"portal\"");
    const auto path = country().path("policy.json");
    replace_file(path, as_bytes(policy));
    for (const std::string program : {"relay", "gateway-1"}) {
        auto config = *read_file(country().places().config(program));
        const auto honest = country().places().policy();
        config.replace(config.find(honest), honest.size(), path);
        const auto config_path = country().path("altered.toml");
        replace_file(config_path, as_bytes(config));
        expect_sentence(
            country().serve(program == "relay" ? "mado-relay" : "mado-gateway", config_path),
            "is not the file whose hash is in the directory");
        replace_file(config_path, as_bytes("no_such_setting = 1\n" + config));
        expect_sentence(
            country().serve(program == "relay" ? "mado-relay" : "mado-gateway", config_path),
            "altered.toml");
    }
    country().up();
}

// Whoever compares names needs the country's tables of them.
TEST_F(StartTest, TablesOfNames) {
    country().down();
    const auto config = *read_file(country().places().config("gateway-1"));
    const auto tables = country().places().name_tables();
    const auto other = country().path("other.json");
    const auto config_path = country().path("altered.toml");
    const auto starts_with = [&](const std::string& from, const std::string& to) {
        auto altered = config;
        altered.replace(altered.find(from), from.size(), to);
        replace_file(config_path, as_bytes(altered));
        return country().serve("mado-gateway", config_path);
    };
    expect_sentence(starts_with("[matching]\ntables = \"" + tables + "\"\n", ""),
                    "has the service existence, and the configuration no tables of names");
    expect_sentence(starts_with(tables, other), "the tables of names are missing");
    replace_file(other, as_bytes("{}"));
    expect_sentence(starts_with(tables, other), "other.json cannot be used: ");
    country().up();
}

// What the programs could not read, the authority does not sign.
TEST_F(StartTest, BrokenPolicyIsNotSigned) {
    const auto place = country().path("place");
    fs::create_directories(place + "/country");
    fs::copy("country/jp", place + "/country/jp", fs::copy_options::recursive);
    const auto there = [&place](std::vector<std::string> words) {
        words.insert(words.begin(),
                     {"/usr/bin/env", "-C", place, country().places().programs + "/mado-cli",
                      "--root", country().places().root});
        return run_program(words);
    };
    const auto directory = read_file(country().places().directory());
    for (const std::string name : {"policy.json", "schemes.json"}) {
        const auto path = place + "/country/jp/" + name;
        const auto good = read_file(path).value();
        for (const std::string_view broken : {"{}", "no JSON", "{\"policies\":[{}]}"}) {
            replace_file(path, as_bytes(broken));
            expect_sentence(there({"up"}), name + " cannot be used: ");
        }
        replace_file(path, as_bytes(good));
        EXPECT_EQ(read_file(country().places().directory()), directory);
    }
    // A good one is of use when it is signed.
    const auto policy = place + "/country/jp/policy.json";
    replace_file(policy, as_bytes(read_file(policy).value() + "\n"));
    const auto done = there({"log", "show", "--card", "hanako", "--pin", "1234"});
    expect_sentence(done, "is not the file whose hash is in the directory");
    EXPECT_TRUE(has(done.output, "./mado up signs a directory with it")) << done.output;
}

TEST_F(StartTest, WhatIsNoPinCostsNoTry) {
    for (const std::string_view pin : {"123", "12345", "abcd", "12 4", "１", "１２３４"}) {
        const auto done = country().cli({"check", "--card", "haru", "--pin=" + std::string(pin)});
        expect_sentence(done, "a PIN has 4 digits");
    }
    // Nothing is typed: the input is at its end.
    expect_sentence(country().cli({"log", "show", "--card", "haru"}), "a PIN has 4 digits");
    const auto wrong = country().cli({"check", "--card", "haru", "--pin", "9999"});
    EXPECT_EQ(wrong.status, 3) << wrong.output;
    EXPECT_TRUE(has(wrong.output, "Tries left: 2.")) << wrong.output;
    EXPECT_EQ(country().cli({"check", "--card", "haru", "--pin", "1234"}).status, 0);
}

// Said before the card is asked: a wrong PIN would cost a try.
TEST_F(StartTest, WhoMayNotCheck) {
    const auto check_as = [](const std::string& organisation) {
        return country().cli({"check", "--as", organisation, "--card", "mei", "--pin", "9999"});
    };
    for (const std::string organisation : {"portal", "relay", "issuer", "990010", "court-1"}) {
        const auto done = check_as(organisation);
        expect_sentence(done, "(" + organisation + ") may not check eligibility");
        EXPECT_TRUE(has(done.output,
                        "--as takes one of: care-provider-1, clinic-1, clinic-2, "
                        "police-1\n"))
            << done.output;
    }
    expect_sentence(check_as("clinic-9"), "there is no organisation \"clinic-9\"");
    const auto wrong = check_as("clinic-1");
    EXPECT_TRUE(has(wrong.output, "Tries left: 2.")) << wrong.output;
    EXPECT_EQ(country().cli({"check", "--card", "mei", "--pin", "1234"}).status, 0);
}

// What was printed and did not arrive is no success.
TEST_F(StartTest, OutputThatIsLost) {
    const auto into_a_full_disk = [](const std::string& words) {
        return run_program({"/bin/sh", "-c",
                            country().places().programs + "/mado-cli --root " +
                                country().places().root + " " + words + " >/dev/full"});
    };
    for (const auto* words : {"check --card haru --pin 1234 --json", "status", "log stats"})
        expect_sentence(into_a_full_disk(words), "could not be written");
}

TEST_F(StartTest, NoCountry) {
    const auto mado = [](const std::vector<std::string>& words) {
        return cli_at(country().path("nowhere"), words);
    };
    expect_sentence(mado({"check", "--card", "hanako", "--pin", "1234"}),
                    "there is no country yet");
    expect_sentence(mado({"log", "show", "--card", "hanako"}), "there is no country yet");
    expect_sentence(mado({"records", "claims", "--card", "hanako"}), "there is no country yet");
    expect_sentence(mado({"records"}), "subcommand");
    EXPECT_EQ(mado({"status"}).status, 1);
    EXPECT_EQ(mado({"down"}).output, "mado: nothing was running\n");
    expect_sentence(mado({"check"}), "--card, --health-number or --insurer");
    expect_sentence(mado({"check", "--health-number", "621874998319"}), "--birth-date");
    expect_sentence(mado({"up", "--people", "3"}), "--people");
    expect_sentence(mado({"check", "--insurer", "990010", "--birth-date", "1986-05-01"}),
                    "mado: --number is required");
    expect_sentence(mado({"check", "--health-number", "1", "--birth-date", "2199-01-01"}),
                    "this day has not come yet");
    expect_sentence(mado({"log"}), "mado: A subcommand is required");
    expect_sentence(mado({"log", "bogus"}), "mado: there is no command \"bogus\" in ./mado log");
    expect_sentence(mado({"log", "show", "--card", "hanako", "--bogus"}), "--bogus");
    EXPECT_FALSE(fs::exists(country().path("nowhere")));
}

TEST_F(StartTest, CheckInThreeWays) {
    const std::vector<std::vector<std::string>> ways{
        {"--card", "hanako", "--pin", "1234"},
        {"--health-number", "621874998319", "--birth-date", "1986-05-01"},
        {"--insurer", "990010", "--symbol", "あいう", "--number", "0000187", "--branch", "01",
         "--birth-date", "1986-05-01"}};
    for (auto words : ways) {
        words.insert(words.begin(), "check");
        const auto done = country().cli(words);
        EXPECT_EQ(done.status, 0) << done.output;
        for (const auto* part : {"A市国民健康保険", "厚労 花子", "あいう・0000187（枝番 01）",
                                 "3割 (30 %)", "receipt verified: entry "}) {
            EXPECT_TRUE(has(done.output, part)) << part << "\n" << done.output;
        }
    }
    // Before April she was insured elsewhere; nobody insures 守 since June, and welfare pays all.
    const auto before = country().cli(
        {"check", "--card", "hanako", "--pin", "1234", "--as", "clinic-2", "--on", "2026-03-01"});
    EXPECT_EQ(before.status, 0) << before.output;
    EXPECT_TRUE(has(before.output, "まどか電機健康保険組合")) << before.output;
    const auto welfare = country().cli({"check", "--card", "seiho", "--pin", "1234"});
    EXPECT_EQ(welfare.status, 0) << welfare.output;
    for (const auto* part : {"資格なし", "2026-06-09", "A市福祉事務所", "0割 (0 %)"})
        EXPECT_TRUE(has(welfare.output, part)) << part << "\n" << welfare.output;
    // A child's insurer and, after it, the city; with the card, by number, and at the city alone.
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"check", "--card", "mei", "--pin", "1234"},
          {"check", "--health-number", "251864975796", "--birth-date", "2022-07-07"}}) {
        const auto both = country().cli(words);
        EXPECT_EQ(both.status, 0) << both.output;
        const auto insurer = both.output.find("まどか電機健康保険組合");
        const auto city = both.output.find("A市子ども医療費助成");
        EXPECT_LT(insurer, city) << both.output;
        EXPECT_NE(city, std::string::npos) << both.output;
    }
    const auto city = country().cli(
        {"check", "--insurer", "88990015", "--number", "0000018", "--birth-date", "2022-07-07"});
    EXPECT_EQ(city.status, 0) << city.output;
    EXPECT_TRUE(has(city.output, "厚労 芽依")) << city.output;

    const auto log = country().cli({"log", "show", "--card", "hanako", "--pin", "1234"});
    EXPECT_EQ(log.status, 0) << log.output;
    EXPECT_TRUE(has(log.output, "花みずき内科クリニック → A市国民健康保険")) << log.output;
    EXPECT_TRUE(has(log.output, "健康保険法第3条第13項")) << log.output;
    EXPECT_TRUE(has(log.output, "5 proven")) << log.output;
}

namespace {

void expect_coverage(const json::object& coverage) {
    EXPECT_EQ(coverage.at("status"), "active");
    EXPECT_TRUE(coverage.contains("meta"));
    EXPECT_TRUE(coverage.contains("identifier"));
    EXPECT_TRUE(coverage.at("period").as_object().contains("start"));
    EXPECT_EQ(coverage.at("beneficiary").at("reference"), "#patient");
    EXPECT_EQ(coverage.at("payor").at(0).at("reference"), "#insurer");
    std::string contained;
    for (const auto& resource : coverage.at("contained").as_array())
        contained += std::string(resource.at("resourceType").as_string()) + " ";
    EXPECT_EQ(contained, "Patient Organization ");
}

}  // namespace

// A FHIR R4 Bundle: Haru's two payers in order of their rank, then receipt and answer of each
// order.
TEST_F(StartTest, CheckAsJson) {
    const auto done = country().cli(
        {"check", "--card", "haru", "--pin", "1234", "--as", "care-provider-1", "--json"});
    ASSERT_EQ(done.status, 0) << done.output;
    const auto bundle = valid(parse_json_object(
        done.output, {.text_bytes_max = 1U << 20U, .depth_max = 32, .values_max = 10'000}));
    EXPECT_EQ(bundle.at("resourceType"), "Bundle");
    EXPECT_EQ(bundle.at("type"), "collection");
    EXPECT_TRUE(bundle.contains("timestamp"));
    const auto& directory = country().directory();
    std::string types;
    std::set<std::string> urls;
    std::vector<json::object> binaries;
    for (const auto& entry : bundle.at("entry").as_array()) {
        const auto& resource = entry.at("resource").as_object();
        const std::string type(resource.at("resourceType").as_string());
        types += type + " ";
        urls.emplace(entry.at("fullUrl").as_string());
        if (type == "Coverage") expect_coverage(resource);
        if (type == "Binary") binaries.push_back(resource);
    }
    EXPECT_EQ(types, "Coverage Coverage Binary Binary Binary Binary ");
    ASSERT_EQ(binaries.size(), 4U);
    for (const std::size_t at : {0U, 2U})
        expect_proof(binaries[at], binaries[at + 1], directory);
    EXPECT_EQ(urls.size(), 6U) << "every resource has a name of its own";
}

}  // namespace mado::tests
