#include "wire/web_build.hpp"

#include <algorithm>
#include <filesystem>

#include "base/file.hpp"
#include "crypto/digest.hpp"

namespace mado::wire {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t hex_size = 64;
constexpr std::size_t name_bytes_max = 100;
constexpr std::string_view name_marks = "-_.";

bool is_file_name(std::string_view name) {
    const auto fits = [](char c) {
        const bool plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        return plain || name_marks.find(c) != std::string_view::npos;
    };
    return !name.empty() && name.size() <= name_bytes_max && std::ranges::all_of(name, fits);
}

}  // namespace

Parsed<std::map<std::string, Hash>> parse_web_build_list(std::string_view text) {
    std::map<std::string, Hash> out;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const bool has_form = line.size() > hex_size + 2 && line.substr(hex_size, 2) == "  ";
        Parsed<Bytes> bytes = bad("no hash");
        if (has_form) bytes = parse_hex(line.substr(0, hex_size));
        if (!bytes || !is_file_name(line.substr(hex_size + 2)) || out.size() == web_files_max) {
            return bad("a line of the list has not its form");
        }
        Hash hash{};
        std::ranges::copy(*bytes, hash.begin());
        const bool is_new = out.emplace(line.substr(hex_size + 2), hash).second;
        if (!is_new) return bad("a file is listed twice");
    }
    return out;
}

Hash web_build_hash(const std::map<std::string, Hash>& hashes) {
    std::string lines;
    for (const auto& [name, hash] : hashes)
        lines += hex(hash) + "  " + name + "\n";
    return crypto::sha256(as_bytes(lines));
}

Hash web_build_hash(const std::map<std::string, std::string>& files) {
    std::map<std::string, Hash> hashes;
    for (const auto& [name, text] : files)
        hashes.emplace(name, crypto::sha256(as_bytes(text)));
    return web_build_hash(hashes);
}

WebBuild load_web_build(const std::string& folder) {
    if (!fs::is_directory(folder)) {
        throw OperatorError("there is no web build in " + folder + "; ./mado up makes it");
    }
    WebBuild out;
    for (const auto& entry : fs::directory_iterator(folder)) {
        auto text = entry.is_regular_file() ? read_file(entry.path().string(), web_file_bytes_max)
                                            : std::nullopt;
        if (!text || out.files.size() == web_files_max) {
            throw OperatorError("not a web build: " + entry.path().string());
        }
        out.files.emplace(entry.path().filename().string(), std::move(*text));
    }
    if (out.files.empty()) throw OperatorError("the web build is empty: " + folder);
    out.hash = web_build_hash(out.files);
    return out;
}

}  // namespace mado::wire
