// What must happen minutes, days and months later, through the real programs: their wall clock is
// moved on (tests/clock_shift.cpp), and their policy keeps entries for a shorter time.
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <regex>

#include "base/file.hpp"
#include "base/temp_folder.hpp"
#include "cli/card_authority.hpp"
#include "country_fixture.hpp"

namespace mado::tests {
namespace {

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

// The seconds by which the clock of the test and of its programs runs ahead.
class Clock {
  public:
    Clock() {
        write();
        ::setenv("MADO_CLOCK_SHIFT", path_.c_str(), 1);
    }
    ~Clock() { ::unlink(path_.c_str()); }
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;

    void advance(std::int64_t seconds) {
        const auto before = unix_now();
        shift_s_ += seconds;
        write();
        if (unix_now() < before + seconds) throw Failure("clock_shift is not loaded");
    }

  private:
    // In place: every program has the file mapped.
    void write() {
        std::FILE* file = std::fopen(path_.c_str(), shift_s_ == 0 ? "wb" : "r+b");
        if (file == nullptr) throw Failure("cannot write " + path_);
        const auto written = std::fwrite(&shift_s_, sizeof shift_s_, 1, file);
        if (std::fclose(file) != 0 || written != 1) throw Failure("cannot write " + path_);
    }
    std::string path_ = ::testing::TempDir() + "mado-clock-" + std::to_string(::getpid());
    std::int64_t shift_s_ = 0;
};

// Certificates and cards end before five years have passed.
constexpr std::string_view keep_in_country = R"("keep_days": 1826)";
constexpr std::string_view keep_here = R"("keep_days": 40)";

// The folder that programs start in: the repository's country with entries kept for 40 days.
class ShortRetention {
  public:
    ShortRetention() : before_(std::filesystem::current_path()) {
        const auto country = folder_.path("country/jp");
        std::filesystem::create_directories(folder_.path("country"));
        std::filesystem::copy("country/jp", country, std::filesystem::copy_options::recursive);
        auto policy = read_file(country + "/policy.json").value();
        for (auto at = policy.find(keep_in_country); at != std::string::npos;
             at = policy.find(keep_in_country)) {
            policy.replace(at, keep_in_country.size(), keep_here);
        }
        replace_file(country + "/policy.json", as_bytes(policy));
        std::filesystem::current_path(folder_.path("."));
    }
    ~ShortRetention() { std::filesystem::current_path(before_); }
    ShortRetention(const ShortRetention&) = delete;
    ShortRetention& operator=(const ShortRetention&) = delete;

  private:
    TempFolder folder_;
    std::filesystem::path before_;
};

}  // namespace

class TimeTest : public OneCountry {
  protected:
    static void SetUpTestSuite() {
        clock_ = std::make_unique<Clock>();
        retention_ = std::make_unique<ShortRetention>();
        OneCountry::SetUpTestSuite();
    }
    static void TearDownTestSuite() {
        OneCountry::TearDownTestSuite();
        retention_.reset();
        clock_.reset();
    }
    static Clock& clock() { return *clock_; }
    static RawReply check(const wire::Mandate& mandate) {
        const auto signed_mandate = country().sign(mandate, "hanako");
        return country().ask(country().office("clinic-1"), country().head("clinic-1"),
                             as_bytes(wire::mandate_subject(signed_mandate)));
    }
    static Finished claims() {
        return country().cli({"records", "claims", "--card", "hanako", "--pin", "1234"});
    }
    // The log of a program, as its operator reads it.
    static std::string log_of(const std::string& program) {
        return read_file(country().places().run() + "/" + program + ".log").value_or("");
    }

    static Finished log(const std::string& command, std::vector<std::string> more = {}) {
        std::vector<std::string> words{"log", command};
        words.insert(words.end(), more.begin(), more.end());
        return country().cli(words);
    }
    static Finished of_mei(const std::string& command, std::vector<std::string> more = {}) {
        more.insert(more.begin(), {"--card", "mei", "--pin", "1234"});
        return log(command, std::move(more));
    }
    // What is due by the clock is done at a start, or within a minute.
    static void advance_and_start(std::int64_t seconds, const std::vector<std::string>& programs) {
        clock().advance(seconds);
        cli::write_card_lists(country().places());  // of that day
        for (const auto& program : programs) {
            country().kill9(program);
            country().start(program);
        }
    }

  private:
    static inline std::unique_ptr<Clock> clock_;
    static inline std::unique_ptr<ShortRetention> retention_;
};

// One of two witnesses that the quorum needs falls silent.
TEST_F(TimeTest, TenMinutesWithoutAWitness) {
    country().kill9("witness-2");
    clock().advance(9 * 60);
    const auto answered = claims();
    EXPECT_EQ(answered.status, 0) << answered.output;
    clock().advance(2 * 60);
    const auto refused = claims();
    EXPECT_TRUE(has(refused.output, "log_unwitnessed")) << refused.output;
    EXPECT_EQ(check(country().mandate("clinic-1")).status, 200) << "eligibility goes on";
    for (int i = 0; i < 700 && !has(log_of("gateway-1"), "log_alarm"); ++i)
        pause_ms(100);  // a round of settling each minute
    EXPECT_TRUE(has(log_of("gateway-1"), "log_alarm"));
    clock().advance(9 * 60);
    const auto shown = country().cli({"log", "show", "--card", "hanako", "--pin", "1234"});
    EXPECT_EQ(shown.status, 5) << shown.output;
    EXPECT_TRUE(has(shown.output, "have not been witnessed for ten minutes")) << shown.output;

    country().start("witness-2");
    auto again = claims();
    for (int i = 0; i < 700 && again.status != 0; ++i) {
        pause_ms(1000);
        again = claims();
    }
    EXPECT_EQ(again.status, 0) << again.output;
}

TEST_F(TimeTest, NonceLivesForFiveMinutes) {
    const auto used_after = [](std::int64_t seconds) {
        auto mandate = country().mandate("clinic-1");
        clock().advance(seconds);
        mandate.issued_at += seconds;
        mandate.expires += seconds;
        return check(mandate);
    };
    EXPECT_EQ(used_after(wire::nonce_lifetime_s - 20).status, 200);
    const auto late = used_after(wire::nonce_lifetime_s);
    EXPECT_EQ(late.code, "mandate_nonce") << late.body;
}

// One insurer's person. First the order of an investigator that a court has sealed, then a
// clinic's.
TEST_F(TimeTest, SealedUntilItsDayAndErasedAfterItsMonth) {
    constexpr std::string_view police = "九十九県警察本部 → まどか電機健康保険組合";
    constexpr std::string_view clinic = "花みずき内科クリニック → まどか電機健康保険組合";
    constexpr std::int64_t day_s = 86'400;
    const auto until = to_rfc3339(unix_now() + 2 * day_s).substr(0, 10);
    const std::vector<std::string> mei{"--insurer",    "06990014",  "--symbol", "21",
                                       "--number",     "1042",      "--branch", "01",
                                       "--birth-date", "2022-07-07"};
    std::vector<std::string> sealed{"check",   "--as",           "police-1", "--sealed-by",
                                    "court-1", "--sealed-until", until};
    sealed.insert(sealed.end(), mei.begin(), mei.end());
    const auto asked = country().cli(sealed);
    ASSERT_EQ(asked.status, 0) << asked.output;
    const auto treated = country().cli({"check", "--card", "mei", "--pin", "1234"});
    ASSERT_EQ(treated.status, 0) << treated.output;

    const auto hidden = of_mei("show", {"--compare"});
    EXPECT_EQ(hidden.status, 0) << hidden.output;
    EXPECT_FALSE(has(hidden.output, "警察")) << hidden.output;
    EXPECT_TRUE(has(hidden.output, "\n   1  ")) << hidden.output;
    EXPECT_TRUE(has(hidden.output, clinic)) << hidden.output;
    EXPECT_TRUE(has(hidden.output, "証跡 1 件")) << "nor has the holder's evidence it\n"
                                                 << hidden.output;
    EXPECT_FALSE(has(of_mei("bells").output, "警察"));
    const auto counted = log("stats");
    EXPECT_TRUE(has(counted.output, "investigator         investigation        10 未満"))
        << counted.output;
    EXPECT_TRUE(has(counted.output, "sealed entries: 10 未満")) << counted.output;

    // The gateways of every holder that the comparison asks.
    advance_and_start(3 * day_s, {"relay", "gateway-2", "gateway-3", "gateway-7", "gateway-8"});
    auto opened = of_mei("show", {"--compare"});
    for (int i = 0; i < 100 && has(opened.output, "照合できません"); ++i) {
        pause_ms(100);  // until the gateway has seen the log of this day
        opened = of_mei("show", {"--compare"});
    }
    EXPECT_EQ(opened.status, 0) << opened.output;
    EXPECT_TRUE(has(opened.output, police)) << opened.output;
    EXPECT_TRUE(has(opened.output, "九十九地方裁判所 の命令により " + until)) << opened.output;
    EXPECT_TRUE(has(opened.output, "改ざんなし")) << opened.output;
    EXPECT_TRUE(has(opened.output, "nothing is missing on either side")) << opened.output;
    const auto bells = of_mei("bells");
    EXPECT_TRUE(has(bells.output, "開示の制限が終わりました")) << bells.output;
    EXPECT_TRUE(has(log("stats").output, "sealed entries: 0\n"));

    // Like any other entry it can be questioned.
    std::smatch line;
    ASSERT_TRUE(std::regex_search(opened.output, line, std::regex("\n *([0-9]+)  [^\n]*警察")));
    const auto question = of_mei("question", {"--entry", line[1], "--text", "なぜ"});
    EXPECT_EQ(question.status, 0) << question.output;
    EXPECT_TRUE(has(question.output, "九十九県警察本部 に質問しました")) << question.output;
    const auto questions = of_mei("questions");
    EXPECT_TRUE(questions.output.starts_with(fmt::format("{:>4}  ", line[1].str())))
        << questions.output;
    EXPECT_TRUE(has(country().cli({"log", "questions", "--as", "police-1"}).output, "なぜ"));

    advance_and_start(80 * day_s, {"relay"});
    const auto erased = of_mei("show");
    EXPECT_EQ(erased.status, 0) << erased.output;
    EXPECT_TRUE(has(erased.output, "\n   1  （20")) << erased.output;
    EXPECT_TRUE(has(erased.output, "erased at its retention's end")) << erased.output;
    EXPECT_TRUE(has(erased.output, "改ざんなし")) << "their proofs stay\n" << erased.output;
    for (const auto name : {police, clinic})
        EXPECT_FALSE(has(erased.output, name)) << erased.output;
    const auto verified = log("verify");
    EXPECT_EQ(verified.status, 0) << verified.output;
}

}  // namespace mado::tests
