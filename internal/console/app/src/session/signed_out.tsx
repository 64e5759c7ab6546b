import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useSearchParams } from "../shell/params";
import { PublicPage } from "./public_page";

export default function SignedOut() {
  const [search] = useSearchParams();
  return (
    <PublicPage title="You are signed out">
      <SpaceBetween size="m">
        <div>
          {search.has("everywhere")
            ? "All of your console sessions have ended, in this browser and everywhere else."
            : "Close the window if others use this computer."}
        </div>
        <Button variant="primary" fullWidth href="/console/signin">
          Sign in again
        </Button>
      </SpaceBetween>
    </PublicPage>
  );
}
