import Grid from "@cloudscape-design/components/grid";
import { Page } from "../shell/page";
import { AccountCard } from "./account_card";
import { Checklist } from "./checklist";
import { Learn } from "./learn";
import { Recent } from "./recent";

const wide = { default: 12, m: 7 };
const narrow = { default: 12, m: 5 };

export default function Home() {
  return (
    <Page title="Console home">
      <Grid gridDefinition={[{ colspan: wide }, { colspan: narrow }, { colspan: wide }, { colspan: narrow }]}>
        <Checklist />
        <Recent />
        <Learn />
        <AccountCard />
      </Grid>
    </Page>
  );
}
