// What strict TypeScript takes of soutien/react, and what it refuses.
import { Soutien, useSoutien, useVerdict } from "soutien/react";
import type { Verdict } from "soutien";

export const Right = () => {
  const kind: Verdict["kind"] | undefined = useVerdict()?.kind;
  const version: string | undefined = useSoutien({ view: "banner", base: "/outils/soutien/" })?.version;
  const none: string | undefined = useSoutien()?.version;
  return (
    <p title={kind}>
      {version} {none} <Soutien afterViews={2} logo={null} />
    </p>
  );
};

// @ts-expect-error: no view has this name
export const NoView = () => <Soutien view="popup" />;
// @ts-expect-error: it has no content
export const NoContent = () => <Soutien>content</Soutien>;
