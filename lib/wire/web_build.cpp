#include "wire/web_build.hpp"

#include <filesystem>

#include "base/file.hpp"
#include "crypto/digest.hpp"

namespace mado::wire {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t files_max = 256;
constexpr std::size_t file_bytes_max = 4 * 1024 * 1024;

}  // namespace

WebBuild load_web_build(const std::string& folder) {
    if (!fs::is_directory(folder)) {
        throw OperatorError("there is no web build in " + folder + "; ./mado up makes it");
    }
    WebBuild out;
    for (const auto& entry : fs::directory_iterator(folder)) {
        auto text = entry.is_regular_file() ? read_file(entry.path().string(), file_bytes_max)
                                            : std::nullopt;
        if (!text || out.files.size() == files_max) {
            throw OperatorError("not a web build: " + entry.path().string());
        }
        out.files.emplace(entry.path().filename().string(), std::move(*text));
    }
    if (out.files.empty()) throw OperatorError("the web build is empty: " + folder);
    std::string lines;
    for (const auto& [name, text] : out.files) {
        lines += hex(crypto::sha256(as_bytes(text))) + "  " + name + "\n";
    }
    out.hash = crypto::sha256(as_bytes(lines));
    return out;
}

}  // namespace mado::wire
