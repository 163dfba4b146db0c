// Runs every file of tests/fuzz/corpus through its target, without libFuzzer. A fault ends the
// program; the file's name is the last line. A name that ends in -bad or -cut is of an input that
// every parser refuses; any other must be accepted, so that none dies unseen when a form changes.
// usage, in the root of the repository: fuzz_corpus_test
#include <fmt/format.h>

#include <filesystem>
#include <set>

#include "base/file.hpp"
#include "fuzz.hpp"

namespace mado::fuzz {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view corpus = "tests/fuzz/corpus";
// Files of the country are seeds of `config` as they stand.
constexpr std::string_view holders = "country/jp/holders";
constexpr std::uintmax_t corpus_bytes_max = 384 * 1024;

struct Count {
    int files = 0;
    int accepted = 0;
    int wrong = 0;
    std::uintmax_t bytes = 0;
};

Count run(const Target& target) {
    Count count;
    std::set<fs::path> files;
    for (const auto& entry : fs::directory_iterator(fs::path(corpus) / target.name))
        files.insert(entry.path());
    if (target.name == "config") {
        for (const auto& entry : fs::directory_iterator(holders)) {
            if (entry.path().extension() == ".toml") files.insert(entry.path());
        }
    }
    for (const auto& path : files) {
        fmt::print(stderr, "{}\n", path.string());
        const auto content = read_file(path.string()).value();
        ++count.files;
        count.bytes += content.size();
        const bool accepted = target.accepts(as_bytes(content));
        if (accepted) ++count.accepted;
        const auto name = path.filename().string();
        const bool is_bad = name.ends_with("-bad") || name.ends_with("-cut");
        if (accepted != is_bad) continue;
        fmt::print("{}: is {}, which its name does not say\n", path.string(),
                   accepted ? "accepted" : "refused");
        ++count.wrong;
    }
    return count;
}

int run_all() {
    std::uintmax_t bytes = 0;
    int wrong = 0;
    const auto expect = [&wrong](bool holds, std::string_view target, std::string_view what) {
        if (holds) return;
        fmt::print("{}: {}\n", target, what);
        ++wrong;
    };
    for (const auto& target : all_targets()) {
        const auto count = run(target);
        fmt::print("{:14} {:3} files, {:3} accepted\n", target.name, count.files, count.accepted);
        expect(count.accepted > 0, target.name,
               "no file is valid, so the parser's end is not seen");
        expect(count.accepted < count.files, target.name, "no file is refused");
        bytes += count.bytes;
        wrong += count.wrong;
    }
    for (const auto& entry : fs::directory_iterator(corpus)) {
        const auto name = entry.path().filename().string();
        expect(find_target(name) != nullptr, name, "is a folder of no target");
    }
    expect(bytes <= corpus_bytes_max, "corpus", "is too large for a repository");
    return wrong == 0 ? 0 : 1;
}

}  // namespace
}  // namespace mado::fuzz

int main() {
    return mado::fuzz::run_all();
}
