// A program's configuration: one TOML file. Every key must be known and of its type; what is wrong
// becomes an OperatorError that names file and key.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mado {

// A TOML table. Like Members for JSON: what was never taken is an unknown key, found by finish().
class Config {
  public:
    static Config load(const std::string& path);
    ~Config();
    Config(Config&&) noexcept;
    Config& operator=(Config&&) noexcept;

    std::string text(std::string_view key);
    std::string text_or(std::string_view key, std::string_view fallback);
    std::optional<std::string> optional_text(std::string_view key);
    std::int64_t integer(std::string_view key, std::int64_t min, std::int64_t max);
    std::int64_t integer_or(std::string_view key, std::int64_t fallback, std::int64_t min,
                            std::int64_t max);
    bool boolean_or(std::string_view key, bool fallback);
    std::vector<std::string> texts(std::string_view key);
    Config table(std::string_view key);
    std::optional<Config> optional_table(std::string_view key);
    std::vector<Config> tables(std::string_view key);  // [[key]]; empty when absent
    std::vector<std::string> keys() const;
    [[nodiscard]] bool has(std::string_view key) const;
    // Throws OperatorError for keys that were never taken, in this table and those taken from it.
    void finish() const;
    // "path/to/file.toml, [holder]": for messages of the caller.
    [[nodiscard]] const std::string& where() const { return where_; }
    [[noreturn]] void refuse(std::string_view key, std::string_view why) const;

    struct Node;

  private:
    Config(std::shared_ptr<Node> node, std::string where);
    std::shared_ptr<Node> node_;
    std::string where_;
};

}  // namespace mado
