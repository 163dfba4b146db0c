#include "processes.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/printable.hpp"
#include "http/http.hpp"
#include "http/operations.hpp"
#include "http/spawn.hpp"

namespace mado::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t ready_ms_max = 20'000;
constexpr std::int64_t stop_ms_max = 10'000;
constexpr std::int64_t killed_ms_max = 2'000;

void pause_ms(int milliseconds) {
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
}

std::string pid_file(const Places& places, const std::string& name) {
    return places.run() + "/" + name + ".pid";
}

std::string log_file(const Places& places, const std::string& name) {
    return places.run() + "/" + name + ".log";
}

// When the kernel started that process: with it, a number that was given to somebody else since is
// not mistaken for ours. "" when there is no such process.
std::string start_mark(int pid) {
    // By a stream: files of the kernel have no size that read_file could go by.
    std::ifstream file(fmt::format("/proc/{}/stat", pid));
    std::string stat;
    std::getline(file, stat);
    const auto after_name = stat.rfind(')');
    if (after_name == std::string::npos || stat.size() < after_name + 4) return "";
    if (stat[after_name + 2] == 'Z') return "";
    std::size_t at = after_name + 2;
    for (int field = 3; field < 22; ++field)
        at = stat.find(' ', at) + 1;  // field 22: starttime
    return stat.substr(at, stat.find(' ', at) - at);
}

// The process that the file names, if it still is that one; else 0.
int running_pid(const Places& places, const std::string& name) {
    const auto text = read_file(pid_file(places, name));
    if (!text) return 0;
    const auto space = text->find(' ');
    if (space == std::string::npos) return 0;
    const int pid = std::atoi(text->c_str());
    const auto mark = start_mark(pid);
    return pid > 1 && !mark.empty() && mark == text->substr(space + 1) ? pid : 0;
}

std::string end_of_log(const Places& places, const std::string& name) {
    const auto text = read_file(log_file(places, name)).value_or("");
    std::size_t from = text.size();
    for (int lines = 0; lines < 6 && from > 0; ++lines) {
        from = from > 1 ? text.rfind('\n', from - 2) : std::string::npos;
        from = from == std::string::npos ? 0 : from + 1;
        if (from == 0) break;
    }
    return text.substr(from);
}

// A process of its own session: it outlives this command and its terminal.
void launch(const Places& places, const Program& program) {
    const std::string binary = places.programs + "/" + program.binary;
    const std::string config = places.config(program.name);
    const std::string log = log_file(places, program.name);
    const pid_t child = ::fork();
    if (child < 0) throw Failure("cannot start another process");
    if (child == 0) {
        ::setsid();
        const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        const int in = ::open("/dev/null", O_RDONLY);
        if (out < 0 || in < 0) ::_exit(126);
        ::dup2(in, 0);
        ::dup2(out, 1);
        ::dup2(out, 2);
        ::close_range(3, ~0U, 0);
        ::execl(binary.c_str(), binary.c_str(), "serve", config.c_str(), nullptr);
        ::_exit(127);
    }
    replace_file(pid_file(places, program.name),
                 as_bytes(fmt::format("{} {}", child, start_mark(child))));
}

// What answers on an operator's port.
struct Readiness {
    bool ready = false;
    int pid = 0;  // whose page it is; 0: no program of ours
    std::string answer = "does not answer";
};

http::Task<void> ask_ready(std::uint16_t port, Readiness& out) {
    auto connection =
        co_await http::Connection::connect({"127.0.0.1", port}, nullptr, http::Milliseconds(500));
    if (!connection) co_return;
    http::Request request;
    request.path = "/readyz";
    const auto response =
        co_await connection->exchange(std::move(request), 4096, http::Milliseconds(1000));
    if (!response) co_return;
    out.ready = response->status == 200;
    out.answer = printable(response->body.substr(0, response->body.find('\n')));
    const auto pid = response->header(http::process_header);
    std::from_chars(pid.data(), pid.data() + pid.size(), out.pid);
}

Readiness ask_ready(std::uint16_t port) {
    http::asio::io_context io{1};
    Readiness out;
    http::spawn(io, ask_ready(port, out));
    io.run();
    return out;
}

// The same of a process that is ours: another country's program on that port is not it.
Readiness readiness(const Program& program, int pid) {
    if (program.operator_port == 0) {
        const bool there = fs::exists(program.socket);
        return {.ready = there, .pid = pid, .answer = there ? "ready" : "has no socket yet"};
    }
    auto out = ask_ready(program.operator_port);
    if (out.pid == pid || out.pid == 0) {
        out.ready = out.ready && out.pid == pid;
        return out;
    }
    return {.ready = false,
            .pid = out.pid,
            .answer = fmt::format("on port {} answers process {}, which is not this country's",
                                  program.operator_port, out.pid)};
}

void wait_until_ready(const Places& places, const Program& program) {
    const auto until = monotonic_us() + ready_ms_max * 1000;
    std::string said;
    while (monotonic_us() < until) {
        const int pid = running_pid(places, program.name);
        if (pid == 0) {
            throw OperatorError(program.name + " stopped:\n" + end_of_log(places, program.name));
        }
        const auto seen = readiness(program, pid);
        if (seen.ready) return;
        said = seen.answer;
        pause_ms(20);
    }
    throw OperatorError(fmt::format("{} is not ready after {} s ({}). The end of its log:\n{}",
                                    program.name, ready_ms_max / 1000, said,
                                    end_of_log(places, program.name)));
}

bool is_free(std::uint16_t port) {
    const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (probe < 0) throw Failure("there is no socket to probe a port with");
    const int yes = 1;  // connections of the last run that linger are no hindrance
    ::setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool free = ::bind(probe, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    ::close(probe);
    return free;
}

void wait_for_the_end(const Places& places, const std::string& name, std::int64_t until) {
    while (running_pid(places, name) != 0 && monotonic_us() < until)
        pause_ms(10);
}

// Returns how many of them were running.
int end_programs(const Places& places, const std::vector<std::string>& names) {
    std::vector<std::string> running;
    for (const auto& name : names) {
        const int pid = running_pid(places, name);
        if (pid == 0) continue;
        ::kill(pid, SIGTERM);
        running.push_back(name);
    }
    const auto until = monotonic_us() + stop_ms_max * 1000;
    for (const auto& name : running) {
        wait_for_the_end(places, name, until);
        if (const int pid = running_pid(places, name); pid != 0) {
            ::kill(pid, SIGKILL);
            wait_for_the_end(places, name, monotonic_us() + killed_ms_max * 1000);
        }
        fs::remove(pid_file(places, name));
    }
    return static_cast<int>(running.size());
}

// Those of the country's programs that run; when nobody can say where they are, of `wanted`.
std::set<std::uint16_t> own_ports(const Places& places, const std::vector<Program>& wanted) {
    std::set<std::uint16_t> out;
    const auto first = port_of(places);
    for (const auto& program : first ? programs_from(*first) : wanted) {
        if (running_pid(places, program.name) == 0) continue;
        out.insert(program.ports.begin(), program.ports.end());
    }
    return out;
}

}  // namespace

void demand_free_ports(const Places& places, const std::vector<Program>& programs) {
    const auto own = own_ports(places, programs);
    for (const auto& program : programs) {
        for (const auto port : program.ports) {
            if (own.contains(port) || is_free(port)) continue;
            const int other = ask_ready(program.operator_port).pid;
            throw OperatorError(fmt::format(
                "port {} on 127.0.0.1 is in use by another program{}. Stop it, or make a new "
                "country on other ports: ./mado up --fresh --port N (the state and all keys go)",
                port,
                other == 0 ? std::string()
                           : fmt::format(" (process {0}, of another country or of one whose "
                                         "folder is gone; kill {0} ends it)",
                                         other)));
        }
    }
}

void start_programs(const Places& places, const std::vector<Program>& programs) {
    demand_free_ports(places, programs);
    std::vector<std::string> started;
    try {
        for (const auto& program : programs) {
            if (running_pid(places, program.name) != 0) continue;
            launch(places, program);
            started.push_back(program.name);
            // Who is asked first is there first: gateways that find the relay at once need not
            // wait for their second try.
            if (program.binary != "mado-gateway") wait_until_ready(places, program);
        }
        for (const auto& program : programs)
            wait_until_ready(places, program);
    } catch (const std::exception&) {
        end_programs(places, started);  // half a country is of no use, and holds its ports
        throw;
    }
}

int stop_programs(const Places& places) {
    if (!fs::exists(places.run())) return 0;
    std::vector<std::string> names;
    for (const auto& file : fs::directory_iterator(places.run())) {
        if (file.path().extension() == ".pid") names.push_back(file.path().stem().string());
    }
    return end_programs(places, names);
}

bool program_runs(const Places& places, const std::string& name) {
    return running_pid(places, name) != 0;
}

std::vector<ProgramStatus> program_status(const Places& places,
                                          const std::vector<Program>& programs) {
    std::vector<ProgramStatus> out;
    for (const auto& program : programs) {
        ProgramStatus status{.name = program.name,
                             .pid = running_pid(places, program.name),
                             .healthy = false,
                             .detail = "does not run"};
        if (status.pid != 0) {
            const auto seen = readiness(program, status.pid);
            status.healthy = seen.ready;
            status.detail = fmt::format("{}; health and metrics at http://127.0.0.1:{}",
                                        seen.answer, program.operator_port);
        } else if (const int other = ask_ready(program.operator_port).pid; other != 0) {
            status.detail = fmt::format("does not run; on its port {} answers process {}",
                                        program.operator_port, other);
        }
        out.push_back(std::move(status));
    }
    return out;
}

}  // namespace mado::cli
