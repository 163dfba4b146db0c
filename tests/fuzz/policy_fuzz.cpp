#include "wire/policy.hpp"

#include "fuzz.hpp"
#include "wire/test_wire.hpp"

namespace mado::fuzz {

bool policy(ByteView in) {
    const auto parsed = wire::Policy::parse(as_text(in));
    if (!parsed) return false;
    const auto service = wire::service_id("eligibility");
    const auto clinic = wire::code_id("clinic");
    const auto purpose = wire::code_id("treatment");
    for (const auto& kind : parsed->holder_kinds(service, clinic)) {
        const wire::PolicyQuestion question{.service = service,
                                            .requester_kind = clinic,
                                            .purpose = purpose,
                                            .presence = wire::Presence::number,
                                            .holder_kind = kind,
                                            .on = parsed->day_of(wire::test_now)};
        const auto* row = parsed->find(question);
        if (row == nullptr) continue;
        require(row->allows(question), "a row that is found allows");
        require(wire::keep_until(*row, wire::test_now) > wire::test_now, "traces are kept");
    }
    return true;
}

}  // namespace mado::fuzz
