// What a site serves to browsers: the files of its web build, and the hash that the directory lists
// for it (docs/protocols/directory.md), so that anybody can build the sources and compare.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace mado::wire {

struct WebBuild {
    std::map<std::string, std::string> files;  // by name, without folders
    Hash hash{};
};

constexpr std::size_t web_files_max = 256;
constexpr std::size_t web_file_bytes_max = 4 * 1024 * 1024;

// The file of a build that lists all others, as `sha256sum *` makes it: with it a reader of the
// site finds what is served there, and which file is another one.
constexpr std::string_view web_build_list = "SHA256SUMS";
Parsed<std::map<std::string, Hash>> parse_web_build_list(std::string_view text);

// SHA-256 over a line "<hex SHA-256 of the file>  <name>" for each file, in the order of the names,
// as `sha256sum * | sha256sum` has it.
Hash web_build_hash(const std::map<std::string, Hash>& hashes);
Hash web_build_hash(const std::map<std::string, std::string>& files);
// OperatorError when the folder is missing, empty, or has anything else than files, or more than
// they may be.
WebBuild load_web_build(const std::string& folder);

}  // namespace mado::wire
