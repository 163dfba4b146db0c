#include "client/lines.hpp"

#include "http/all_of.hpp"

namespace mado::client {
namespace {

Task<Line> ask_line(const wire::Directory& directory, const Identity& identity, Ask ask,
                    GoOn go_on) {
    Asker asker(directory, identity);
    Line out;
    for (; ask.to.position <= wire::position_max; ++ask.to.position) {
        out.push_back(co_await asker.ask(ask));
        if (!ask.to.kind || !go_on(out.back())) break;
    }
    co_return out;
}

}  // namespace

Task<std::vector<Line>> ask_lines(const wire::Directory& directory, const Identity& identity,
                                  std::vector<Ask> asks, GoOn go_on) {
    std::vector<Task<Line>> lines;
    for (auto& ask : asks)
        lines.push_back(ask_line(directory, identity, std::move(ask), go_on));
    co_return co_await http::all_of(std::move(lines));
}

}  // namespace mado::client
