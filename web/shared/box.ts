// How wide an element is, and its size of type: what charts and tables are laid out by.
import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Box } from "./chart_layout";

const print_width = 780; // pixels: what A4 leaves between its margins, zoomed as chart.css says
const box_at_first: Box = { width: 0, em: 16 };

// Both can change, the type without the width.
export function use_box<T extends HTMLElement>(): [RefObject<T | null>, Box] {
  const element = useRef<T>(null);
  const [box, set_box] = useState(box_at_first);
  useLayoutEffect(() => {
    const own = element.current!;
    const probe = own.appendChild(document.createElement("span"));
    probe.className = "em-probe";
    const size_of_type = () => parseFloat(getComputedStyle(own).fontSize);
    const measure = () => set_box({ width: own.clientWidth, em: size_of_type() });
    const for_paper = () => set_box({ width: print_width, em: size_of_type() });
    const observer = new ResizeObserver(measure);
    observer.observe(own);
    observer.observe(probe);
    measure();
    addEventListener("beforeprint", for_paper);
    addEventListener("afterprint", measure);
    return () => {
      observer.disconnect();
      removeEventListener("beforeprint", for_paper);
      removeEventListener("afterprint", measure);
      probe.remove();
    };
  }, []);
  return [element, box];
}
