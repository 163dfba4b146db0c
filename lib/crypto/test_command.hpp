// Other people's programs (openssl, jose), run by the tests of this folder.
#pragma once

#include <gtest/gtest.h>
#include <stdio.h>
#include <sys/wait.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "base/temp_folder.hpp"

namespace mado::crypto {

struct Ran {
    int status = -1;
    std::string output;  // both streams
};

inline Ran run(const std::string& command) {
    Ran ran;
    FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");
    if (pipe == nullptr) return ran;
    std::array<char, 4096> buffer{};
    while (const auto got = ::fread(buffer.data(), 1, buffer.size(), pipe)) {
        ran.output.append(buffer.data(), got);
    }
    const int status = ::pclose(pipe);
    ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return ran;
}

// Runs what must succeed.
inline std::string run_well(const std::string& command) {
    auto ran = run(command);
    EXPECT_EQ(ran.status, 0) << command << "\n" << ran.output;
    return std::move(ran.output);
}

inline void write(const std::string& path, std::string_view text) {
    replace_file(path, as_bytes(text), 0600);
}

inline std::string read(const std::string& path) {
    auto text = read_file(path);
    EXPECT_TRUE(text.has_value()) << path;
    return std::move(text).value_or("");
}

}  // namespace mado::crypto
