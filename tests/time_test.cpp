// What must happen minutes later, through the real programs: their wall clock is moved on
// (tests/clock_shift.cpp), nothing else of them is altered.
#include <cstdlib>

#include "base/file.hpp"
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

}  // namespace

class TimeTest : public OneCountry {
  protected:
    static void SetUpTestSuite() {
        clock_ = std::make_unique<Clock>();
        OneCountry::SetUpTestSuite();
    }
    static void TearDownTestSuite() {
        OneCountry::TearDownTestSuite();
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

  private:
    static inline std::unique_ptr<Clock> clock_;
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
    EXPECT_EQ(shown.status, 2) << shown.output;
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

}  // namespace mado::tests
