/** A text as a QR code, for the camera of a phone. */
import encodeQR from "qr";
import type { Html } from "../frame/page.tsx";

/** Light modules around the code, as ISO/IEC 18004 wants them. */
const QUIET = 4;

export function qrCode(text: string, label: string): Html {
  const rows = encodeQR(text, "raw", { ecc: "medium", border: QUIET });
  const path = rows.flatMap((row, y) => row.flatMap((dark, x) => dark ? `M${x} ${y}h1v1h-1z` : []));
  return (
    <svg class="qr" viewBox={`0 0 ${rows.length} ${rows.length}`} role="img" aria-label={label}>
      <rect width={rows.length} height={rows.length} />
      <path d={path.join("")} />
    </svg>
  );
}
