#include "base/file.hpp"

#include <errno.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <thread>

#include "base/program.hpp"
#include "base/temp_folder.hpp"

namespace mado {
namespace {

unsigned mode_of(const std::string& path) {
    struct stat status{};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    return status.st_mode & 07777;
}

std::set<std::string> names_in(const std::string& folder) {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        names.insert(entry.path().filename());
    }
    return names;
}

TEST(File, ReplacesContentAndMode) {
    const TempFolder folder;
    const auto path = folder.path("state");
    EXPECT_EQ(read_file(path), std::nullopt);
    replace_file(path, as_bytes("one"), 0600);
    EXPECT_EQ(read_file(path), "one");
    EXPECT_EQ(mode_of(path), 0600U);
    replace_file(path, as_bytes(""), 0640);
    EXPECT_EQ(read_file(path), "");
    EXPECT_EQ(mode_of(path), 0640U);
    replace_file(path, Bytes(300'000, 'x'));
    EXPECT_EQ(read_file(path)->size(), 300'000U);
    EXPECT_EQ(mode_of(path), 0644U);
    EXPECT_EQ(names_in(folder.path("")), std::set<std::string>{"state"});
}

TEST(File, AReaderSeesTheOldOrTheNewContentOnly) {
    const TempFolder folder;
    const auto path = folder.path("state");
    replace_file(path, Bytes(50'000, 'a'));
    std::jthread writer([&path](const std::stop_token& stop) {
        for (char c = 'b'; !stop.stop_requested(); c = c == 'z' ? 'a' : static_cast<char>(c + 1)) {
            replace_file(path, Bytes(50'000, static_cast<std::uint8_t>(c)));
        }
    });
    for (int i = 0; i < 200; ++i) {
        const auto content = read_file(path);
        ASSERT_TRUE(content.has_value());
        ASSERT_EQ(content->size(), 50'000U);
        ASSERT_EQ(content->find_first_not_of(content->front()), std::string::npos);
    }
}

TEST(File, WhatAnEarlierAttemptLeftIsNotTakenOver) {
    const TempFolder folder;
    const auto path = folder.path("key");
    const auto victim = folder.path("victim");
    replace_file(victim, as_bytes("untouched"));
    ASSERT_EQ(::symlink(victim.c_str(), (path + ".new").c_str()), 0);
    replace_file(path, as_bytes("secret"), 0600);
    EXPECT_EQ(read_file(victim), "untouched");
    EXPECT_EQ(mode_of(path), 0600U);
}

TEST(File, AFailureLeavesTheOldContentAndNoHalfFile) {
    const TempFolder folder;
    std::filesystem::create_directory(folder.path("taken"));
    replace_file(folder.path("taken/inside"), as_bytes("old"));
    EXPECT_THROW(replace_file(folder.path("taken"), as_bytes("new")), Failure);
    EXPECT_EQ(names_in(folder.path("")), std::set<std::string>{"taken"});
    EXPECT_EQ(read_file(folder.path("taken/inside")), "old");
    EXPECT_THROW(replace_file(folder.path("absent/file"), as_bytes("new")), Failure);
    EXPECT_THROW(read_file(folder.path("taken")), Failure);
}

// Whoever runs the program reads what to mend; anything else is a fault of ours.
TEST(File, WhatSomebodyCanMendIsAnOperatorsError) {
    const TempFolder folder;
    std::filesystem::create_directory(folder.path("taken"));
    replace_file(folder.path("file"), as_bytes("x"));
    const auto status_of = [](const std::function<void()>& act) {
        std::string name = "test";
        char* words[] = {name.data(), nullptr};
        return run_program(name, 1, words, [&act](const Words&) {
            act();
            return 0;
        });
    };
    const auto write = [](const std::string& path) { replace_file(path, as_bytes("new")); };
    EXPECT_EQ(status_of([&folder] { read_file(folder.path("taken")); }), status_operator);
    EXPECT_EQ(status_of([&folder] { read_file(folder.path("file"), 0); }), status_operator);
    EXPECT_EQ(status_of([&] { write(folder.path("taken")); }), status_operator);
    EXPECT_EQ(status_of([&] { write(folder.path("absent/file")); }), status_operator);
    EXPECT_EQ(status_of([&] { write(folder.path("file/inside")); }), status_operator);
    EXPECT_EQ(status_of([&] { std::filesystem::create_directories(folder.path("file/inside")); }),
              status_operator);
    EXPECT_EQ(status_of([] { throw Failure("broken"); }), status_fault);
    EXPECT_EQ(status_of([] { throw std::runtime_error("broken"); }), status_fault);
    EXPECT_EQ(status_of([] {}), 0);
}

TEST(File, HasALimit) {
    const TempFolder folder;
    const auto path = folder.path("large");
    replace_file(path, Bytes(11, 'x'));
    EXPECT_EQ(read_file(path, 11)->size(), 11U);
    EXPECT_THROW(read_file(path, 10), Failure);
}

TEST(File, AppendsLines) {
    const TempFolder folder;
    const auto path = folder.path("rows");
    append_line(path, "one");
    EXPECT_EQ(mode_of(path), 0600U);
    append_line(path, "");
    append_line(path, "three");
    EXPECT_EQ(read_file(path), "one\n\nthree\n");
    EXPECT_THROW(append_line(folder.path("absent/rows"), "one"), Failure);
}

TEST(File, ALineThatWasCutShortSpoilsNoOther) {
    const TempFolder folder;
    const auto path = folder.path("rows");
    replace_file(path, as_bytes("one\ntw"));
    append_line(path, "three");
    append_line(path, "four");
    EXPECT_EQ(read_file(path), "one\ntw\nthree\nfour\n");
}

// While it lives no file grows beyond `bytes`: a write comes to an end in the middle.
class FullDisk {
  public:
    explicit FullDisk(rlim_t bytes) {
        if (::getrlimit(RLIMIT_FSIZE, &before_) != 0) throw Failure("no limit");
        const struct rlimit full{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
        if (::setrlimit(RLIMIT_FSIZE, &full) != 0) throw Failure("no limit");
        signal_before_ = ::signal(SIGXFSZ, SIG_IGN);
    }
    ~FullDisk() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        ::signal(SIGXFSZ, signal_before_);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

  private:
    struct rlimit before_{};
    sighandler_t signal_before_ = nullptr;
};

TEST(File, ALineThatDoesNotFitLeavesNothing) {
    const TempFolder folder;
    const auto path = folder.path("rows");
    append_line(path, "one");
    {
        const FullDisk disk(6);
        EXPECT_THROW(append_line(path, "two"), Failure);
        EXPECT_THROW(append_line(folder.path("new"), "seven77"), Failure);
    }
    EXPECT_EQ(read_file(path), "one\n");
    EXPECT_EQ(read_file(folder.path("new")), "");
    append_line(path, "two");
    EXPECT_EQ(read_file(path), "one\ntwo\n");
}

TEST(File, SeveralMayAppend) {
    const TempFolder folder;
    const auto path = folder.path("rows");
    const std::string line(5'000, 'x');
    {
        std::vector<std::jthread> writers;
        for (int i = 0; i < 4; ++i) {
            writers.emplace_back([&path, &line] {
                for (int n = 0; n < 10; ++n)
                    append_line(path, line);
            });
        }
    }
    std::string expected;
    for (int i = 0; i < 40; ++i)
        expected += line + "\n";
    EXPECT_EQ(read_file(path), expected);
}

std::string operator_message(const std::function<void()>& act) {
    try {
        act();
    } catch (const OperatorError& error) {
        return error.what();
    }
    return "";
}

TEST(File, ASecretFileMustBeClosedToOthers) {
    const TempFolder folder;
    const auto path = folder.path("key.pem");
    const auto message = [&path] { return operator_message([&path] { read_secret_file(path); }); };
    EXPECT_NE(message().find("cannot open the key file " + path), std::string::npos);
    for (const unsigned mode : {0640U, 0604U, 0644U, 0620U, 0601U}) {
        replace_file(path, as_bytes("key"), mode);
        EXPECT_NE(message().find("chmod 600 " + path), std::string::npos) << mode;
    }
    for (const unsigned mode : {0600U, 0400U}) {
        replace_file(path, as_bytes("key"), mode);
        EXPECT_EQ(as_text(read_secret_file(path).view()), "key");
    }
    if (::geteuid() == 0) {  // only root can give a file away
        ASSERT_EQ(::chown(path.c_str(), 65534, 65534), 0);
        EXPECT_NE(message().find("belongs to another user"), std::string::npos);
    }
    replace_file(path, Bytes(64 * 1024 + 1, 'x'), 0600);
    EXPECT_NE(message().find("too large"), std::string::npos);
    std::filesystem::remove(path);
    std::filesystem::create_directory(path);
    EXPECT_NE(message().find("is not a file"), std::string::npos);
}

TEST(File, ALockIsHeldByOne) {
    const TempFolder folder;
    const auto path = folder.path("lock");
    const auto again = [&path] { FileLock second(path, "the state folder"); };
    {
        const FileLock first(path, "the state folder");
        const auto message = operator_message(again);
        EXPECT_EQ(message.find("the state folder is in use by another process"), 0U) << message;
    }
    EXPECT_EQ(operator_message(again), "");
    {
        auto first = std::make_unique<FileLock>(path, "the state folder");
        const LockOptions patient{.refusal = "taken", .wait_ms = 10'000};
        std::jthread other([&first] {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            first.reset();
        });
        EXPECT_EQ(operator_message([&] { const FileLock second(path, patient); }), "");
    }
    const FileLock held(path, "the state folder");
    const LockOptions hasty{.refusal = "taken", .wait_ms = 30};
    EXPECT_EQ(operator_message([&] { const FileLock second(path, hasty); }), "taken");
    EXPECT_EQ(mode_of(path), 0600U);
    EXPECT_THROW(FileLock(folder.path("absent/lock"), "x"), Failure);
}

}  // namespace
}  // namespace mado
