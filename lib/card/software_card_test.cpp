#include "card/software_card.hpp"

#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <string>

#include "base/file.hpp"
#include "base/temp_folder.hpp"

namespace mado::card {
namespace {

namespace fs = std::filesystem;

constexpr UnixTime now = 1'795'312'800;  // 2026-11-22T02:00:00Z

class SoftwareCards : public testing::TestWithParam<crypto::KeyType> {
  protected:
    SoftwareCards() { personalise("1234"); }

    void personalise(std::string_view pin) {
        SoftwareCard::personalise(path_, certificate_, key_, Secret(as_bytes(pin)));
    }
    // "good", or how many tries are left.
    std::string sign(std::string_view pin, std::string_view message = "message") {
        const auto card = SoftwareCard::open(path_);
        const auto signature = card->sign_authentication(Secret(as_bytes(pin)), as_bytes(message));
        if (!signature) return std::to_string(signature.error().tries_left);
        EXPECT_TRUE(certificate_.public_key().verify(as_bytes(message), *signature));
        return "good";
    }
    int tries_left() { return SoftwareCard::open(path_)->tries_left(); }

    const TempFolder folder_;
    const std::string path_ = folder_.path("hanako.card");
    const crypto::PrivateKey key_ = crypto::PrivateKey::generate(GetParam());
    const crypto::Certificate certificate_ =
        crypto::self_signed({.use = crypto::CertificateUse::authentication,
                             .common_name = "card 1",
                             .not_before = now,
                             .not_after = now + 3600},
                            key_);
};

INSTANTIATE_TEST_SUITE_P(Keys, SoftwareCards,
                         testing::Values(crypto::KeyType::p256, crypto::KeyType::p384,
                                         crypto::KeyType::rsa));

TEST_P(SoftwareCards, SignWithTheRightPin) {
    EXPECT_EQ(sign("1234"), "good");
    EXPECT_EQ(sign("1234", ""), "good");
    const auto card = SoftwareCard::open(path_);
    EXPECT_EQ(card->authentication_certificate().thumbprint(), certificate_.thumbprint());
    EXPECT_EQ(card->tries_left(), 3);
}

TEST_P(SoftwareCards, CountWrongPinsDownAndLock) {
    EXPECT_EQ(tries_left(), 3);
    EXPECT_EQ(sign("0000"), "2");
    EXPECT_EQ(tries_left(), 2);
    EXPECT_EQ(sign("123"), "1");
    EXPECT_EQ(sign("12345"), "0");
    EXPECT_EQ(tries_left(), 0);
    // Locked stays locked, for the right PIN too.
    EXPECT_EQ(sign("1234"), "0");
    EXPECT_EQ(sign("0000"), "0");
    EXPECT_EQ(tries_left(), 0);
    // What needs no PIN can still be read.
    EXPECT_EQ(SoftwareCard::open(path_)->authentication_certificate().der(), certificate_.der());
}

TEST_P(SoftwareCards, SetTheCounterBackAfterTheRightPin) {
    EXPECT_EQ(sign(""), "2");
    EXPECT_EQ(sign("4321"), "1");
    EXPECT_EQ(sign("1234"), "good");
    EXPECT_EQ(tries_left(), 3);
    EXPECT_EQ(sign("4321"), "2");
}

using SoftwareCard1 = SoftwareCards;
INSTANTIATE_TEST_SUITE_P(OneKey, SoftwareCard1, testing::Values(crypto::KeyType::p256));

TEST_P(SoftwareCard1, CountsInTheFileSoThatAnotherProgramSeesIt) {
    const auto first = SoftwareCard::open(path_);
    const auto second = SoftwareCard::open(path_);
    const Secret wrong(as_bytes("0000"));
    EXPECT_EQ(first->sign_authentication(wrong, {}).error().tries_left, 2);
    EXPECT_EQ(second->tries_left(), 2);
    EXPECT_EQ(second->sign_authentication(wrong, {}).error().tries_left, 1);
    EXPECT_EQ(first->tries_left(), 1);
}

// Without a durable counter there is no answer: neither a signature nor "wrong".
TEST_P(SoftwareCard1, SaysNothingWhenItCannotCount) {
    const auto obstacle = path_ + ".new";  // where replace_file puts the new content
    fs::create_directories(obstacle + "/in the way");
    EXPECT_THROW(sign("0000"), Failure);
    EXPECT_THROW(sign("1234"), Failure);
    fs::remove_all(obstacle);
    EXPECT_EQ(tries_left(), 3);
    EXPECT_EQ(sign("1234"), "good");
}

// How often a file was put in place of another one in a folder.
class Replacements {
  public:
    explicit Replacements(const std::string& folder) : queue_(::inotify_init1(IN_NONBLOCK)) {
        EXPECT_GE(queue_, 0);
        // Creations too: equal events that follow each other would be reported as one.
        EXPECT_GE(::inotify_add_watch(queue_, folder.c_str(), IN_MOVED_TO | IN_CREATE), 0);
    }
    ~Replacements() { ::close(queue_); }
    Replacements(const Replacements&) = delete;
    Replacements& operator=(const Replacements&) = delete;

    int count() {
        alignas(inotify_event) std::array<char, 4096> buffer;
        const auto size = ::read(queue_, buffer.data(), buffer.size());
        int replaced = 0;
        for (ssize_t at = 0; at < size;) {
            inotify_event event{};
            std::memcpy(&event, buffer.data() + at, sizeof event);
            if ((event.mask & IN_MOVED_TO) != 0) ++replaced;
            at += static_cast<ssize_t>(sizeof event + event.len);
        }
        return replaced;
    }

  private:
    int queue_;
};

// The try is spent on disk before the PIN is compared: a right one is written twice, down and back.
TEST_P(SoftwareCard1, CountsBeforeItCompares) {
    Replacements replacements(fs::path(path_).parent_path().string());
    EXPECT_EQ(sign("1234"), "good");
    EXPECT_EQ(replacements.count(), 2);
    EXPECT_EQ(sign("0000"), "2");
    EXPECT_EQ(replacements.count(), 1);
}

TEST_P(SoftwareCard1, IsUsedByOneProgramAtATime) {
    const FileLock other(path_ + ".lock", "this card");
    EXPECT_THROW(sign("1234"), OperatorError);
    EXPECT_EQ(tries_left(), 3);
}

TEST_P(SoftwareCard1, IsAFileForItsOwnerOnly) {
    struct stat status{};
    ASSERT_EQ(::stat(path_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0600U);
    EXPECT_EQ(sign("0000"), "2");
    ASSERT_EQ(::stat(path_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0600U);
    ASSERT_EQ(::chmod(path_.c_str(), 0640), 0);
    EXPECT_THROW(SoftwareCard::open(path_), OperatorError);
}

TEST_P(SoftwareCard1, TakesAPinOfFourDigits) {
    for (const auto* pin : {"", "123", "12345", "abcd", "12 4", "１２３４", "-123"}) {
        EXPECT_THROW(personalise(pin), OperatorError) << pin;
    }
    EXPECT_EQ(sign("1234"), "good");  // the card stayed as it was
    personalise("0000");
    EXPECT_EQ(sign("0000"), "good");
    EXPECT_EQ(sign("1234"), "2");
}

TEST_P(SoftwareCard1, DoesNotHoldThePin) {
    personalise("9182");
    const auto first = *read_file(path_);
    EXPECT_FALSE(first.contains("9182"));
    // Two cards with one PIN cannot be told to have the same.
    personalise("9182");
    const auto check = [](const std::string& text) {
        const auto at = text.find("pin_check");
        return text.substr(at, 60);
    };
    EXPECT_NE(check(first), check(*read_file(path_)));
}

TEST_P(SoftwareCard1, IsMissingOrNoCard) {
    EXPECT_EQ(SoftwareCard::open(folder_.path("nobody.card")), nullptr);
    const auto good = *read_file(path_);
    const auto refuses = [&](std::string_view content) {
        replace_file(path_, as_bytes(content), 0600);
        try {
            SoftwareCard::open(path_);
        } catch (const OperatorError&) {
            return true;
        }
        return false;
    };
    EXPECT_FALSE(refuses(good));
    for (const auto* content : {"", "{}", "[]", "-----BEGIN PRIVATE KEY-----\n"}) {
        EXPECT_TRUE(refuses(content)) << content;
    }
    EXPECT_TRUE(refuses(good.substr(0, good.size() / 2)));
    EXPECT_TRUE(refuses(std::string(70'000, ' ')));
    const auto with = [&](std::string_view part, std::string_view by) {
        auto text = good;
        return text.replace(text.find(part), part.size(), by);
    };
    EXPECT_TRUE(refuses(with(R"("tries_left":3)", R"("tries_left":4)")));
    EXPECT_TRUE(refuses(with(R"("tries_left":3)", R"("tries_left":-1)")));
    EXPECT_TRUE(refuses(with(R"("tries_left":3)", R"("tries_left":3,"name":"")")));
    EXPECT_TRUE(refuses(with("pin_check", "pin_checks")));
    EXPECT_THROW(SoftwareCard::open(fs::path(path_).parent_path().string()), OperatorError);
}

}  // namespace
}  // namespace mado::card
