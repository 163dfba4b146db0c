// The protocol's pages, for the tests that keep them true.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "base/file.hpp"

namespace mado::wire {

// The text of docs/protocols/<name>.
inline std::string read_protocol_page(std::string_view name) {
    namespace fs = std::filesystem;
    // A compiler cache may have made __FILE__ relative; the tests then run inside the checkout.
    for (auto folder : {fs::path(__FILE__).parent_path(), fs::current_path()}) {
        for (; !folder.empty() && folder != folder.root_path(); folder = folder.parent_path()) {
            if (auto text = read_file((folder / "docs/protocols" / name).string())) return *text;
        }
    }
    ADD_FAILURE() << "there is no page " << name;
    return {};
}

// The fenced block of a page that follows the line "<!-- example: NAME -->", without its fences and
// its last newline.
inline std::string read_example(std::string_view page_name, std::string_view name) {
    const auto page = read_protocol_page(page_name);
    const auto label = "<!-- example: " + std::string(name) + " -->\n```";
    const auto at = page.find(label);
    const auto start = at == std::string::npos ? at : page.find('\n', at + label.size());
    const auto end = start == std::string::npos ? start : page.find("\n```", start);
    EXPECT_NE(end, std::string::npos) << page_name << " has no example " << name;
    return end == std::string::npos ? std::string() : page.substr(start + 1, end - start - 1);
}

}  // namespace mado::wire
