// What people call the services: the country's file, which the agent and the portal read too.
import { services } from "country/services.json";
import { language, text_without_readings } from "../shared/words";

// Without readings; undefined: it has no name.
export function service_name(id: string): string | undefined {
  const found = services.find((one) => one.id === id);
  return found && text_without_readings(found[language()]);
}
